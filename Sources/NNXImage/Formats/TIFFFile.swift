import CTIFF
import Glibc
import NNXSystem
import NNXTensor

/// A TIFF file that is open for reading: one picture, or a stack of pages; through libtiff.
///
/// Samples are those of tifffile, through which nnU-Net's readers read: as they are stored, palettes and
/// white-is-zero included.
@safe final class TIFFFile {
  let path: String
  let pages: Int
  private let file: FileReader
  private let handle: OpaquePointer
  private let page: nnx_tiff_page
  private let type: VoxelType?

  /// Opens the file and judges its pages.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `memory`.
  init(_ path: String) throws(NNXError) {
    file = try FileReader(path)
    guard file.count > 0 else { throw .cutOff(path, "the file is empty") }
    if let mismatch = try FileContents.mismatch(file, expected: .tiff) { throw mismatch }
    var reason = [CChar](repeating: 0, count: 160)
    guard let handle = unsafe nnx_tiff_open(file.descriptor, path, &reason) else {
      throw Self.refused(path, text(reason))
    }
    unsafe self.handle = handle
    self.path = path
    pages = Int(unsafe nnx_tiff_count(handle))
    var page = nnx_tiff_page()
    guard pages > 0, unsafe nnx_tiff_go(handle, 0, &page) == 0 else {
      let reason = unsafe String(cString: nnx_tiff_message(handle))
      unsafe nnx_tiff_close(handle)
      throw Self.refused(path, reason)
    }
    self.page = page
    type = VoxelType(page)
    // From here on the object is whole, and deinit closes the file when it is dropped.
    try check()
  }

  deinit { unsafe nnx_tiff_close(handle) }
}

extension TIFFFile {
  /// - Parameter reason: libtiff's: of a file that is damaged, or compressed by what libtiff was built without.
  static func refused(_ path: String, _ reason: String) -> NNXError {
    let end = " compression support is not configured"
    guard reason.hasSuffix(end) else { return .damaged(path, reason) }
    return NNXError(
      .unsupportedImage, "\(path) is compressed by \(reason.dropLast(end.count))",
      details: [
        "This nnx has no such decoder: it reads LZW, Deflate, PackBits and what is not compressed."
      ],
      fixes: ["Save it without compression, or by Deflate"])
  }

  private var width: Int { Int(page.width) }
  private var height: Int { Int(page.height) }
  private var samples: Int { Int(page.samples_per_pixel) }
  /// Bytes of a sample as libtiff's shim gives it.
  private var sampleSize: Int { page.bits_per_sample == 1 ? 1 : Int(page.bits_per_sample) / 8 }

  private func check() throws(NNXError) {
    let names: [UInt16: String] = [
      5: "in CMYK", 6: "in YCbCr", 8: "in CIE L*a*b*", 32803: "a sensor's raw data",
    ]
    if let name = names[page.photometric] { throw Picture.unsupported(path, name) }
    guard type != nil || page.isHalf, page.bits_per_sample > 1 || samples == 1 else {
      throw NNXError(
        .unsupportedImage, "\(path) has samples of a kind that nnx does not read",
        details: [
          "\(page.bits_per_sample) bits, sample format \(page.sample_format), \(samples) per pixel"
        ],
        fixes: ["Convert it to 8- or 16-bit integers or 32-bit floats"])
    }
    guard width > 0, height > 0, samples > 0 else {
      throw .badHeader(path, "a page has \(width) x \(height) pixels of \(samples) samples")
    }
    try checkSize(
      [pages * samples, height, width], bytesPerVoxel: sampleSize, beside: bytesBeside,
      available: file.count.multipliedReportingOverflow(by: largestRatio).partialValue, path: path)
    try checkDescription()
  }

  /// Bytes of a sample beside its float while it is read: pictures are read as a whole before their
  /// channels are told apart, of volumes a page at a time.
  private var bytesBeside: Int {
    pages > 4 ? 0 : MemoryLayout<Float>.size + sampleSize
  }

