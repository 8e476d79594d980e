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
  /// - Files: the channels of one case when the model has several, else one case each.
  ///
  /// - Parameters:
  ///   - inputs: files and folders.
  ///   - channels: names of the model's channels.
  ///   - reader: nnU-Net's reader of the model's images, if known. Where it takes pictures, a file can
  ///     hold several channels, and their number is known only when it is read; where it does not,
  ///     pictures in a folder are no images.
  ///   - model: the model's name, for messages.
  /// - Throws: `file-not-found`; `no-images` when a folder has none, telling what it has; `channels`
  ///   when files are not as many as the channels.
  package init(
    _ inputs: [String], channels: [String], reader: ImageReader? = nil, model: String
  ) throws(NNXError) {
    let names = CaseNames(
      channels: channels, holdsSeveral: reader == .naturalImage, model: model)
    var folders: [[String]] = []
    var files: [String] = []
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
      if try !CaseList.holdsImages(input, reader),
        let found = try SeriesInput.resolve(input, channels: channels)
      {
        files.append(found.address)
        if let remark = found.remark { remarks.append(remark) }
      } else if isFolder {
        let found = try CaseList.images(input, reader, model)
        folders.append(found.images)
        remarks += found.remarks
      } else {
        files.append(input)
      }
    }
    // Of one channel, images of all places are cases of their own; channels lie in one folder.
    let groups = channels.count == 1 ? [folders.joined() + files] : folders
    var cases: [Case] = []
    for group in groups {
      let found = names.cases(of: group)
      cases += found.cases
      remarks += found.remarks
    }
    if channels.count > 1, !files.isEmpty {
      let found = try CaseList.channels(files, names)
      cases += found.cases
      remarks += found.remarks
    }
    self.cases = CaseList.separated(cases)
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

  /// Whether a path is an image by its name, or a folder of such.
  private static func holdsImages(
    _ path: String, _ reader: ImageReader?
  ) throws(NNXError) -> Bool {
    guard Folder.isFolder(path) == true else { return ImageFormat.ending(of: path) != nil }
    let names = try Folder.entries(path).filter { !$0.hasPrefix(".") }
    return !imageNames(names, reader).isEmpty
  }

  /// The images in a folder, sorted by name, without those that nnx wrote there.
  private static func images(
    _ folder: String, _ reader: ImageReader?, _ model: String
  ) throws(NNXError) -> (images: [String], remarks: [String]) {
    let path = Folder.trimmed(folder)
    let names = try Folder.entries(folder).filter { !$0.hasPrefix(".") }
    let all = imageNames(names, reader)
    guard !all.isEmpty else { throw NoImages.error(in: path, names: names, model: model) }
    let earlier = EarlierResults(path, names: names)
    let images = all.filter { !earlier.contains($0) }
    guard !images.isEmpty else { throw NoImages.onlyResults(in: path) }
    let left = all.count - images.count
    let folders = names.filter {
      ImageFormat.ending(of: $0) == nil && Folder.isFolder("\(folder)/\($0)") == true
    }
    var remarks: [String] = []
    if left > 0 {
      remarks.append("\(left == 1 ? "1 result" : "\(left) results") of nnx in \(path): passed over")
    }
    if !folders.isEmpty {
      let count = folders.count == 1 ? "1 folder" : "\(folders.count) folders"
      let more = folders.count > 3 ? ", …" : ""
      remarks.append(
        "\(count) in \(path), not looked into: \(folders.prefix(3).joined(separator: ", "))\(more)")
    }
    let known = Set(names.filter { ImageFormat.ending(of: $0) != nil } + folders)
    let unread = names.filter { !known.contains($0) && looksLikeImage("\(folder)/\($0)", $0) }
    if !unread.isEmpty {
      let what = unread.count == 1 ? "1 file" : "\(unread.count) files"
      let verb = unread.count == 1 ? "looks like an image" : "look like images"
      let more = unread.count > 5 ? ", …" : ""
      remarks.append(
        "\(what) in \(path) that \(verb), not read for what the name ends in: "
          + unread.prefix(5).joined(separator: ", ") + more)
    }
    return (images.map { path == "/" ? "/\($0)" : "\(path)/\($0)" }, remarks)
  }

  /// Whether a person may take a file for an image: by endings that others write, copies with a number, or
  /// because it is DICOM.
  private static func looksLikeImage(_ path: String, _ name: String) -> Bool {
    let small = name.lowercased()
    let endings = [".img", ".hdr", ".mgz", ".mgh", ".dcm", ".ima", ".dicom", ".mnc"]
    return small.contains(".nii") || small.contains(".nrrd") || small.contains(".mha")
      || endings.contains(where: small.hasSuffix) || DICOMFile.isOne(path)
  }

  /// The images among the files of a folder: pictures only where the model reads them, or, when that is
  /// not known, where there is nothing else.
  private static func imageNames(_ names: [String], _ reader: ImageReader?) -> [String] {
    let images = names.filter { ImageFormat.ending(of: $0) != nil }
    let scans = images.filter { (try? ImageFormat(path: $0))?.isPicture == false }
    guard let reader else { return scans.isEmpty ? images : scans }
    return reader.takesPictures ? images : scans
  }

  /// Refuses cases that would share a result, each by itself, and calls those that cannot be predicted by
  /// other names than those that can.
  private static func separated(_ cases: [Case]) -> [Case] {
    let named = Dictionary(grouping: cases.filter { $0.problem == nil }, by: \.name)
    return cases.map { item in
      let same = named[item.name] ?? []
      var item = item
      if item.problem != nil {
        if !same.isEmpty { item.name = ImageName(item.images[0]).file }
      } else if same.count > 1 {
        item.problem = NNXError(
          .outputExists,
          "\(same.count) images are called \(item.name); one result would replace the other",
          details: same.map { $0.images[0] },
          fixes: ["Rename one of the images, or predict it by itself into another folder"])
        item.name = ImageName(item.images[0]).file
      }
      return item
    }
  }
}
