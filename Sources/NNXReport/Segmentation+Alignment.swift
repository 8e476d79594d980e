import NNXImage
import NNXSystem

extension Segmentation {
  /// The labels on the grid of an image: a DICOM segmentation holds as much of it as has labels, and one whose axes are
  /// turned has the same voxels in another order.
  func completed(to geometry: Geometry, _ header: ImageHeader) -> Segmentation {
    let isElsewhere =
      !self.geometry.hasGrid(of: geometry) || !self.geometry.hasPlace(of: geometry)
    guard isElsewhere, coversPart || geometry.isTurned(from: self.geometry) else { return self }
    return placed(on: geometry, header: header)
  }

  /// Two segmentations of one image on one grid, where one of them holds a part of it: that of the other, or as far as
  /// both reach that of the one whose slices lie closer together.
  ///
  /// - Throws: `other-patient`; `geometry` when they lie far apart.
  static func aligned(
    _ first: Segmentation, _ second: Segmentation
  ) throws(NNXError) -> (Segmentation, Segmentation) {
    try first.checkPatient(of: second)
    switch (first.coversPart, second.coversPart) {
    case (false, false): return (first.completed(to: second.geometry, second.header), second)
    case (true, false): return (first.completed(to: second.geometry, second.header), second)
    case (false, true): return (first, second.completed(to: first.geometry, first.header))
    case (true, true):
      let isCloser = second.geometry.spacing[0] < 0.75 * first.geometry.spacing[0]
      let (base, other) = isCloser ? (second, first) : (first, second)
      let grid = try base.geometry.extended(over: other.geometry)
      return (
        first.placed(on: grid, header: base.header), second.placed(on: grid, header: base.header)
      )
    }
  }
}
