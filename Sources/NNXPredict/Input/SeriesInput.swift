import NNXDICOM
import NNXImage
import NNXModel
import NNXSystem

/// Which series of DICOM an input stands for.
enum SeriesInput {
  /// Inputs with those of one channel each, `T1=SERIES`, put in the order of the channels.
  ///
  /// - Parameter inputs: paths; `CHANNEL=PATH`, `CHANNEL=PATH#SERIES`, or `CHANNEL=SERIES`, which is looked for in
  ///   the first of the paths.
  /// - Throws: `channels` when some channels are named and others not; `which-series`.
  static func named(_ inputs: [String], channels: [String]) throws(NNXError) -> [String] {
    var places: [String] = []
    var named: [String: String] = [:]
    for input in inputs {
      guard Folder.isFolder(input) == nil, let equals = input.firstIndex(of: "="),
        let channel = channels.first(where: {
          $0.lowercased() == input[..<equals].lowercased()
        })
      else {
        places.append(input)
        continue
      }
      named[channel] = String(input[input.index(after: equals)...])
    }
    guard !named.isEmpty else { return inputs }
    let missing = channels.filter { named[$0] == nil }
    guard missing.isEmpty else {
      throw NNXError(
        .channels, "no series is given for \(missing.joined(separator: ", "))",
        details: ["The model expects: " + channels.joined(separator: ", ")],
        fixes: ["Give each: " + missing.map { "-i \"\($0)=SERIES\"" }.joined(separator: " ")])
    }
    return try channels.map { (channel) throws(NNXError) in
      let value = named[channel] ?? ""
      if SeriesAddress(value) != nil { return value }
      guard let place = places.first else {
        throw NNXError(
          .series, "nothing says where the series \(value.excerpt) lies",
          fixes: ["Give its folder too: -i FOLDER, or \(channel)=FOLDER#\(value)"])
      }
      return "\(Folder.trimmed(place))#\(value)"
    }
  }

  /// What DICOM at a path stands for.
  enum Found {
    /// One series, by its address, and what to tell of the choice.
    case one(address: String, remark: String?)
    /// Those of several studies.
    case studies(DICOMStudies)
  }

  /// The series that DICOM at a path stands for: the only one, or the only one of the model's kind of image; of
  /// several studies each that a model of one channel can take.
  ///
  /// - Returns: `nil` where there is no DICOM; a zip is one of DICOM.
  /// - Throws: `which-series`, and why the series cannot be read.
  static func find(_ path: String, channels: [String]) throws(NNXError) -> Found? {
    guard let address = SeriesAddress(path), address.series == nil, address.holdsDICOM else {
      return nil
    }
    let scan = try DICOMScan.of(address.path)
    // A folder with a zip of something else may hold images beside it.
    guard
      Folder.isFolder(address.path) == false || !scan.series.isEmpty || !scan.damaged.isEmpty
        || !scan.segmentations.isEmpty || !scan.others.isEmpty
    else { return nil }
    let modalities = Set(Modality.names(of: channels))
    if channels.count == 1, let studies = DICOMStudies(scan, modalities: modalities) {
      return .studies(studies)
    }
    let one = try choose(path, address, scan, modalities)
    return .one(address: one.address, remark: one.remark)
  }

  /// The one series that DICOM at a path stands for.
  ///
  /// - Returns: its address, and what to tell of the choice; `nil` where there is no DICOM.
  /// - Throws: `which-series`, and why the series cannot be read.
  static func resolve(
    _ path: String, channels: [String]
  ) throws(NNXError) -> (address: String, remark: String?)? {
    guard let address = SeriesAddress(path), address.series == nil, address.holdsDICOM else {
      return nil
    }
    return try choose(
      path, address, DICOMScan.of(address.path), Set(Modality.names(of: channels)))
  }

  private static func choose(
    _ path: String, _ address: SeriesAddress, _ scan: DICOMScan, _ modalities: Set<String>
  ) throws(NNXError) -> (address: String, remark: String?) {
    let (series, volume) = try scan.volume(address, modalities: modalities)
    let trimmed = Folder.trimmed(path)
    guard !series.name.isEmpty else { return (trimmed, nil) }
    let number = series.volumes.count > 1 ? "#\(volume.number)" : ""
    let remark =
      "of \(scan.series.count) series in \(path) the only one of \(series.modality) is taken: "
      + series.description
    return ("\(trimmed)#\(series.name)\(number)", scan.series.count == 1 ? nil : remark)
  }
}
