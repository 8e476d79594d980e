import NNXSystem

/// A BMP file that was read into memory: uncompressed, with 1, 4, 8, 24 or 32 bits per pixel.
///
/// A reader of our own: no Debian package reads BMP and little else, and uncompressed BMP is a table of
/// pixels. Samples are those of Pillow, through which nnU-Net's NaturalImage2DIO reads: a palette of
/// greys in order is grey, black and white of one bit are 0 and 1, other palettes and 24 and 32 bits
/// are RGB. Source: BITMAPFILEHEADER and BITMAPINFOHEADER of the Windows SDK.
struct BMPFile {
  let path: String
  private let bytes: [UInt8]
  private let width: Int
  private let height: Int
  private let isTopDown: Bool
  private let bits: Int
  private let start: Int
  /// Blue, green, red of each entry.
  private let palette: [[UInt8]]

  var geometry: Geometry { Picture.geometry(width: width, height: height) }
  /// Bytes of a row: a multiple of four.
  private var rowLength: Int { (width * bits + 31) / 32 * 4 }

  /// Opens the file and judges its header.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `memory`.
  init(_ path: String) throws(NNXError) {
    let file = try FileReader(path)
    guard file.count >= 54 else { throw .cutOff(path, "it has \(file.count) bytes") }
    let bytes = try file.bytes(at: 0, count: file.count)
    func number(_ offset: Int, _ count: Int = 4) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    guard bytes.starts(with: Array("BM".utf8)) else {
      throw FileContents.mismatch(path, Array(bytes.prefix(512)), expected: .bmp)
    }
    let (headerSize, compression) = (number(14), number(30))
    let signedHeight = Int(Int32(truncatingIfNeeded: number(22)))
    bits = number(28, 2)
    guard headerSize >= 40, headerSize <= 124, compression == 0, [1, 4, 8, 24, 32].contains(bits)
    else {
      throw NNXError(
        .unsupportedImage, "\(path) is a BMP file of a kind that nnx does not read",
        details: [
          "header of \(headerSize) bytes, compression \(compression), \(bits) bits per pixel"
        ],
        fixes: ["Convert it to PNG"])
    }
    (width, height) = (number(18), abs(signedHeight))
    isTopDown = signedHeight < 0
    start = number(10)
    guard width > 0, width <= Int(Int32.max), height > 0 else {
      throw .badHeader(path, "its extents are \(width) x \(signedHeight)")
    }
    let entries = bits > 8 ? 0 : number(46) == 0 ? 1 << bits : number(46)
    let first = 14 + headerSize
    guard entries <= 1 << bits, start >= first + 4 * entries, start <= bytes.count else {
      throw .badHeader(path, "its pixels begin at byte \(start)")
    }
    palette = (0..<entries).map { Array(bytes[(first + 4 * $0)..<(first + 4 * $0 + 3)]) }
    self.path = path
    self.bytes = bytes
    let (size, isTooLarge) = ((width * bits + 31) / 32 * 4).multipliedReportingOverflow(by: height)
    guard !isTooLarge, size <= bytes.count - start else {
      throw .cutOff(path, "\(width) x \(height) pixels of \(bits) bits are more than it holds")
    }
    try checkSize(
      [bits > 8 ? 3 : 1, height, width], bytesPerVoxel: 1, beside: 1, available: .max,
      path: path)
  }

  /// All channels: one, or red, green and blue.
  ///
  /// - Throws: `broken-image` when a pixel is not in the palette.
  func images() throws(NNXError) -> [Image] {
    let isGrey = palette.enumerated().allSatisfy { index, entry in
      let level = bits == 1 ? 255 * index : index
      return entry.allSatisfy { Int($0) == level }
    }
    let channels = palette.isEmpty || !isGrey ? 3 : 1
    var samples: [UInt8] = []
    samples.reserveCapacity(channels * width * height)
    for row in 0..<height {
      let base = start + (isTopDown ? row : height - 1 - row) * rowLength
      for column in 0..<width {
        if palette.isEmpty {
          let pixel = base + column * bits / 8
          samples += [bytes[pixel + 2], bytes[pixel + 1], bytes[pixel]]
          continue
        }
        let byte = Int(bytes[base + column * bits / 8])
        let index = byte >> (8 - bits - column * bits % 8) & (1 << bits - 1)
        guard index < palette.count else {
          throw .damaged(path, "a pixel has colour \(index) of \(palette.count)")
        }
        samples += isGrey ? [UInt8(index)] : palette[index].reversed()
      }
    }
    return Picture.images(channels: channels, width: width, height: height) {
      Float(samples[$0])
    }
  }

  /// A grey picture of 8 bits.
  ///
  /// - Parameter pixels: rows from the top.
  static func encoded(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
    let rowLength = (width + 3) / 4 * 4
    let palette = (0..<256).flatMap { level -> [UInt8] in
      [UInt8(level), UInt8(level), UInt8(level), 0]
    }
    let start = 54 + palette.count
    var bytes = Array("BM".utf8)
    bytes += littleEndian(UInt32(start + rowLength * height)) + [0, 0, 0, 0]
    bytes += littleEndian(UInt32(start)) + littleEndian(UInt32(40))
    bytes += littleEndian(UInt32(width)) + littleEndian(UInt32(height))
    bytes += littleEndian(UInt16(1)) + littleEndian(UInt16(8))
    bytes += [UInt8](repeating: 0, count: 16) + littleEndian(UInt32(256)) + [0, 0, 0, 0] + palette
    for row in (0..<height).reversed() {
      bytes += pixels[(row * width)..<((row + 1) * width)]
      bytes += [UInt8](repeating: 0, count: rowLength - width)
    }
    return bytes
  }
}
