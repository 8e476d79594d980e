import NNXImage
import NNXSystem

/// One case: the images of its channels, in order, and the name its output gets.
package struct Case: Equatable, Sendable {
  /// File name without ending, and without channel number where the images are numbered channels. Where the
  /// images lie in folders of their own, as those of patients, with these: `s0011/ct`.
  package var name: String
  /// Paths, one per channel; at least one.
  package var images: [String]
  /// Why it cannot be predicted, where its files alone tell.
  package var problem: NNXError?
  /// What a table of cases says of it besides, in the order of its columns.
  package var facts: [Fact] = []

  /// A field of a table of cases that is no image.
  package struct Fact: Equatable, Sendable {
    package let column: String
    package let value: String

    package init(_ column: String, _ value: String) { (self.column, self.value) = (column, value) }
  }

  /// Whether its images are series of DICOM, so that a folder may be one case.
  package var isSeries: Bool {
    images.allSatisfy { (try? ImageFormat(path: $0)) == .dicom }
  }
}
