import NNXDICOM
import NNXImage
import NNXSystem

/// The cases that a table names: CSV or TSV with a column `case`, one for each channel, and others, which go with the
/// case into the tables of the cohort. As spreadsheets write them: with semicolons, in UTF-16, with blanks around
/// fields, with rows that are empty.
///
/// A column of a channel has the channel's name in the model, however capitalised, or `channel_0`, `channel_1`, …;
/// that of the only one may be called `image`. Relative paths begin at the table's folder.
package struct CaseTable {
  let cases: [Case]
  let remarks: [String]

  /// Whether a path is that of a table, by its ending.
  package static func isOne(_ path: String) -> Bool {
    let small = path.lowercased()
    return small.hasSuffix(".csv") || small.hasSuffix(".tsv")
  }

  /// - Throws: `broken-table`, `file-not-found`, `unreadable`. What is wrong with one row is its case's problem.
  init(_ path: String, channels: [String]) throws(NNXError) {
    let isTSV = path.lowercased().hasSuffix(".tsv")
    let table = try DelimitedReader(
      path, separators: isTSV ? ["\t", ";", ","] : [",", ";", "\t"], having: "case")
    guard let own = table.columns.first(where: { $0.lowercased() == "case" }) else {
      throw NNXError.brokenTable(path, "it has no column 'case', but \(Self.list(table.columns))")
    }
    guard table.isText else {
      // A guess at the letters could make two patients one.
      var error = NNXError.brokenTable(path, "some of its letters are in no encoding of Unicode")
      error.fixes = ["Save it as 'CSV UTF-8' in the spreadsheet program"]
      throw error
    }
    let repeated = Dictionary(grouping: table.columns, by: \.self).first { $0.value.count > 1 }
    if let repeated {
      throw NNXError.brokenTable(path, "it has the column '\(repeated.key.excerpt)' twice")
    }
    let columns = try Self.columns(of: table, channels, path)
    let others = table.columns.filter { $0 != own && !columns.contains($0) }
    let base = parentFolder(path)
    var remarks: [String] = []
    let named = table.rows.enumerated().map { number, row in
      let given = table.field(own, of: row) ?? ""
      let name = Self.name(given)
      let images = columns.map { table.field($0, of: row) }
      let paths = images.map { $0.map { $0.hasPrefix("/") ? $0 : "\(base)/\($0)" } }
      var item = Case(name: name ?? "row \(number + 2)", images: paths.compactMap(\.self))
      item.facts = others.map { Case.Fact($0, table.field($0, of: row) ?? "") }
      if name == nil {
        item.problem = NNXError(
          .brokenTable, "row \(number + 2) of \(path) has no usable name: '\(given.excerpt)'",
          fixes: ["Give each case a name of its own that can be a path below the results"])
      } else if let missing = zip(channels, images).first(where: { $0.1 == nil })?.0 {
        item.problem = NNXError(
          .channels, "\(item.name) has no image for \(missing) in \(path)",
          fixes: ["Fill the field, or take the row out"])
      }
      guard item.problem == nil else { return Self.withImages(item, path) }
      do throws(NNXError) { item.images = try Self.opened(item.images, channels, &remarks) } catch {
        item.problem = error
      }
      return item
    }
    self.remarks = remarks
    cases = Self.withoutRepeats(named)
    guard !cases.isEmpty else { throw .brokenTable(path, "it has a header and no rows") }
  }

  /// Refuses cases of the same images under several names: a row that was copied and half changed would give one
  /// patient's numbers to another.
  private static func withoutRepeats(_ cases: [Case]) -> [Case] {
    let same = Dictionary(grouping: cases.filter { $0.problem == nil }, by: \.images)
    return cases.map { item in
      let names = (same[item.images] ?? []).map(\.name)
      guard item.problem == nil, Set(names).count > 1 else { return item }
      var item = item
      item.problem = NNXError(
        .brokenTable, "\(names.joined(separator: ", ")) are the same image: \(item.images[0])",
        fixes: [
          "Correct the table; where it is meant, predict one of them by a table of its own"
        ])
      return item
    }
  }

  /// A case has an image, be it only to name it by.
  private static func withImages(_ item: Case, _ path: String) -> Case {
    guard item.images.isEmpty else { return item }
    var item = item
    item.images = [path]
    return item
  }

  /// The columns of the channels, in their order.
  private static func columns(
    of table: DelimitedReader, _ channels: [String], _ path: String
  ) throws(NNXError) -> [String] {
    try channels.enumerated().map { (index, channel) throws(NNXError) in
      let names =
        [channel.lowercased(), "channel_\(index)"] + (channels.count == 1 ? ["image"] : [])
      guard
        let column = table.columns.first(where: {
          $0.lowercased() != "case" && names.contains($0.lowercased())
        })
      else {
        throw .brokenTable(
          path,
          "it has no column for the channel \(channel): '\(channel)' or 'channel_\(index)'"
            + (channels.count == 1 ? " or 'image'" : "") + "; it has \(list(table.columns))")
      }
      return column
    }
  }

  private static func list(_ columns: [String]) -> String {
    columns.map { "'\($0.excerpt)'" }.joined(separator: ", ")
  }

  /// A case's name as a path below the folder of results; `nil` where it would lead elsewhere, or be hidden.
  private static func name(_ text: String) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isUsable = parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 200
        && part.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    }
    return isUsable ? text : nil
  }

  /// The images, of DICOM the address of the series.
  private static func opened(
    _ paths: [String], _ channels: [String], _ remarks: inout [String]
  ) throws(NNXError) -> [String] {
    var opened: [String] = []
    for (path, channel) in zip(paths, channels) {
      guard Folder.isFolder(path) != nil || SeriesAddress(path)?.series != nil else {
        throw NNXError(
          .fileNotFound, "there is no file \(path)",
          fixes: [
            path.contains("\\")
              ? "Write / between folders: \(path.replacing("\\", with: "/"))"
              : "Check the table, and its folder: relative paths begin there"
          ])
      }
      if ImageFormat.ending(of: path) == nil, SeriesAddress(path)?.series == nil {
        guard let found = try SeriesInput.resolve(path, channels: [channel]) else {
          throw NNXError(
            .unsupportedImage, "\(path) is neither an image nor a folder of DICOM",
            fixes: ["images end in \(ImageFormat.allEndings.joined(separator: ", "))"])
        }
        opened.append(found.address)
        if let remark = found.remark { remarks.append(remark) }
      } else {
        opened.append(path)
      }
    }
    return opened
  }
}
