import NNXSystem
import TestSupport

private let folder = Fixtures.folder + "/fuzz"

/// The bytes of a seed, by its path below Tests/Fixtures/fuzz; it must be there.
func seed(_ name: String) -> [UInt8] {
  do throws(NNXError) {
    let file = try FileReader("\(folder)/\(name)")
    return try file.bytes(at: 0, count: file.count)
  } catch { fatalError(error.message) }
}

extension FuzzTarget {
  /// Whole inputs to begin with, in the order of their names.
  package func seeds() throws(NNXError) -> [[UInt8]] {
    try Folder.entries("\(folder)/\(seedFolder)").sorted().map { seed("\(seedFolder)/\($0)") }
  }
}
