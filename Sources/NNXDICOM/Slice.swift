import NNXSystem

/// One slice of a series: a file, or a frame of one.
package struct Slice: Sendable {
  package let source: SliceSource
  /// In its file, from 0.
  package let frame: Int
  package let format: PixelFormat
  package let uids: FileUIDs
  /// The centre of its first pixel, LPS, in mm (ImagePositionPatient).
  package let position: [Double]
  /// Unit vectors along a row and along a column (ImageOrientationPatient).
  package let orientation: [Double]
  /// Distance of rows, and of columns, in mm (PixelSpacing).
  package let spacing: [Double]
  /// As `FrameFacts.statedDistance`.
  let statedDistance: Double?
  /// How the scanner counts it: InstanceNumber, of PET ImageIndex, of frames their number in the stack; 0 where the file
  /// does not say.
  let number: Int
  let scale: SliceScale
  let isLocalizer: Bool
  /// Where the pixels of its file begin, if its header was read up to them.
  let pixelStart: Int?
  /// What tells slices apart that lie in one place, by the names of the elements.
  let marks: [String: String]

  /// The direction in which slices follow each other: row × column.
  package var normal: [Double] { cross(Array(orientation[0..<3]), Array(orientation[3..<6])) }
  /// Where it lies along the normal, in mm.
  var height: Double { dot(normal, position) }

  /// Whether another slice could lie in one stack with it: the same size, spacing and direction.
  func isParallel(to other: Slice) -> Bool {
    format.rows == other.format.rows && format.columns == other.format.columns
      && zip(orientation, other.orientation).allSatisfy { abs($0 - $1) < 1e-3 }
      && hasSpacing(of: other)
  }

  func hasSpacing(of other: Slice) -> Bool {
    zip(spacing, other.spacing).allSatisfy { abs($0 - $1) <= 1e-4 * abs($1) }
  }
}

/// What segmentations refer to of a file; empty where the file does not say.
package struct FileUIDs: Hashable, Sendable {
  package let sopClass: String
  package let sopInstance: String
  package let study: String
  package let frameOfReference: String
}

func dot(_ a: [Double], _ b: [Double]) -> Double { a[0] * b[0] + a[1] * b[1] + a[2] * b[2] }
func cross(_ a: [Double], _ b: [Double]) -> [Double] {
  [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
