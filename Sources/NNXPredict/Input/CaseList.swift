import NNXDICOM
import NNXImage
import NNXSystem

/// The cases in what a person names as input.
package struct CaseList: Equatable, Sendable {
  /// No two that can be predicted have the same name. What cannot be predicted is among them, and says
  /// why: one case that is wanting stops no other.
  package let cases: [Case]
  /// How names were read that can be read in two ways, a line each.
  package let remarks: [String]

  /// The cases that `inputs` stand for.
  ///
  /// - A folder: all its images, put together by the names that nnU-Net gives to channels (`CaseNames`).
  ///   Results of earlier runs of nnx that lie there are no images (`EarlierResults`).
  /// - A folder of folders: the images in these (`ImageTree`), or what filters take of a BIDS tree (`BIDSTree`).
  ///   Such cases are called by their place in the tree, so that results lie as images do.
  /// - DICOM, in a folder or a zip: a series, or of several studies each that fits (`DICOMStudies`).
  /// - A table: the cases it names (`CaseTable`).
  /// - Files: the channels of one case when the model has several, else one case each.
  ///
  /// - Parameters:
  ///   - inputs: files and folders.
  ///   - channels: names of the model's channels.
  ///   - reader: nnU-Net's reader of the model's images, if known. Where it takes pictures, a file can
  ///     hold several channels, and their number is known only when it is read; where it does not,
  ///     pictures in a folder are no images.
  ///   - filters: for a BIDS tree.
  ///   - model: the model's name, for messages.
  /// - Throws: `file-not-found`; `no-images` when a folder has none, telling what it has; `channels`
  ///   when files are not as many as the channels; `usage` where filters have no tree; `broken-table`.
  package init(
    _ inputs: [String], channels: [String], reader: ImageReader? = nil,
    filters: [BIDSFilter] = [], model: String
  ) throws(NNXError) {
    let names = CaseNames(
      channels: channels, holdsSeveral: reader == .naturalImage, model: model)
    var folders: [[String]] = []
    var files: [String] = []
    var placed: [Case] = []
    var remarks: [String] = []
    for input in try SeriesInput.named(inputs, channels: channels) {
      if SeriesAddress(input)?.series != nil {
        files.append(input)
        continue
      }
      guard let isFolder = Folder.isFolder(input) else {
        throw NNXError(
          .fileNotFound, "there is no file \(input)", fixes: ["Check the path given with -i"])
      }
      let found: FolderInput
      if isFolder {
        found = try FolderInput(input, names, reader, filters)
      } else if CaseTable.isOne(input) {
        let table = try CaseTable(input, channels: channels)
        found = .cases(table.cases, remarks: table.remarks)
      } else if ImageFormat.ending(of: input) == nil,
        let series = try SeriesInput.find(input, channels: channels)
      {
        found = FolderInput(series, nil)
      } else {
        files.append(input)
        continue
      }
      switch found {
      case .images(let images, let more):
        folders.append(images)
        remarks += more
      case .cases(let cases, let more):
        placed += cases
        remarks += more
      case .series(let address, let remark):
        files.append(address)
        if let remark { remarks.append(remark) }
      }
    }
    if !filters.isEmpty, !inputs.contains(where: BIDSTree.isOne) {
      throw NNXError(
        .usage, "--bids chooses from a BIDS tree, and \(inputs.joined(separator: ", ")) is none",
        details: ["Its folders of subjects are called sub-…, and their files sub-…_T1w.nii.gz"],
        fixes: ["Leave --bids out, or give the folder that holds the sub-… folders"])
    }
    // Of one channel, images of all places are cases of their own; channels lie in one folder.
    let groups = channels.count == 1 ? [folders.joined() + files] : folders
    var named: [Case] = []
    for group in groups {
      let found = names.cases(of: group)
      named += found.cases
      remarks += found.remarks
    }
    if channels.count > 1, !files.isEmpty {
      let found = try CaseList.channels(files, names)
      named += found.cases
      remarks += found.remarks
    }
    cases = CaseList.separated(CaseList.toldApart(named) + placed)
    self.remarks = remarks
  }

  /// Files given one by one to a model of several channels.
  private static func channels(
    _ files: [String], _ names: CaseNames
  ) throws(NNXError) -> (cases: [Case], remarks: [String]) {
    let count = names.channels.count
    if files.count == count || (names.holdsSeveral && files.count < count) {
      let found = names.oneCase(files)
      return ([found.case], found.remarks)
    }
    // As the shell writes a folder's files out.
    let found = names.cases(of: files)
    guard files.count > count, found.cases.allSatisfy({ $0.problem == nil }) else {
      throw names.wrongCount(files.count)
    }
    return found
  }

  /// Cases of one name that lie in different folders are called by these, too, and so are the others of their
  /// group: patients' folders tell them apart (`scans/*/ct.nii.gz`).
  private static func toldApart(_ cases: [Case]) -> [Case] {
    let named = Dictionary(grouping: cases.filter { $0.problem == nil }, by: \.name)
    let isTold = named.values.contains { same in
      Set(same.map { parentFolder($0.images[0]) }).count > 1
    }
    guard isTold else { return cases }
    let folders = cases.map { Folder.absolute(parentFolder($0.images[0])) }
    var common = folders[0]
    while common != "/", !folders.allSatisfy({ "\($0)/".hasPrefix("\(common)/") }) {
      common = parentFolder(common)
    }
    return zip(cases, folders).map { item, folder in
      let place = folder.dropFirst(common == "/" ? 1 : common.count).drop { $0 == "/" }
      var item = item
      if !place.isEmpty { item.name = "\(place)/\(item.name)" }
      return item
    }
  }

  /// Refuses cases that would share a result, each by itself, and calls those that cannot be predicted by
  /// other names than those that can.
  private static func separated(_ cases: [Case]) -> [Case] {
    let named = Dictionary(grouping: cases.filter { $0.problem == nil }, by: \.name)
    return cases.map { item in
      let same = named[item.name] ?? []
      var item = item
      if item.problem != nil {
        if !same.isEmpty { item.name = fileName(item) }
      } else if same.count > 1 {
        item.problem = NNXError(
          .outputExists,
          "\(same.count) images are called \(item.name); one result would replace the other",
          details: same.map { $0.images[0] },
          fixes: [
            "Give each a name of its own, by its file or in the table, or predict one by itself "
              + "into another folder"
          ])
        item.name = fileName(item)
      }
      return item
    }
  }

  /// A case called by its image's file instead, in its place.
  private static func fileName(_ item: Case) -> String {
    let file = ImageName(item.images[0]).file
    return item.name.contains("/") ? "\(parentFolder(item.name))/\(file)" : file
  }
}
