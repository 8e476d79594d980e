import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// The table of docs/images.md: what ITK and nibabel make of odd files (Scripts/make-fixtures/odd_files.py), and what
/// nnx makes of the same bytes.
@Suite struct OddFilesTests {
  private static let marks = ("<!-- odd files: made by OddFilesTests -->\n", "<!-- end -->")
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func theDocumentSaysWhatReadersDo() throws {
    let document = try String(
      contentsOfFile: Fixtures.repository + "/docs/images.md", encoding: .utf8)
    let parts = document.components(separatedBy: Self.marks.0)
    try #require(parts.count == 2)
    let table = try self.table()
    #expect(parts[1].components(separatedBy: Self.marks.1)[0] == table, "\(table)")
  }

  /// For each of nnU-Net's readers nnx makes of a file what it makes, or refuses it, or says why not.
  @Test func nothingDiffersInSilence() throws {
    for row in try rows() {
      let name = row["name"]?.string ?? ""
      let path = try file(row)
      for (reader, key) in [(ImageReader.simpleITK, "itk"), (.nibabel, "nibabel")] {
        let expected = try #require(row[key]?.string)
        guard expected != "-", let own = text(path, reader, row), own.text != expected else {
          continue
        }
        #expect(own.isNoted, "\(name) \(key): \(own.text), not \(expected)")
      }
    }
  }

  private func rows() throws -> [OrderedJSON] {
    let rows = try OrderedJSON(contentsOf: Fixtures.folder + "/image/odd-files.json").array ?? []
    try #require(rows.count == 29)
    return rows
  }

  private func file(_ row: OrderedJSON) throws -> String {
    let digits = Array((row["file"]?.string ?? "").utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    return try folder.write("a" + (row["ending"]?.string ?? ""), bytes)
  }

  private func table() throws -> String {
    var lines = ["| file | SimpleITK 2.5.7 | nibabel 5.4.2 | nnx |", "|---|---|---|---|"]
    for row in try rows() {
      let path = try file(row)
      let cells = ["name", "itk", "nibabel"].map { row[$0]?.string ?? "" } + [try own(path, row)]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What nnx makes of a file, beside the other two.
  private func own(_ path: String, _ row: OrderedJSON) throws -> String {
    let others = [row["itk"]?.string ?? "", row["nibabel"]?.string ?? ""]
    let readers = others[1] == "-" ? [ImageReader.simpleITK] : [.simpleITK, .nibabel]
    let texts = readers.map { text(path, $0, row) }
    if texts.allSatisfy({ $0 == nil }) {
      let error = #expect(throws: NNXError.self) { try readImage(path, as: readers[0]) }
      return "refused: `\(error?.code.name ?? "")`"
    }
    let same = zip(texts, others).allSatisfy { $0?.text == $1 }
    let noted = texts.contains { $0?.isNoted == true } ? ", with a note" : ""
    let all = texts.map { $0?.text ?? "refused" }
    let what =
      same
      ? (readers.count == 1 ? "the same" : "as each")
      : Set(all).count == 1 ? all[0] : all.joined(separator: "; ")
    guard row["values"]?.bool == true else { return what + noted }
    let error = #expect(throws: NNXError.self) { try readImage(path).checkFinite(path: path) }
    return "refused: `\(error?.code.name ?? "")`; with `--allow non-finite` \(what)"
  }

  /// - Returns: `nil` for a file that is refused.
  private func text(
    _ path: String, _ reader: ImageReader, _ row: OrderedJSON
  ) -> (text: String, isNoted: Bool)? {
    guard let image = try? readImages(path, as: reader, nonFinite: .asTheReader)[0] else {
      return nil
    }
    let (grid, isNoted) = (image.geometry, !image.remarks.isEmpty)
    if row["values"]?.bool == true {
      return (numbers(image.voxels.values.map(Double.init)), isNoted)
    }
    let ras = [-grid.origin[0], -grid.origin[1], grid.origin[2]]
    return (
      "\(numbers(grid.fileSpacing)) mm from \(numbers(ras)), \(grid.orientation)", isNoted
    )
  }

  private func numbers(_ values: [Double]) -> String {
    values.map { $0.isNaN ? "NaN" : String(format: "%.6g", $0 + 0) }.joined(separator: " ")
  }
}
