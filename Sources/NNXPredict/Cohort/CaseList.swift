import NNXImage
import NNXSystem

/// Finds the cases in what a person names as input.
package enum CaseList {
  /// The cases that `inputs` stand for.
  ///
  /// - A folder: all its images. Files named as nnU-Net names them (`case_0000.nii.gz`,
  ///   `case_0001.nii.gz`) are put together by case; other names are cases of one channel.
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
  ///   when a case has too few or too many images.
  package static func find(
    _ inputs: [String], channels: [String], reader: ImageReader? = nil, model: String
  ) throws(NNXError) -> [Case] {
    let holdsSeveral = reader == .naturalImage
    var files: [String] = []
    var cases: [Case] = []
    for input in inputs {
      if try isFolder(input) {
        cases += try inFolder(input, channels: channels, reader: reader, model: model)
      } else {
        files.append(input)
      }
    }
    if channels.count == 1 {
      cases += files.map { Case(name: caseName(of: $0), images: [$0]) }
    } else if !files.isEmpty {
      guard files.count == channels.count || (holdsSeveral && files.count < channels.count) else {
        throw wrongCount(files.count, channels: channels, model: model, of: nil)
      }
      cases.append(Case(name: caseName(of: files[0]), images: files))
    }
    try checkNames(cases)
    return cases
  }

  private static func inFolder(
    _ folder: String, channels: [String], reader: ImageReader?, model: String
  ) throws(NNXError) -> [Case] {
    let names = try Folder.entries(folder).filter { !$0.hasPrefix(".") }
    let images = imageNames(names, reader)
    let holdsSeveral = reader == .naturalImage
    guard !images.isEmpty else { throw nothing(in: folder, names: names) }
    var numbered: [String: [(Int, String)]] = [:]
    var plain: [Case] = []
    for name in images {
      let path = folder + "/" + name
      if let (stem, channel) = channelNumber(of: name) {
        numbered[stem, default: []].append((channel, path))
      } else {
        plain.append(Case(name: caseName(of: name), images: [path]))
      }
    }
    var cases: [Case] = []
    for (name, found) in numbered {
      let sorted = found.sorted { $0.0 < $1.0 }
      let expected = holdsSeveral ? min(sorted.count, channels.count) : channels.count
      guard sorted.map(\.0) == Array(0..<expected) else {
        let which = sorted.map { "_" + padded($0.0) }.joined(separator: ", ")
        throw wrongCount(
          sorted.count, channels: channels, model: model, of: "\(name) in \(folder) (\(which))")
      }
      cases.append(Case(name: name, images: sorted.map(\.1)))
    }
    guard plain.isEmpty || channels.count == 1 || holdsSeveral else {
      throw wrongCount(
        1, channels: channels, model: model, of: "\(plain[0].name) in \(folder)")
    }
    return (cases + plain).sorted { $0.name < $1.name }
  }

  /// The images among the files of a folder: pictures only where the model reads them, or, when that is
  /// not known, where there is nothing else.
  private static func imageNames(_ names: [String], _ reader: ImageReader?) -> [String] {
    let images = names.filter { ImageFormat.ending(of: $0) != nil }
    let scans = images.filter { (try? ImageFormat(path: $0))?.isPicture == false }
    guard let reader else { return scans.isEmpty ? images : scans }
    return reader.takesPictures ? images : scans
  }

  /// Splits `case_0001.nii.gz` into case and channel number; `nil` for other names.
  static func channelNumber(of fileName: String) -> (name: String, channel: Int)? {
    guard let ending = ImageFormat.ending(of: fileName) else { return nil }
    let stem = fileName.dropLast(ending.count)
    let digits = stem.suffix(4)
    guard digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      stem.dropLast(4).last == "_", stem.count > 5, let channel = Int(digits)
    else { return nil }
    return (String(stem.dropLast(5)), channel)
  }

  /// The name of a case: its file's name without folder, ending and channel number.
  package static func caseName(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    if let (stem, _) = channelNumber(of: name) { return stem }
    return String(name.dropLast(ImageFormat.ending(of: name)?.count ?? 0))
  }

  private static func checkNames(_ cases: [Case]) throws(NNXError) {
    var seen: [String: Case] = [:]
    for item in cases {
      if let other = seen.updateValue(item, forKey: item.name) {
        throw NNXError(
          .outputExists, "two cases are called \(item.name); one result would replace the other",
          details: [other.images[0], item.images[0]], fixes: ["Rename one of the images"])
      }
    }
  }

  private static func wrongCount(
    _ count: Int, channels: [String], model: String, of what: String?
  ) -> NNXError {
    let given = count == 1 ? "1 was" : "\(count) were"
    let images = channels.count == 1 ? "1 image" : "\(channels.count) images"
    let example = channels.map { _ in "-i FILE" }.joined(separator: " ")
    return NNXError(
      .channels,
      "\(model) needs \(images) per case, \(given) given" + (what.map { " for \($0)" } ?? ""),
      details: ["It expects, in this order: " + channels.joined(separator: ", ")],
      fixes: [
        "nnx predict -m \(model) \(example) -o seg.nii.gz",
        "In a folder, name them CASE_0000.nii.gz, CASE_0001.nii.gz, …",
      ])
  }

  private static func nothing(in folder: String, names: [String]) -> NNXError {
    // A series lies in files of one kind: the first few tell.
    if names.prefix(8).contains(where: { DICOMFile.isOne(folder + "/" + $0) }) {
      return DICOMFile.refusal(folder, folder: folder)
    }
    var kinds: [String: Int] = [:]
    for name in names {
      let kind = name.lastIndex(of: ".").map { String(name[$0...]) } ?? "without ending"
      kinds[kind, default: 0] += 1
    }
    let seen = kinds.sorted { $0.value > $1.value }.prefix(4).map { "\($0.value) \($0.key)" }
    return NNXError(
      .noImages,
      "no image in \(folder): "
        + (seen.isEmpty ? "it is empty" : "saw " + seen.joined(separator: ", ")),
      details: ["images end in \(ImageFormat.allEndings.joined(separator: ", "))"],
      fixes: ["Give a folder with such files, or the files themselves"])
  }

  private static func padded(_ channel: Int) -> String {
    String(repeating: "0", count: max(0, 4 - String(channel).count)) + String(channel)
  }

  private static func isFolder(_ path: String) throws(NNXError) -> Bool {
    guard let isFolder = Folder.isFolder(path) else {
      throw NNXError(
        .fileNotFound, "there is no file \(path)", fixes: ["Check the path given with -i"])
    }
    return isFolder
  }
}
