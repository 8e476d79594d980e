import NNXSystem

/// Whether files of one SeriesInstanceUID are one series: of one patient, one modality and one study.
enum SeriesUnity {
  /// Why files cannot be one series; `nil` where they can.
  static func problem(_ files: [ImageFile]) -> NNXError? {
    if let error = patients(files) { return error }
    let modalities = Set(files.map(\.modality)).sorted()
    guard modalities.count > 1 else { return nil }
    return NNXError(
      .slices, "one series holds slices of \(modalities.count) modalities",
      details: modalities.prefix(4).map { modality in
        let count = files.count { $0.modality == modality }
        return "\(modality.isEmpty ? "none" : modality): \(counted(count, "file"))"
      },
      fixes: ["Sort the files into a folder for each modality"])
  }

  /// What forbids a segmentation of the series, and not its use as an image.
  static func note(_ files: [ImageFile]) -> String? {
    if files.contains(where: { !$0.hasAllUIDs }) {
      return
        "the UIDs of its series, study or slices are blank: it can be read, but no DICOM segmentation can refer to it"
    }
    if files.contains(where: { $0.frameOfReference.isEmpty }) {
      return
        "it has no frame of reference: it can be read, but no DICOM segmentation can refer to it"
    }
    let studies = Set(files.map(\.studyUID)).count
    return studies == 1
      ? nil
      : "its slices name \(studies) studies: it can be read, but no DICOM segmentation can refer to it"
  }

  /// Archives correct how a name is spelled, not whose it is.
  private static func patients(_ files: [ImageFile]) -> NNXError? {
    let ids = Set(files.map(\.patientID)).sorted()
    guard ids.count == 1 else {
      return severalPatients(
        ids.count, ids.prefix(4).map { "PatientID \($0.isEmpty ? "is missing" : $0.excerpt)" })
    }
    let names = Set(files.map { plain($0.patientName) }).count
    guard names > 1 else { return nil }
    return severalPatients(
      names,
      ["their PatientName differs, and PatientID is \(ids[0].isEmpty ? "missing" : ids[0].excerpt)"]
    )
  }

  private static func severalPatients(_ count: Int, _ details: [String]) -> NNXError {
    NNXError(
      .slices, "one series holds slices of \(count) patients", details: details,
      fixes: ["Sort the files into a folder for each patient"])
  }

  /// A name without what parts it, in small letters.
  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "^" && $0 != " " }
  }
}
