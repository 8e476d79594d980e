import NNXSystem
import NNXTensor

/// A NIfTI-1 or NIfTI-2 file (`.nii`, `.nii.gz`) that is open for reading.
final class NIfTIFile {
  let header: NIfTIHeader
  let geometry: Geometry
  /// What is odd about the file and does not forbid its use, one line each.
  let remarks: [String]
  private let stream: ByteStream
  private let type: VoxelType

  /// Opens the file and judges its header.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `geometry`.
  init(_ path: String) throws(NNXError) {
    let isGzip = path.lowercased().hasSuffix(".gz")
    stream = try ByteStream(path, isGzip: isGzip)
    let start = try stream.bytes(NIfTIHeader.Version.one.size, "header")
    guard let version = NIfTIHeader.version(of: start) else {
      throw NIfTIFile.notNIfTI(path, start)
    }
    let rest = try stream.bytes(version.size - start.count, "header")
    header = try NIfTIHeader(start + rest, path: path)
    (geometry, remarks) = try header.geometry(path: path)
    type = try header.voxelType(path: path)
    let offset = try header.checkedDataOffset(path: path)
    let (count, isTooLarge) = NIfTIFile.product(geometry.shape + [type.size])
    guard !isTooLarge, count <= stream.largestContent - offset else {
      throw NNXError(
        .brokenImage, "\(path) is cut off, or its header is wrong",
        details: [
          "\(list(geometry.shape.reversed())) voxels of \(type.size) bytes from byte \(offset)"
            + " are more than a file of this size can hold"
        ],
        fixes: ["Copy, download or export the file again"])
    }
    let needed = geometry.count * MemoryLayout<Float>.size
    guard needed <= ProcessFacts.physicalMemory else {
      throw NNXError(
        .memory,
        "\(path) needs \(needed >> 30) GB of memory, \(ProcessFacts.physicalMemory >> 30) GB are there",
        details: ["\(list(geometry.shape.reversed())) voxels, 4 bytes each"],
        fixes: ["Check that the image is what you expect, or use a larger machine"])
    }
    try stream.skip(offset - header.version.size, "header extensions")
  }

  /// Reads all voxels as float32 intensities, `(z, y, x)`.
  ///
  /// - Throws: `broken-image` when there are fewer or more bytes than the header says; `unreadable`.
  func voxels(progress: ProgressHandler) throws(NNXError) -> Tensor {
    let scale = IntensityScale(slope: header.slope, intercept: header.intercept)
    let tensor = Tensor(geometry.shape)
    let chunk = 1 << 19
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: chunk * type.size, alignment: 64)
    defer { unsafe buffer.deallocate() }
    var done = 0
    while done < tensor.count {
      let count = min(chunk, tensor.count - done)
      let raw = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * type.size)])
      try unsafe stream.fill(raw, "voxels")
      unsafe type.convert(
        raw, isSwapped: header.isSwapped, scale: scale, into: tensor.base + done)
      done += count
      progress(
        ProgressEvent(.read, stream.path, done * type.size, of: tensor.count * type.size, .bytes))
    }
    try stream.expectEnd()
    return tensor
  }

  private static func product(_ factors: [Int]) -> (Int, overflow: Bool) {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return (0, true) }
      product = next
    }
    return (product, false)
  }

  private static func notNIfTI(_ path: String, _ start: [UInt8]) -> NNXError {
    if start.starts(with: [0x1F, 0x8B]) {
      return NNXError(
        .brokenImage, "\(path) is a gzip file, whatever its name says",
        fixes: ["Rename it to end in .nii.gz"])
    }
    return NNXError(
      .brokenImage, "\(path) is not a NIfTI file",
      details: ["its first four bytes are \(start.prefix(4).map(Int.init)), not 348 or 540"],
      fixes: ["Convert the image to NIfTI (.nii.gz)"])
  }
}