  /// The most that a byte can become: nothing, PackBits, deflate, LZW; other methods know no such bound
  /// and are given one that images do not reach.
  private var largestRatio: Int {
    let perBit = page.bits_per_sample == 1 ? 8 : 1
    switch page.compression {
    case 1: return perBit
    case 32773: return 64 * perBit
    case 8, 32946: return 1032 * perBit
    case 5: return 2730 * perBit
    default: return 16384 * perBit
    }
  }

  /// ImageJ and tifffile can put many slices behind one page and tell so in the description only.
  private func checkDescription() throws(NNXError) {
    guard let raw = unsafe nnx_tiff_description(handle) else { return }
    let description = unsafe String(cString: raw)
    var slices: Int?
    if description.hasPrefix("ImageJ=") {
      let line = description.split(separator: "\n").first { $0.hasPrefix("images=") }
      slices = line.flatMap { Int($0.dropFirst("images=".count)) }
    } else if description.hasPrefix("{\"shape\": [") {
      let extents = description.dropFirst("{\"shape\": [".count).prefix { $0 != "]" }
        .split(separator: ",").map { Int($0.filter { $0 != " " }) ?? 0 }
      let (product, overflow) = extents.reduce((1, false)) { total, extent in
        let (next, tooLarge) = total.0.multipliedReportingOverflow(by: extent)
        return (next, total.1 || tooLarge)
      }
      slices = overflow ? 0 : product / max(1, width * height * samples)
    }
    guard let slices, slices != pages else { return }
    throw NNXError(
      .unsupportedImage, "\(path) has \(pages) pages and says that it has \(slices)",
      fixes: ["Save it with one page per slice"])
  }

  /// All samples of one page, as they lie in the file: side by side, or plane after plane.
  private func read(_ index: Int, into output: UnsafeMutablePointer<Float>) throws(NNXError) {
    var other = nnx_tiff_page()
    guard unsafe nnx_tiff_go(handle, Int32(index), &other) == 0 else { throw failure }
    guard other.kind == page.kind else {
      throw NNXError(
        .unsupportedImage, "\(path) has pages of different size or type",
        details: ["page 1: \(page.kind)", "page \(index + 1): \(other.kind)"],
        fixes: ["Save the pages to files of their own"])
    }
    let count = width * height * samples
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * sampleSize, alignment: 16)
    defer { unsafe raw.deallocate() }
    guard
      unsafe nnx_tiff_read(
        handle, raw.baseAddress!.assumingMemoryBound(to: UInt8.self), raw.count) == 0
    else { throw failure }
    if let type {
      unsafe type.convert(
        raw, isSwapped: false, scale: IntensityScale(slope: 1, intercept: 0), into: output)
    } else {
      let halves = unsafe raw.bindMemory(to: Float16.self)
      for sample in 0..<count { unsafe output[sample] = Float(halves[sample]) }
    }
  }

  private var failure: NNXError {
    Self.refused(path, unsafe String(cString: nnx_tiff_message(handle)))
  }
}

extension TIFFFile {
  /// How pages and samples become channels and slices.
  private enum Layout {
    case picture(channels: Int)
    case volume
  }

  /// - Throws: `unsupported-image` for what nnU-Net's reader does not take.
  private func layout(_ reader: ImageReader?) throws(NNXError) -> Layout {
    switch reader {
    case .tiffVolume:
      guard samples == 1 else { throw Picture.unsupported(path, "in colour, and no volume") }
      return .volume
    case .naturalImage:
      // skimage moves an axis of length 3 or 4 to the end, be it planes or pages.
      if pages == 1, [1, 3, 4].contains(samples) { return .picture(channels: samples) }
      if samples == 1, [3, 4].contains(pages) { return .picture(channels: pages) }
      throw Picture.unsupported(path, "a stack of \(pages) pages with \(samples) samples per pixel")
    default:
      if pages == 1, [1, 3, 4].contains(samples) { return .picture(channels: samples) }
      guard samples == 1 else {
        throw Picture.unsupported(
          path, "a stack of \(pages) pages with \(samples) samples per pixel")
      }
      return .volume
    }
  }

