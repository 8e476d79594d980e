import NNXImage
import NNXSystem

/// A file that is made of a segmentation and appears beside it, such as its numbers or a picture.
package struct Companion {
  /// What a file is made for.
  package struct Facts {
    package let `case`: Case
    /// Where the segmentation will be.
    package let segmentation: String
    /// How its images were read, where they are DICOM.
    package let series: SeriesReading
  }

  package let kind: ResultFile
  /// Gives the file's bytes, from the path where the segmentation can be read at that time.
  let make: (_ segmentation: String, _ facts: Facts) throws -> [UInt8]

  package init(_ kind: ResultFile, make: @escaping (String, Facts) throws -> [UInt8]) {
    (self.kind, self.make) = (kind, make)
  }
}
