import NNXDICOM
import NNXSystem

extension Segmentation {
  /// Checks that a series is not another patient's, as far as both files tell whose they are: what has no PatientID,
  /// as NIfTI never has, is taken as it is. Says where their places are not those of one frame of reference.
  ///
  /// - Parameter path: of an image, or of a series as `SeriesAddress` has it.
  /// - Throws: `other-patient`; what finding the series throws.
  package func checkPatient(ofImage path: String) throws(NNXError) {
    guard patientID != nil || frameOfReference != nil, try ImageFormat(path: path) == .dicom,
      let address = SeriesAddress(path)
    else { return }
    let (series, volume) = try DICOMScan.of(address.path).volume(address)
    try checkPatient(series.patientID, "the image \(path)")
    tellFrames(volume.frameOfReference, "the segmentation", path)
  }

  /// Checks that another segmentation is not of another patient; says as much of its frame of reference.
  ///
  /// - Throws: `other-patient`.
  package func checkPatient(of other: Segmentation) throws(NNXError) {
    try checkPatient(other.patientID ?? "", "the other")
    tellFrames(other.frameOfReference, "the other", "a segmentation")
  }

  /// Two scans of one patient, unless they were registered, have places of their own.
  private func tellFrames(_ frame: String?, _ whose: String, _ path: String) {
    guard let frameOfReference, let frame, !frame.isEmpty, frame != frameOfReference else { return }
    Remarks.tell(
      [
        "its frame of reference is not that of \(whose): the same place need not be the same tissue"
      ],
      of: path)
  }

  private func checkPatient(_ other: String, _ what: String) throws(NNXError) {
    guard let patientID, !other.isEmpty, other != patientID else { return }
    throw NNXError(
      .otherPatient,
      "the segmentation is of patient \(patientID.excerpt), \(what) of \(other.excerpt)",
      details: ["So say their PatientID."],
      fixes: [
        "Give two files of one patient",
        "If it is one patient under two names: nnx convert SEG.dcm -o x.nii.gz, and give that",
      ])
  }
}

extension NNXError.Code {
  static let otherPatient = NNXError.Code("other-patient", .data)
}
