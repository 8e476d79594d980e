import NNXSystem
import TestSupport
import Testing

/// A small file of some format and what another program reads from it, see Scripts/make-fixtures.
struct FormatCase: CustomTestStringConvertible {
  let testDescription: String
  /// The file to read first, then those that lie beside it.
  let files: [(name: String, bytes: [UInt8])]
  let shape: [Int]
  let spacing: [Double]
  let origin: [Double]
  let direction: [Double]
  /// Bit patterns of float32.
  let voxels: [UInt32]

  init(_ item: OrderedJSON) {
    testDescription = item["name"]?.string ?? ""
    files = (item["files"]?.members ?? []).map { ($0.key, unhex($0.value.string ?? "")) }
    shape = item["shape"]?.array?.compactMap(\.int) ?? []
    spacing = item["spacing"]?.array?.compactMap(\.double) ?? []
    origin = item["origin"]?.array?.compactMap(\.double) ?? []
    direction = item["direction"]?.array?.compactMap(\.double) ?? []
    voxels = item["voxels"]?.array?.compactMap(\.int).map { UInt32($0) } ?? []
  }

  static func all(_ fixture: String) -> [FormatCase] {
    let path = Fixtures.folder + "/image/" + fixture
    return ((try? OrderedJSON(contentsOf: path).array) ?? []).map { FormatCase($0) }
  }

  /// Writes all files.
  ///
  /// - Returns: the path of the one to read.
  func write(to folder: TemporaryFolder) throws -> String {
    let paths = try files.map { try folder.write($0.name, $0.bytes) }
    return paths[0]
  }
}

private func unhex(_ text: String) -> [UInt8] {
  let digits = Array(text.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Whether all numbers agree but for rounding.
func isClose(_ first: [Double], _ second: [Double]) -> Bool {
  first.count == second.count
    && zip(first, second).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) }
}
