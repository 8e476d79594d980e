import NNXSystem
import NNXTensor

/// An image as a publisher hands it to networks: cut to a box, turned to the patient's axes, resampled; and the way
/// back for labels.
package struct PreparedImage {
  /// What is done.
  package struct Settings: Equatable, Sendable {
    /// mm, `(z, y, x)` of the patient; `nil`: the image keeps its own.
    var spacing: [Double]?
    /// Of the interpolation: 1 or 3.
    var order: Int
    var edge: ZoomEdge
    /// Whether fractions are cut off even where nothing is cut or resampled.
    var truncatesAlways: Bool

    package init(spacing: [Double]?, order: Int, edge: ZoomEdge, truncatesAlways: Bool) {
      self.spacing = spacing
      self.order = order
      self.edge = edge
      self.truncatesAlways = truncatesAlways
    }
  }

  /// How to bring labels back.
  package struct Return: Sendable {
    /// Of the image, `(z, y, x)` in the file's order.
    let shape: [Int]
    let box: Box
    let orientation: Orientation
    /// Of the box, turned.
    let turned: [Int]
    let edge: ZoomEdge

    /// Labels of the prepared grid on the image's; background outside of the box.
    package func labels(_ labels: LabelMap, threads: Threads) -> LabelMap {
      let own = labels.zoomed(to: turned, edge, threads: threads)
        .turnedBack(orientation, threads: threads)
      if box == Box(shape) { return own }
      let result = LabelMap(shape, largestLabel: own.isWide ? 65535 : 0)
      result.paste(own, into: box)
      return result
    }
  }

  /// Axes run to the right, to the front and to the head.
  package let image: Image
  package let back: Return

  /// - Parameters:
  ///   - image: in the file's order.
  ///   - box: the part that is meant; all when `nil`.
  /// - Throws: `broken-image` for an image whose axes span no space; `empty-grid` when nothing is left at the
  ///   spacing, `endless-grid` when more than can be counted is.
  package init(
    _ image: Image, _ settings: Settings, in box: Box?, threads: Threads
  ) throws(NNXError) {
    let place = try PatientPlace(image)
    let whole = Box(image.geometry.shape)
    let part = box ?? whole
    var source = ZoomSource(image.voxels, exact: image.exact)
    if box != nil { source = ZoomSource(source.truncated(in: part)) }
    source = source.turned(place.orientation, threads: threads)
    let grid = try PreparedGrid(place, shape: part.shape, settings.spacing)
    let voxels: Tensor
    if grid.isResampled {
      voxels = Zoom(
        source, to: grid.shape, order: settings.order, settings.edge, threads: threads
      ).integers()
    } else if settings.truncatesAlways, settings.spacing != nil {
      // SciPy copies where all factors are 1.
      voxels = source.truncated(in: Box(source.shape))
    } else {
      voxels = source.floats
    }
    self.image = Image(
      voxels: voxels, geometry: grid.geometry, header: .picture(axes: 3))
    back = Return(
      shape: whole.shape, box: part, orientation: place.orientation, turned: source.shape,
      edge: settings.edge)
  }
}

/// Where the axes of an image lie in the patient, as nibabel has it.
package struct PatientPlace {
  /// Columns of the affine, mm, RAS, in the order of the file's axes, x first.
  let columns: [[Double]]
  let orientation: Orientation

  /// Lengths of the columns, rounded to float32, `(z, y, x)` in the file's order: nibabel's zooms of an image that
  /// was made of an array and an affine.
  package var spacing: [Double] {
    (0..<3).map { axis in
      let column = columns[2 - axis]
      return Double(Float(column.reduce(0) { $0 + $1 * $1 }.squareRoot()))
    }
  }

  package init(_ image: Image) throws(NNXError) {
    try self.init(image.geometry, image.header)
  }

  /// - Throws: `broken-image` when the axes span no space.
  init(_ geometry: Geometry, _ header: ImageHeader) throws(NNXError) {
    let rows = header.nifti?.nibabelForm.rows ?? PatientPlace.rows(geometry)
    columns = (0..<3).map { column in rows.map { $0[column] } }
    guard rows.joined().allSatisfy(\.isFinite) else {
      throw NNXError(
        .brokenImage, "the image's place in the patient holds what is no number",
        fixes: ["Export the image again"])
    }
    orientation = Orientation(nibabel: rows)
    guard Set(orientation.axes).count == 3 else {
      throw NNXError(
        .brokenImage, "two axes of the image lie along one axis of the patient",
        fixes: ["Export the image again"])
    }
  }

  /// LPS to RAS: x and y change their signs.
  private static func rows(_ geometry: Geometry) -> [[Double]] {
    let signs: [Double] = [-1, -1, 1]
    return (0..<3).map { row in
      (0..<3).map { signs[row] * geometry.direction[3 * row + $0] * geometry.spacing[2 - $0] }
        + [signs[row] * geometry.origin[row]]
    }
  }
}

/// The grid that an image is brought to.
struct PreparedGrid {
  /// `(z, y, x)` of the patient.
  let shape: [Int]
  /// Whether its spacing is another than the image's.
  let isResampled: Bool
  /// Without a place in the patient.
  let geometry: Geometry

  /// - Parameters:
  ///   - shape: of the image or its part, in the file's order.
  ///   - spacing: mm, `(z, y, x)` of the patient.
  /// - Throws: `empty-grid`, `endless-grid`.
  init(
    _ place: PatientPlace, shape: [Int], _ spacing: [Double]?
  ) throws(NNXError) {
    let axes = place.orientation.axes
    let old = axes.map { shape[$0] }
    let own = axes.map { place.spacing[$0] }
    isResampled = spacing.map { $0 != own } ?? false
    var (new, lengths) = (old, own)
    if isResampled, let spacing {
      let factors = zip(own, spacing).map { $0 / $1 }
      let extents = zip(old, factors).map { (Double($0) * $1).rounded(.toNearestOrEven) }
      guard extents.allSatisfy({ $0 < 0x1p31 }), extents.reduce(1, *) < 0x1p40 else {
        throw NNXError(
          .endlessGrid, "the image would have \(extents) voxels at \(spacing) mm",
          fixes: ["Check the image's spacing: is it in mm?"])
      }
      new = extents.map { Int($0) }
      guard !new.contains(0) else {
        throw NNXError(
          .emptyGrid, "nothing of the image is left at \(spacing) mm",
          details: ["image: \(old) voxels of \(own) mm (z, y, x)"],
          fixes: ["Check the image's spacing: is it in mm?", "Or give more than one slice"])
      }
      lengths = (0..<3).map { axis in
        let column = place.columns[2 - axes[axis]].map { $0 / factors[axis] }
        return Double(Float(column.reduce(0) { $0 + $1 * $1 }.squareRoot()))
      }
    }
    self.shape = new
    geometry = Geometry(
      shape: new, spacing: lengths, origin: [0, 0, 0], direction: [-1, 0, 0, 0, -1, 0, 0, 0, 1])
  }
}

extension Geometry {
  /// The grid in the patient's axes at a spacing, as a forecast needs it: by directions, not by an affine.
  ///
  /// - Parameter spacing: mm, `(z, y, x)` of the patient.
  /// - Throws: `empty-grid`, `endless-grid`; `broken-image`.
  package func prepared(at spacing: [Double]) throws(NNXError) -> Geometry {
    try PreparedGrid(PatientPlace(self, .picture(axes: 3)), shape: shape, spacing).geometry
  }
}