  /// Whether a reader takes the file as a volume, whose spacing is told beside it.
  ///
  /// - Throws: as `init`; `unsupported-image`.
  static func isVolume(_ path: String, _ reader: ImageReader?) throws(NNXError) -> Bool {
    if case .volume = try TIFFFile(path).layout(reader) { true } else { false }
  }

  /// The grid, without reading a voxel.
  func geometry(_ reader: ImageReader?) throws(NNXError) -> (Geometry, remarks: [String]) {
    guard case .volume = try layout(reader) else {
      return (Picture.geometry(width: width, height: height), [])
    }
    let shape = [pages, height, width]
    let (spacing, remarks) = try SpacingFile.read(forImage: path, shape: shape)
    return (
      Geometry(
        shape: shape, spacing: spacing, origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), remarks
    )
  }

  /// One image per channel.
  ///
  /// - Throws: `broken-image`, `unsupported-image`.
  func images(_ reader: ImageReader?, progress: ProgressHandler) throws(NNXError) -> [Image] {
    let area = width * height
    switch try layout(reader) {
    case .volume:
      let (geometry, remarks) = try geometry(reader)
      let voxels = Tensor(geometry.shape)
      for index in 0..<pages {
        try unsafe read(index, into: voxels.base + index * area)
        progress(ProgressEvent(.read, path, index + 1, of: pages, .steps))
      }
      return [
        Image(voxels: voxels, geometry: geometry, header: .picture(axes: 3), remarks: remarks)
      ]
    case .picture(let channels):
      let stored = Tensor([pages * samples * area])
      for index in 0..<pages {
        try unsafe read(index, into: stored.base + index * samples * area)
      }
      let isPlanar = page.planar == 2 || pages > 1
      return (0..<channels).map { channel in
        let voxels = Tensor([1, height, width])
        for index in 0..<area {
          let from = isPlanar ? channel * area + index : index * channels + channel
          unsafe voxels.base[index] = stored.base[from]
        }
        return Image(
          voxels: voxels, geometry: Picture.geometry(width: width, height: height),
          header: .picture(axes: 2))
      }
    }
  }

  /// Grey pages, packed with deflate.
  ///
  /// - Parameter bits: of a label, 8 or 16; the latter least byte first.
  static func encoded(
    _ labels: [UInt8], pages: Int, height: Int, width: Int, bits: Int
  ) -> [UInt8] {
    var out = unsafe nnx_tiff_bytes()
    var reason = [CChar](repeating: 0, count: 160)
    let status = unsafe nnx_tiff_write(
      &out, labels, UInt32(width), UInt32(height), Int32(pages), Int32(bits), &reason)
    defer { unsafe free(out.bytes) }
    precondition(status == 0, "libtiff cannot write: \(text(reason))")
    return unsafe Array(UnsafeBufferPointer(start: out.bytes, count: out.count))
  }
}

extension nnx_tiff_page {
  /// What all pages of a stack have in common.
  fileprivate var kind: [Int] {
    [
      Int(width), Int(height), Int(bits_per_sample), Int(samples_per_pixel), Int(sample_format),
      Int(planar),
    ]
  }

  fileprivate var isHalf: Bool { bits_per_sample == 16 && sample_format == 3 }
}

extension VoxelType {
  /// The type of a TIFF page's samples; `nil` for one that has no name here.
  fileprivate init?(_ page: nnx_tiff_page) {
    switch (page.sample_format, page.bits_per_sample) {
    case (1, 1), (1, 8): self = .uint8
    case (1, 16): self = .uint16
    case (1, 32): self = .uint32
    case (1, 64): self = .uint64
    case (2, 8): self = .int8
    case (2, 16): self = .int16
    case (2, 32): self = .int32
    case (2, 64): self = .int64
    case (3, 32): self = .float32
    case (3, 64): self = .float64
    default: return nil
    }
  }
}

private func text(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
