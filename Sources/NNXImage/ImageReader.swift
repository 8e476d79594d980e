import NNXSystem

/// nnU-Net's readers: a model's plans name the one its images were read with, and some files mean
/// something else to another (nnunetv2/imageio).
package enum ImageReader: String, CaseIterable, Sendable {
  case simpleITK = "SimpleITKIO"
  case nibabel = "NibabelIO"
  /// Pictures: grey or colour, one slice.
  case naturalImage = "NaturalImage2DIO"
  /// Stacks of pages, with spacings in a file beside them.
  case tiffVolume = "Tiff3DIO"

  /// Whether a folder of pictures holds images for this reader.
  package var takesPictures: Bool { self == .naturalImage || self == .tiffVolume }
}
