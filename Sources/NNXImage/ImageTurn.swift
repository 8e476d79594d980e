import NNXSystem
import NNXTensor

/// What a reader that wants its arrays in the order of the patient does to those of a file.
package struct ImageTurn: Equatable, Sendable {
  package let orientation: Orientation
  /// The grid as the file has it.
  package let fileGeometry: Geometry

  /// The labels of the turned image in the order of its file.
  package func undo(_ labels: LabelMap) -> LabelMap { labels.turnedBack(orientation) }
}

extension ImageReader {
  /// The grid as this reader hands it on, and how it comes from the file's; `nil`: it is the same.
  ///
  /// nibabel takes spacings from the affine as soon as it turns something
  /// (`Nifti1Pair._affine2header`), as float32.
  ///
  /// - Throws: `unsupported-image` for a file of two axes; `broken-image` for a matrix that is singular,
  ///   holds what is no number, or gives spacings that cannot be.
  func turn(
    _ geometry: Geometry, _ header: ImageHeader, path: String
  ) throws(NNXError) -> (geometry: Geometry, turn: ImageTurn)? {
    guard turns else { return nil }
    guard header.axes == 3 else {
      throw NNXError(
        .unsupportedImage, "\(path) has two axes, and cannot be turned in space",
        details: ["the model's images were read with \(rawValue), which takes three"],
        fixes: ["Give the volume that the slice comes from"])
    }
    let affine = isNibabel ? header.nifti?.nibabelForm.rows : nil
    guard affine?.joined().allSatisfy(\.isFinite) ?? true else {
      throw .badHeader(
        path, "its s-form contains values that are no numbers, and \(rawValue) turns by it")
    }
    let orientation =
      affine.map { Orientation(nibabel: $0) } ?? Orientation(itk: geometry.direction)
    guard Set(orientation.axes).count == 3 else {
      throw .badHeader(path, "two axes of its matrix lie along one axis of the patient")
    }
    guard !orientation.isIdentity else { return nil }
    var turned = geometry.turned(orientation)
    if let affine {
      turned.spacing = orientation.axes.map { Double(Float(columnLength(affine, 2 - $0))) }
      try GridBounds.check(
        spacing: turned.spacing, extents: turned.shape, "s-form, by which \(rawValue) turns",
        path: path)
    }
    return (turned, ImageTurn(orientation: orientation, fileGeometry: geometry))
  }
}
