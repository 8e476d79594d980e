import NNXSystem

/// The slices that one series UID holds together; usually one volume, sometimes several.
package struct DICOMSeries: Sendable {
  /// SeriesInstanceUID; empty where the files have none.
  package let uid: String
  package let modality: String
  package let number: String
  package let description: String
  /// Whose it is, and of which study: to tell them apart, never to be shown.
  package let patient: String
  /// PatientID; empty where the files have none.
  package let patientID: String
  package let study: String
  /// Files of the series.
  package let files: Int
  /// Its volumes, one unless slices lie in the same place or in different directions.
  package let volumes: [DICOMVolume]
  /// Whether it is of screenshots: secondary captures that lie nowhere.
  let isCapture: Bool
  /// Why none of it can be read.
  package let problem: NNXError?

  /// Series in files, by number, then by UID.
  static func all(_ files: [ImageFile]) -> [DICOMSeries] {
    // Without a UID, what else holds slices together.
    let groups = Dictionary(grouping: files) { file in
      file.seriesUID.isEmpty
        ? "\(file.patient)|\(file.studyUID)|\(file.modality)|\(file.number)" : file.seriesUID
    }
    return groups.values.map(DICOMSeries.init).sorted {
      (Int($0.number) ?? .max, $0.uid) < (Int($1.number) ?? .max, $1.uid)
    }
  }

  private init(_ files: [ImageFile]) {
    let first = files[0]
    (uid, modality, number) = (first.seriesUID, first.modality, first.number)
    (description, self.files) = (first.description, files.count)
    (patient, patientID, study) = (first.patient, first.patientID, first.studyUID)
    isCapture = files.allSatisfy { $0.isCapture && $0.problem != nil }
    problem = SeriesUnity.problem(files) ?? files.lazy.compactMap(\.problem).first
    guard problem == nil else {
      volumes = []
      return
    }
    var notes = [SeriesUnity.note(files)].compactMap(\.self)
    notes += [Self.scattering(files)].compactMap(\.self)
    if files.contains(where: \.isLossy) {
      notes.append("its pixels were compressed with loss: values differ from those of the scanner")
    }
    let (slices, left) = Self.withoutLocalizers(files.flatMap(\.slices))
    if left > 0 {
      notes.append("\(left == 1 ? "a localizer" : "\(left) localizers") in the series left out")
    }
    volumes = DICOMVolume.all(
      slices, uid: first.seriesUID, notes: notes,
      isThreeDimensional: files.allSatisfy(\.isThreeDimensional))
  }

  /// Where the files of one series lie in several folders, which may be of several patients.
  private static func scattering(_ files: [ImageFile]) -> String? {
    let folders = Set(files.map { parentFolder($0.source.path) }).sorted()
    guard folders.count > 1 else { return nil }
    let names = folders.prefix(3).map { lastComponent($0) }.joined(separator: ", ")
    return
      "its slices lie in \(folders.count) folders (\(names)\(folders.count > 3 ? ", …" : "")), and are one series "
      + "by its UID: give folders of several patients one by one"
  }

  /// Scouts that lie among the slices of a scan.
  private static func withoutLocalizers(_ slices: [Slice]) -> (kept: [Slice], left: Int) {
    let kept = slices.filter { !$0.isLocalizer }
    return kept.isEmpty ? (slices, 0) : (kept, slices.count - kept.count)
  }
}
