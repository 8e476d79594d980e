import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Averages predictions that lie in folders: `nnUNetv2_ensemble` of nnunetv2/ensembling/ensemble.py, and
/// `nnUNet_ensemble` of nnunet/inference/ensemble_predictions.py.
///
/// Each folder holds, for every case, probabilities (`<case>.probabilities.npz` of nnx, `<case>.npz` of
/// nnU-Net) and `<case>.nii.gz` with the segmentation, from whose file of the first folder the grid is taken;
/// v1's also `<case>.pkl`.
package struct FolderEnsemble {
  package let folders: [String]
  /// Names of the cases, sorted.
  package let cases: [String]
  /// What a person should know, one line each.
  package let notes: [String]
  let dataset: DatasetJSON?
  private let datasetPath: String?
  private let threads: Threads

  /// - Parameters:
  ///   - folders: two or more.
  ///   - dataset: path of a `dataset.json`; `nil`: of the first folder, if it has one.
  /// - Throws: `file-not-found`; `no-images` when there are no probabilities; `different-cases` when a
  ///   folder has other cases than the first; `different-labels` when folders call one value differently.
  package init(_ folders: [String], dataset: String?, threads: Threads) throws(NNXError) {
    try FolderEnsemble.checkFolders(folders)
    self.folders = folders
    self.threads = threads
    let own = "\(folders[0])/dataset.json"
    let path = dataset ?? (Folder.isFolder(own) == false ? own : nil)
    datasetPath = path
    self.dataset = try path.map { (path) throws(NNXError) in try DatasetJSON(contentsOf: path) }
    cases = try FolderEnsemble.cases(of: folders[0])
    guard !cases.isEmpty else {
      throw NNXError(
        .noImages, "no probabilities (.npz) in \(folders[0])",
        fixes: ["Predict with --save-probabilities"])
    }
    for folder in folders.dropFirst() {
      let others = try FolderEnsemble.cases(of: folder)
      let odd = Set(others).symmetricDifference(cases).sorted()
      guard odd.isEmpty else {
        throw NNXError(
          .differentCases, "\(folder) and \(folders[0]) hold different cases",
          details: ["In one of them alone: " + odd.prefix(5).joined(separator: ", ")])
      }
    }
    var notes = try FolderEnsemble.checkNames(folders, cases)
    for folder in folders { notes += try FolderEnsemble.lacking(folder, cases) }
    self.notes = notes
  }

  /// A line on the segmentations of a folder that have no probabilities to average.
  private static func lacking(_ folder: String, _ cases: [String]) throws(NNXError) -> [String] {
    let known = Set(cases)
    let names = try Folder.entries(folder).compactMap { name -> String? in
      guard !name.hasPrefix("."), let ending = ImageFormat.ending(of: name) else { return nil }
      return String(name.dropLast(ending.count))
    }.filter { !known.contains($0) && !ResultFile.isCompanion($0) }
    guard !names.isEmpty else { return [] }
    let more = names.count > 5 ? ", …" : ""
    return [
      "without probabilities in \(folder), and so not averaged: "
        + names.prefix(5).joined(separator: ", ") + more
    ]
  }

  private static func cases(of folder: String) throws(NNXError) -> [String] {
    let names = try Folder.entries(folder).filter { !$0.hasPrefix(".") }.compactMap { name in
      ProbabilityFile.endings.first(where: name.hasSuffix).map { String(name.dropLast($0.count)) }
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw NNXError(
        .differentCases, "\(folder) has probabilities of \(twice) twice",
        details: ProbabilityFile.endings.map { "\(folder)/\(twice)\($0)" },
        fixes: ["Keep those that belong to the segmentation, in a folder of their own"])
    }
    return names.sorted()
  }

  /// Path of the probabilities of a case in a folder.
  func probabilities(_ folder: String, _ name: String) -> String {
    let paths = ProbabilityFile.endings.map { "\(folder)/\(name)\($0)" }
    return paths.first { Folder.isFolder($0) == false } ?? paths[0]
  }

  /// All files that a case leaves.
  func files(
    of name: String, in folder: String, savesProbabilities: Bool
  ) throws(NNXError) -> CaseFiles {
    let ending = ImageFormat.writtenEnding(forImage: try segmentation(of: name))
    return CaseFiles("\(folder)/\(name)\(ending)", savesProbabilities ? [.probabilities] : [])
  }

  /// Checks that all results can be written, before any work: none is a file that is read.
  ///
  /// - Throws: `output-exists`, `cannot-write`, `usage`; `file-not-found` when a segmentation is missing.
  package func checkOutputs(
    in folder: String, savesProbabilities: Bool, reading others: [String] = []
  ) throws(NNXError) {
    var inputs = others + [datasetPath].compactMap(\.self)
    for name in cases {
      for folder in folders {
        inputs += [probabilities(folder, name), "\(folder)/\(name).pkl"]
        // Of all but the first folder's the grid alone is read.
        if let segmentation = FolderEnsemble.segmentation(
          of: name, in: folder, dataset?.fileEnding)
        {
          inputs += [segmentation, ResultFile.record.path(of: segmentation)]
        }
      }
    }
    inputs.append("\(folders[0])/plans.json")
    let files = try cases.map { (name) throws(NNXError) in
      try self.files(of: name, in: folder, savesProbabilities: savesProbabilities)
    }
    try OutputPlan(reading: inputs.map { .init($0) }).check(files.flatMap(\.outputs))
  }

  /// The record that nnx left beside a case's segmentation.
  static func recordPath(of name: String, in folder: String) -> String {
    ResultFile.record.path(of: "\(folder)/\(name).nii.gz")
  }

  /// Averages one case and writes its segmentation, with a record beside it.
  ///
  /// - Parameters:
  ///   - name: one of `cases`.
  ///   - output: path of the segmentation; `nil` ending: that of the first folder's.
  ///   - rules: of post-processing.
  ///   - savesProbabilities: writes the mean as `.probabilities.npz`, too.
  /// - Returns: path of the segmentation.
  /// - Throws: `output-exists`, `broken-probabilities`, `different-labels`, `unknown-labels`; `geometry` when the
  ///   folders' segmentations lie on different grids or in different places; `integrity` when
  ///   a file is not the one that its record names; what reading and writing throw.
  func run(
    _ name: String, into folder: String, rules: [ComponentRule], savesProbabilities: Bool,
    overwrites: Bool, command: [String]
  ) throws -> String {
    let started = ProcessFacts.timestamp
    let like = try segmentation(of: name)
    let files = try files(of: name, in: folder, savesProbabilities: savesProbabilities)
    var writer = try CaseWriter(files, overwrites: overwrites)
    let inputs = try self.inputs(of: name)
    let reader = try reader(name)
    let image = try readImage(like, as: reader)
    try checkPlaces(of: name, image.geometry, reader)
    let (mean, isOld) = try mean(name)
    let place = isOld ? try croppedCase(name, mean) : nil
    let shape = place?.shape ?? Array(mean.shape.dropFirst())
    guard shape == image.geometry.shape else {
      throw NNXError(
        .geometry, "\(probabilities(folders[0], name)) does not lie on the grid of \(like)",
        details: [
          "probabilities: \(Quantity.along(shape)) voxels",
          "image: \(Quantity.along(image.geometry.shape)) voxels",
        ])
    }
    let order =
      if let place { place.regionsClassOrder } else {
        try regionsClassOrder(name, heads: mean.shape[0])
      }
    let heads = mean.shape[0]
    guard order.map({ Labels.canWrite($0, heads: heads) }) ?? (heads <= 65_536) else {
      throw NNXError(
        .unknownLabels,
        "the values for the \(heads) channels of \(probabilities(folders[0], name)) cannot be right",
        details: ["They are: \("\(order ?? [])".excerpt)"],
        fixes: ["Give the model's dataset.json: --dataset FILE"])
    }
    let inBox = LabelMap(probabilities: mean, regionsClassOrder: order, threads: threads)
    let labels = place?.paste(inBox) ?? inBox
    labels.apply(rules, spacing: image.geometry.spacing)
    var segmentation = Segmentation(labels: labels, like: image)
    segmentation.table = try names(of: name)
    try writer.write(.segmentation) { try writeSegmentation(segmentation, to: $0) }
    try writer.write(.probabilities) {
      try writeNPZ(place?.paste(mean) ?? mean, to: $0, threads: threads)
    }
    var record = RunRecord(
      model: .null, command: command, started: started, host: ProcessFacts.hostName)
    record.output = .object(writer.entry(.segmentation))
    record.describe(segmentation)
    record.inputs = inputs
    record.settings = settings(rules, order, reader)
    try writer.finish(record)
    return files.segmentation
  }

  /// v1's are float16, and so is the mean that NumPy makes of them (`merge_files` of
  /// nnunet/inference/ensemble_predictions.py): summed and divided in float32, then rounded.
  private func mean(_ name: String) throws(NNXError) -> (values: Tensor, isOld: Bool) {
    let first = try ProbabilityFile.read(probabilities(folders[0], name))
    let sum = first.values
    for folder in folders.dropFirst() {
      let other = try ProbabilityFile.read(probabilities(folder, name))
      guard other.values.shape == sum.shape, other.isOld == first.isOld else {
        throw NNXError(
          .differentLabels, "the probabilities of \(name) have different shapes",
          details: [
            "\(folders[0]): \(Quantity.along(sum.shape))\(first.isOld ? ", of nnU-Net v1" : "")",
            "\(folder): \(Quantity.along(other.values.shape))\(other.isOld ? ", of nnU-Net v1" : "")",
          ])
      }
      sum.withMutableSpan { target in
        other.values.withSpan { values in
          for index in 0..<values.count { target[index] += values[index] }
        }
      }
    }
    Ensemble.divide(sum, by: folders.count, threads: threads)
    if first.isOld {
      sum.withMutableSpan { values in
        for index in 0..<values.count { values[index] = Float(Float16(values[index])) }
      }
    }
    return (sum, first.isOld)
  }

  /// Where v1's probabilities lie in the image.
  private func croppedCase(_ name: String, _ mean: Tensor) throws(NNXError) -> CroppedCase? {
    let path = "\(folders[0])/\(name).pkl"
    guard Folder.isFolder(path) == false else {
      throw NNXError(
        .fileNotFound, "there is no \(path)",
        details: ["nnU-Net v1 notes there where in the image the probabilities lie."],
        fixes: ["Copy it beside the .npz, or predict with --save-probabilities"])
    }
    return try CroppedCase(path, extents: Array(mean.shape.dropFirst()))
  }

  /// Told by plans.json, which nnU-Net copies into its results, or by the record that nnx writes; where
  /// neither is, images are taken as they lie in their files.
  func reader(_ name: String) throws(NNXError) -> ImageReader? {
    let plans = "\(folders[0])/plans.json"
    if Folder.isFolder(plans) == false {
      let json = try OrderedJSON(contentsOf: plans)
      return json["image_reader_writer"]?.string.flatMap { ImageReader(rawValue: $0) }
    }
    return try FolderEnsemble.record(of: name, in: folders[0])?["settings"]?["imageReader"]?.string
      .flatMap { ImageReader(rawValue: $0) }
  }

  /// The run record that nnx wrote of a case; `nil` where there is none.
  static func record(of name: String, in folder: String) throws(NNXError) -> OrderedJSON? {
    let path = recordPath(of: name, in: folder)
    return Folder.isFolder(path) == false ? try OrderedJSON(contentsOf: path) : nil
  }

  func segmentation(of name: String) throws(NNXError) -> String {
    guard let path = FolderEnsemble.segmentation(of: name, in: folders[0], dataset?.fileEnding)
    else {
      throw NNXError(
        .fileNotFound, "\(folders[0]) has probabilities of \(name), and no segmentation",
        details: ["The grid is taken from it."])
    }
    return path
  }

  static func segmentation(of name: String, in folder: String, _ ending: String? = nil) -> String? {
    ([ending].compactMap(\.self) + ImageFormat.allEndings).map { "\(folder)/\(name)\($0)" }
      .first { Folder.isFolder($0) == false }
  }

  /// Told by dataset.json, which nnU-Net copies into its results, or by the record that nnx writes.
  private func regionsClassOrder(_ name: String, heads: Int) throws(NNXError) -> [Int]? {
    if let dataset {
      guard dataset.labels.heads == heads else {
        throw NNXError(
          .differentLabels,
          "\(probabilities(folders[0], name)) has \(heads) channels, dataset.json "
            + "\(dataset.labels.heads)")
      }
      return dataset.labels.regionsClassOrder
    }
    if let order = try FolderEnsemble.record(of: name, in: folders[0])?["settings"]?[
      "regionsClassOrder"]
    {
      return order.array?.compactMap(\.int)
    }
    throw NNXError(
      .unknownLabels,
      "nothing tells what the channels of \(probabilities(folders[0], name)) stand for",
      fixes: ["Give the model's dataset.json: --dataset FILE"])
  }

  private func settings(
    _ rules: [ComponentRule], _ order: [Int]?, _ reader: ImageReader?
  ) -> OrderedJSON {
    [
      "ensemble": OrderedJSON(folders), "postprocessing": .array(rules.map(\.json)),
      "regionsClassOrder": order.map { OrderedJSON($0) } ?? .null,
      "imageReader": OrderedJSON(reader?.rawValue),
    ]
  }
}

extension NNXError.Code {
  static let differentCases = NNXError.Code("different-cases", .data)
  static let unknownLabels = NNXError.Code("unknown-labels", .data)
}
