import NNXSystem

/// How the pixels of a slice are stored (DICOM PS3.3, C.7.6.3).
package struct PixelFormat: Hashable, Sendable {
  package let rows: Int
  package let columns: Int
  let bitsAllocated: Int
  let bitsStored: Int
  let highBit: Int
  let isSigned: Bool
  /// UID of the transfer syntax.
  let syntax: String

  var pixels: Int { rows * columns }
  /// Bytes of one decoded frame.
  var bytes: Int { pixels * (bitsAllocated / 8) }
  /// Whether frames are bytes as they stand, not to be decompressed.
  var isNative: Bool { Self.native.contains(syntax) || isDeflated }
  private var isDeflated: Bool { syntax == "1.2.840.10008.1.2.1.99" }
  /// Whether frames are bytes as they stand, in the order of this machine.
  var isLittleEndian: Bool { Self.littleEndian.contains(syntax) }
  /// Whether the syntax loses information.
  var isLossy: Bool {
    [
      "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81",
      "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203",
    ].contains(syntax)
  }

  private static let littleEndian: Set<String> = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]
  private static let native = littleEndian.union(["1.2.840.10008.1.2.2", ""])
  /// No scanner makes larger slices; a file that claims one lies.
  private static let mostPixels = 1 << 26

  /// - Parameters:
  ///   - frames: how many there are.
  ///   - size: of the file in bytes, which has to hold frames that are not compressed.
  /// - Throws: `broken-dicom`, `unsupported-dicom`.
  init(
    _ data: DICOMItem, syntax: String, frames: Int, size: Int, path: String
  ) throws(NNXError) {
    guard let rows = data.integer(.rows), let columns = data.integer(.columns), rows > 0,
      columns > 0, rows <= 65535, columns <= 65535, rows * columns <= Self.mostPixels
    else { throw .brokenDICOM(path, "its rows and columns cannot be") }
    let allocated = data.integer(.bitsAllocated) ?? 0
    let stored = data.integer(.bitsStored) ?? allocated
    let high = data.integer(.highBit) ?? stored - 1
    guard [8, 16, 32].contains(allocated), (1...allocated).contains(stored),
      (stored - 1..<allocated).contains(high)
    else {
      throw NNXError(
        .unsupportedDICOM, "\(path) stores its pixels in a way that nnx does not read",
        details: ["\(allocated) bits allocated, \(stored) stored, the highest is \(high)"])
    }
    guard data.integer(.samples) ?? 1 == 1 else { throw Self.notGrey(data, path) }
    switch data.text(.photometric) ?? "MONOCHROME2" {
    case "MONOCHROME2", "": break
    case "MONOCHROME1":
      throw NNXError(
        .unsupportedDICOM, "\(path) is MONOCHROME1: its low values are white",
        details: ["dcm2niix keeps such values as they are and SimpleITK inverts them"],
        fixes: ["Convert it with the program that the model's training images came from"])
    default: throw Self.notGrey(data, path)
    }
    (self.rows, self.columns) = (rows, columns)
    (bitsAllocated, bitsStored, highBit) = (allocated, stored, high)
    isSigned = data.integer(.pixelRepresentation) ?? 0 == 1
    self.syntax = syntax
    guard !isNative || isDeflated || size / bytes >= frames else {
      throw .brokenDICOM(
        path, "\(frames) frames of \(columns) × \(rows) pixels do not fit into its \(size) bytes")
    }
  }

  private static func notGrey(_ data: DICOMItem, _ path: String) -> NNXError {
    NNXError(
      .unsupportedDICOM,
      "\(path) is no grey image (\(data.text(.photometric) ?? "several samples"))",
      fixes: ["Give the series with the scan itself; nnx dicom ls shows all"])
  }
}
