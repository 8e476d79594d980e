import NNXImage
import NNXSystem

/// What a folder, or a file that stands for several images, stands for.
enum FolderInput {
  /// Images in the folder itself, which names put together into cases.
  case images([String], remarks: [String])
  /// Cases by their places below it.
  case cases([Case], remarks: [String])
  /// A series of DICOM.
  case series(address: String, remark: String?)

  /// - Parameter filters: for a BIDS tree; where there are any, a tree is looked into though images lie at its top.
  /// - Throws: `no-images`; what `BIDSTree` and `SeriesInput.find` throw.
  init(
    _ folder: String, _ names: CaseNames, _ reader: ImageReader?, _ filters: [BIDSFilter]
  ) throws(NNXError) {
    let path = Folder.trimmed(folder)
    let all = try Folder.entries(folder)
    let inside = all.filter { !$0.hasPrefix(".") }
    let own = FolderImages(path, names: inside, reader)
    let isBIDS = BIDSTree.isOne(path)
    // Results of nnx beside patients' folders, or beside a series, are none of them.
    if !own.images.isEmpty, !(isBIDS && !filters.isEmpty) {
      if own.unread.contains(where: { DICOMFile.isOne("\(path)/\($0)") }) {
        try MixedInput(path, own.images).refuse()
      }
      self = .images(
        own.images,
        remarks: [
          PassedOver.results(own.results, in: path), PassedOver.folders(own.folders, in: path),
          PassedOver.unread(own.unread, in: path),
          PassedOver.hidden(PassedOver.hiddenImages(all), in: path),
        ].compactMap(\.self))
      return
    }
    if isBIDS {
      let tree = try BIDSTree(
        path, channels: names.channels, filters: filters, model: names.model)
      self = .cases(tree.cases, remarks: tree.remarks)
      return
    }
    let tree = try ImageTree(path) { !FolderImages.imageNames([$0], reader).isEmpty }
    let folders = tree.branches.map { FolderImages($0.path, names: $0.names, reader) }
    let places = zip(tree.branches, folders).filter { !$1.images.isEmpty }.map(\.0.path)
    // DICOM below folders of images is passed over with these folders; a folder of nothing else is one of DICOM.
    let isPassedOver = places.isEmpty ? false : try MixedInput(path, places).isBelow
    let found = isPassedOver ? nil : try SeriesInput.find(folder, channels: names.channels)
    if let found {
      self.init(found, PassedOver.results(own.results, in: path))
    } else {
      self = try Self.cases(of: tree, folders, path, inside, own.results, names)
    }
  }

  /// - Parameter remark: what else there is to tell.
  init(_ found: SeriesInput.Found, _ remark: String?) {
    switch found {
    case .one(let address, let choice):
      let remarks = [choice, remark].compactMap(\.self)
      self = .series(
        address: address, remark: remarks.isEmpty ? nil : remarks.joined(separator: "; "))
    case .studies(let studies):
      self = .cases(studies.cases, remarks: studies.remarks + [remark].compactMap(\.self))
    }
  }

  /// Folders with images in them, as those of patients.
  ///
  /// - Parameters:
  ///   - folders: what lies in each branch of the tree.
  ///   - ownResults: how many results of nnx lie beside them.
  private static func cases(
    of tree: ImageTree, _ folders: [FolderImages], _ path: String, _ inside: [String],
    _ ownResults: Int, _ names: CaseNames
  ) throws(NNXError) -> FolderInput {
    var cases: [Case] = []
    var remarks: [String] = []
    var (results, unread): (Int, [String]) = (ownResults, [])
    for (branch, own) in zip(tree.branches, folders) {
      results += own.results
      unread += own.unread.map { "\(branch.place)/\($0)" }
      let found = names.cases(of: own.images)
      cases += found.cases.map { item in
        var item = item
        item.name = "\(branch.place)/\(item.name)"
        return item
      }
      remarks += found.remarks.map { "\(branch.place): \($0)" }
    }
    guard !cases.isEmpty else {
      throw results > 0 ? NoImages.onlyResults(in: path) : NoImages.error(in: path, names: inside)
    }
    remarks += [
      PassedOver.results(results, in: path), PassedOver.folders(tree.passedOver, in: path),
      PassedOver.unread(unread, in: path),
      PassedOver.hidden(
        tree.branches.flatMap { branch in branch.hidden.map { "\(branch.place)/\($0)" } },
        in: path),
    ].compactMap(\.self)
    return .cases(cases, remarks: remarks)
  }
}
