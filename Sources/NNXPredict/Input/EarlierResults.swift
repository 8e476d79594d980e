import NNXImage
import NNXSystem

/// The files of a folder that nnx wrote there, as the records of the runs tell (docs/format/run-record.md):
/// whoever keeps scans and segmentations in one folder has no patients of these names.
///
/// A name alone is no proof: a file counts while it is, byte for byte, what the record says, or a label map with no
/// other labels than that, which somebody corrected.
struct EarlierResults {
  private let names: Set<String>

  /// - Parameters:
  ///   - folder: where records and results lie side by side.
  ///   - names: of the files in it.
  init(_ folder: String, names: [String]) {
    let present = Set(names)
    var found: Set<String> = []
    for name in names where name.hasSuffix(ResultFile.recordEnding) {
      guard let recorded = RecordedFiles("\(folder)/\(name)") else { continue }
      for path in recorded.files.map(\.path) {
        let name = ImageName(path).file
        guard present.contains(name), ImageFormat.ending(of: name) != nil, !found.contains(name),
          Self.isResult("\(folder)/\(name)", recorded)
        else { continue }
        found.insert(name)
      }
    }
    self.names = found
  }

  private static func isResult(_ path: String, _ recorded: RecordedFiles) -> Bool {
    switch recorded.author(of: path) {
    case .nnx: true
    case .changed:
      recorded.isOf(path)
        && Remarks.quietly { try? readSegmentation(path) }.map { corrected in
          let table = LabelTable(record: recorded.json)
          let counts = corrected.labels.histogram
          return counts.indices.dropFirst().allSatisfy { counts[$0] == 0 || table[$0] != nil }
        } ?? false
    case .untold, .another, .someone: false
    }
  }

  func contains(_ name: String) -> Bool { names.contains(name) }
}
