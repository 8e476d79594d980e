import NNXDICOM
import NNXImage
import NNXModel
import NNXSystem

/// The channels of a case, read as the model's training read them, and checked.
struct CaseImages {
  private let item: Case
  private let model: ModelDescription
  private var images: [Image]
  /// What the files of the images were when they were read, by their paths.
  private let read: [String: FileStamp]
  /// The files that each image lies in.
  private let parts: [String: [String]]
  /// As the files have them, one for each channel.
  private let geometries: [Geometry]
  /// Of the first channel's file, whose place in the patient the results take.
  let header: ImageHeader
  let turn: ImageTurn?
  /// What is odd but can be worked with, one line each.
  let warnings: [String]

  /// The grid of the results.
  var geometry: Geometry { geometries[0] }

  /// - Parameters:
  ///   - reader: whose view of the files counts.
  ///   - keepsExact: see `readImages`.
  ///   - allowed: what is told as a warning instead of refused.
  ///   - targets: paths of the label maps to come.
  /// - Throws: what reading an image throws, what `InputCheck` throws; what `checkTarget` throws.
  init(
    _ item: Case, for model: ModelDescription, as reader: ImageReader?, keepsExact: Bool = false,
    series: SeriesReading = SeriesReading(), allowed: Set<Predictor.Allowance>, targets: [String],
    _ progress: ProgressHandler
  ) throws(NNXError) {
    var images: [Image] = []
    var read: [String: FileStamp] = [:]
    var parts: [String: [String]] = [:]
    for (index, path) in item.images.enumerated() {
      let files = try allFiles(ofImage: path)
      for file in files { read[file] = FileStamp(file, followsLinks: true) }
      parts[path] = files
      progress(ProgressEvent(.read, path, index, of: item.images.count, .files))
      try InputCheck.checkKind(path, reader)
      images += try readImages(
        path, as: reader, nonFinite: allowed.contains(.nonFinite) ? .asTheReader : .kept,
        series: series, keepsExact: keepsExact)
    }
    progress(ProgressEvent(.read, item.name, item.images.count, of: item.images.count, .files))
    try InputCheck.checkCount(images, item, model)
    warnings = try InputCheck.check(images, item, model, allowed: allowed)
    for path in targets {
      try checkTarget(path, like: images[0])
      if SEGOrigin.isTarget(path) { try SEGOrigin.check(item.images[0], target: path) }
    }
    geometries = images.map(\.fileGeometry)
    (header, turn) = (images[0].header, images[0].turn)
    (self.item, self.model, self.images) = (item, model, images)
    (self.read, self.parts) = (read, parts)
  }

  /// The digest of a file of an image that is still the one that was read.
  private func digest(_ path: String) throws(NNXError) -> OrderedJSON {
    let digest = try imageDigest(path)
    guard
      (parts[path] ?? [path]).allSatisfy({
        read[$0] == FileStamp($0, followsLinks: true)
      })
    else {
      throw NNXError(
        .integrity, "\(path) was changed while it was predicted",
        details: ["Its record would name another image than the one that was read."],
        fixes: ["Run it again, when nobody writes the image any more"])
    }
    return .string(digest)
  }

  /// Gives the voxels away: of gigabytes there is one owner.
  mutating func take() -> [Image] {
    defer { images = [] }
    return images
  }

  /// A label map on the images' grid as a file of their order.
  func segmentation(_ labels: LabelMap) -> Segmentation {
    Segmentation(labels: turn?.undo(labels) ?? labels, geometry: geometry, header: header)
  }

  /// `input` of the run record.
  ///
  /// - Throws: what taking digests throws; `integrity` when a file is not the one that was read.
  func record() throws(NNXError) -> [OrderedJSON] {
    // A picture in colour holds several channels.
    let isOneEach = item.images.count == geometries.count
    return try item.images.indices.map { (index) throws(NNXError) in
      let path = item.images[index]
      let series = try Self.series(path)
      let further = try furtherFiles(ofImage: path).map {
        (file) throws(NNXError) -> OrderedJSON in
        ["path": .string(file), "sha256": try digest(file)]
      }
      let channel = isOneEach ? model.channels[index] : model.channels.joined(separator: ", ")
      return .object(
        [
          .init("path", .string(path)), .init("channel", .string(channel)),
          .init("sha256", try digest(path)), .init("files", .array(further)),
          .init("shape", OrderedJSON(geometries[index].shape)),
          .init("spacing", OrderedJSON(geometries[index].spacing)),
        ] + series)
    }
  }

  /// What the record says of a series of DICOM: nothing of the patient.
  private static func series(_ path: String) throws(NNXError) -> [OrderedJSON.Member] {
    guard try ImageFormat(path: path) == .dicom, let address = SeriesAddress(path) else {
      return []
    }
    let (series, volume) = try DICOMScan.of(address.path).volume(address)
    return [
      .init(
        "series",
        [
          "uid": .string(series.uid), "modality": .string(series.modality),
          "slices": .int(volume.count), "volume": OrderedJSON(volume.mark),
        ])
    ]
  }
}
