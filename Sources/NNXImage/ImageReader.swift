import NNXSystem

/// nnU-Net's readers: a model's plans name the one its images were read with, and some files mean
/// something else to another (nnunetv2/imageio).
package enum ImageReader: String, CaseIterable, Sendable {
  case simpleITK = "SimpleITKIO"
  /// The same, with axes turned to right, front and head, and back in what is written.
  case simpleITKTurning = "SimpleITKIOWithReorient"
  case nibabel = "NibabelIO"
  /// The same, with axes turned to right, front and head, and back in what is written.
  case nibabelTurning = "NibabelIOWithReorient"
  /// Not nnU-Net's: as nibabel reads, and of a file of several volumes their mean, as TotalSpineSeg takes it.
  case nibabelMean = "average4d"
  /// Pictures: grey or colour, one slice.
  case naturalImage = "NaturalImage2DIO"
  /// Stacks of pages, with spacings in a file beside them.
  case tiffVolume = "Tiff3DIO"

  /// Whether a folder of pictures holds images for this reader.
  package var takesPictures: Bool { self == .naturalImage || self == .tiffVolume }

  /// Whether it has nibabel's view of intensities and spacings, not ITK's.
  package var isNibabel: Bool {
    self == .nibabel || self == .nibabelTurning || self == .nibabelMean
  }

  /// Whether it turns arrays to the order of the patient.
  var turns: Bool { self == .simpleITKTurning || self == .nibabelTurning }
}
