import NNXImage
import NNXModel

extension ModelDescription {
  /// nnU-Net's reader of the images that the model was trained on, if known.
  package var reader: ImageReader? { imageReader.flatMap { ImageReader(rawValue: $0) } }
}
