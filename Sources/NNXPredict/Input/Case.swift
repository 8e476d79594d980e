import NNXImage
import NNXSystem

/// One case: the images of its channels, in order, and the name its output gets.
package struct Case: Equatable, Sendable {
  /// File name without ending, and without channel number where the images are numbered channels.
  package var name: String
  /// Paths, one per channel; at least one.
  package var images: [String]
  /// Why it cannot be predicted, where its files alone tell.
  package var problem: NNXError?

  /// Whether its images are series of DICOM, so that a folder may be one case.
  package var isSeries: Bool {
    images.allSatisfy { (try? ImageFormat(path: $0)) == .dicom }
  }
}
