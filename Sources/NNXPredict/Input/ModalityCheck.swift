import NNXDICOM
import NNXImage
import NNXModel
import NNXSystem

/// Compares what DICOM says that an image is with what the model takes it for. Intensities tell CT from others, but not
/// MR from PET.
enum ModalityCheck {
  /// What to tell of a series of another kind than its channel; `nil` where it is of that kind, or where one of the two
  /// does not say.
  ///
  /// - Parameters:
  ///   - path: of an image of any format.
  ///   - channel: its name in the model.
  /// - Throws: what reading the series throws.
  static func remark(_ path: String, channel: String) throws(NNXError) -> String? {
    guard let expected = Modality(ofChannel: channel), try ImageFormat(path: path) == .dicom,
      let address = SeriesAddress(path)
    else { return nil }
    let name = try DICOMScan.of(address.path).volume(address).series.modality
    guard let found = Modality(rawValue: name), found != expected else { return nil }
    return "its modality is \(name), and the model takes it for \(channel)"
  }
}
