import NNXImage
import NNXSystem

/// The segmentations of a folder that `nnx predict` wrote, each with its record.
struct CohortFolder {
  struct Entry {
    /// From the folder, without ending.
    private(set) var name: String
    let segmentation: String
    /// Of schema `nnx.run/1`.
    let record: OrderedJSON
    /// The image of the first channel; `nil` where it is not found any more.
    let image: String?
    /// What the record says of that image.
    let input: OrderedJSON?
    let recorded: RecordedFiles

    fileprivate func named(_ name: String) -> Entry {
      var entry = self
      entry.name = name
      return entry
    }
  }

  let entries: [Entry]
  /// File names of segmentations without a record, and of records without a segmentation; of records that
  /// cannot be used with the reason.
  let leftOut: [String]

  /// - Parameters:
  ///   - places: folders below it that results lie in; empty for itself.
  ///   - images: a folder to look for the images in, by their file names; `nil`: where the records say.
  ///   - mayBeEmpty: whether a folder without a record of a run is no error.
  /// - Throws: `file-not-found`, `unreadable`; `no-segmentations` when there is no record of a run.
  init(
    _ folder: String, places: [String] = [""], images: String?, mayBeEmpty: Bool = false
  ) throws(NNXError) {
    var entries: [Entry] = []
    var leftOut: [String] = []
    for place in places.isEmpty ? [""] : places {
      let prefix = place.isEmpty ? "" : place + "/"
      let found = try Self.entries(place.isEmpty ? folder : "\(folder)/\(place)", images)
      entries += found.entries.map { $0.named(prefix + $0.name) }
      leftOut += found.leftOut.map { prefix + $0 }
    }
    (self.entries, self.leftOut) = (entries, leftOut)
    guard mayBeEmpty || !entries.isEmpty else {
      throw NNXError(
        .noSegmentations,
        leftOut.isEmpty
          ? "there is no record of a run in \(folder)"
          : "no segmentation in \(folder) can be shown",
        details: leftOut.isEmpty
          ? ["a record is the .nnx.json that nnx predict writes beside each segmentation"]
          : leftOut,
        fixes: ["Give the folder that nnx predict wrote to (-o)"])
    }
  }

  private static func entries(
    _ folder: String, _ images: String?
  ) throws(NNXError) -> (entries: [Entry], leftOut: [String]) {
    let names = try Folder.entries(folder).filter { !$0.hasPrefix(".") }
    var entries: [Entry] = []
    var orphans = Set(
      names.filter { (ImageFormat.ending(of: $0) ?? ImageFormat.dicomEnding(of: $0)) != nil })
    var leftOut: [String] = []
    for name in names where name.hasSuffix(ResultFile.recordEnding) {
      let recorded: RecordedFiles
      let record: OrderedJSON
      let file: String
      do throws(NNXError) {
        recorded = try RecordedFiles(contentsOf: "\(folder)/\(name)", schema: "nnx.")
        record = recorded.json
        // Other documents of nnx, such as that of a table, are of no case.
        guard record["schema"]?.string?.hasPrefix("nnx.run/") == true else { continue }
        if let problem = recorded.misnaming { throw NNXError(.invalidRecord, problem) }
        file = recorded.segmentation ?? ""
      } catch {
        let stem = name.dropLast(ResultFile.recordEnding.count)
        orphans = orphans.filter {
          ResultFile.record.path(of: $0) != "\(stem)\(ResultFile.recordEnding)"
        }
        leftOut.append("\(stem): \(error.message)")
        continue
      }
      guard orphans.remove(file) != nil else {
        leftOut.append(name)
        continue
      }
      let input = record["input"]?.array?.first
      entries.append(
        Entry(
          name: String(name.dropLast(ResultFile.recordEnding.count)),
          segmentation: "\(folder)/\(file)",
          record: record,
          image: input?["path"]?.string.flatMap {
            CohortFolder.image($0, from: record["folder"]?.string, folder, images)
          },
          input: input, recorded: recorded))
    }
    // What `predict --preview --uncertainty` wrote is no segmentation.
    return (entries, leftOut + orphans.filter { !ResultFile.isCompanion($0) }.sorted())
  }

  /// Where an image lies: as the record has it, from the folder that nnx was started in, from here, or
  /// from the folder of results; or in the folder that was given.
  private static func image(
    _ path: String, from start: String?, _ folder: String, _ images: String?
  ) -> String? {
    let bases = path.hasPrefix("/") ? [""] : [start.map { $0 + "/" }, "", folder + "/"]
    let places =
      images.map { ["\($0)/\(lastComponent(path))"] } ?? bases.compactMap { $0.map { $0 + path } }
    return places.first {
      Folder.isFolder($0) == false || (try? ImageFormat(path: $0)) == .dicom
    }
  }
}
