import NNXSystem
import NNXTensor

/// An image as a publisher hands it to networks: cut to a box, turned to the patient's axes, resampled; and the way
/// back for labels.
package struct PreparedImage {
  /// What is done.
  package struct Settings: Equatable, Sendable {
    /// How voxels of another spacing are made.
    package enum Method: Equatable, Sendable {
      /// `scipy.ndimage.zoom`; labels come back by order 0.
      ///
      /// - Parameters:
      ///   - order: of the interpolation: 1 or 3.
      ///   - truncatesAlways: whether fractions are cut off even where nothing is cut or resampled.
      case zoom(order: Int, ZoomEdge, truncatesAlways: Bool)
      /// `ITKSpline`; labels come back to the nearest voxel in the patient.
      case bSpline
      /// `ITKLinear`, both grids of one centre; labels come back to the nearest voxel in the patient.
      case linear
    }

    /// mm, `(z, y, x)` of the patient; `nil`: the image keeps its own.
    var spacing: [Double]?
    var method: Method
    /// Whether ITK tells where the image lies, not nibabel.
    var isITK: Bool
    /// Whether axes run to the left and the back, not to the right and the front.
    var isLPS: Bool

    package init(
      spacing: [Double]?, _ method: Method, isITK: Bool = false, isLPS: Bool = false
    ) {
      self.spacing = spacing
      self.method = method
      self.isITK = isITK
      self.isLPS = isLPS
    }
  }

  /// How to bring labels back.
  package struct Return: Sendable {
    enum Way: Sendable {
      case zoom(ZoomEdge)
      /// Of the prepared grid, and of the box of the image, turned.
      case nearest(Geometry, Geometry)
      /// Of the image's file, not turned.
      case file(FileGrids)
    }

    /// The grids between which labels and values go back as files do.
    struct FileGrids: Sendable {
      /// Of the prepared image's file.
      let prepared: Geometry
      /// Of a label file on it, which has ITK's own rounding.
      let labels: FileGrid
      /// Of the image's file.
      let image: FileGrid
    }

    /// Of the image, `(z, y, x)` in the file's order.
    let shape: [Int]
    let box: Box
    let orientation: Orientation
    /// Of the box, turned.
    let turned: [Int]
    let way: Way
    /// The part of the prepared grid that is meant; all when `nil`.
    private(set) var part: (box: Box, shape: [Int])?

    /// The way back from a part of the prepared grid.
    package func from(_ box: Box, of shape: [Int]) -> Return {
      var result = self
      if box != Box(shape) { result.part = (box, shape) }
      return result
    }

    /// Labels of the prepared grid on the image's; background outside of the box.
    package func labels(_ labels: LabelMap, threads: Threads) -> LabelMap {
      var labels = labels
      if let part {
        let whole = LabelMap(part.shape, largestLabel: labels.isWide ? 65535 : 0)
        whole.paste(labels, into: part.box)
        labels = whole
      }
      let onBox =
        switch way {
        case .zoom(let edge): labels.zoomed(to: turned, edge, threads: threads)
        case .nearest(let from, let to): labels.nearest(from: from, to: to, threads: threads)
        case .file(let grids):
          labels.nearest(
            from: grids.ofLabels(part?.box), to: grids.image.geometry, threads: threads)
        }
      let own = onBox.turnedBack(orientation, threads: threads)
      if box == Box(shape) { return own }
      let result = LabelMap(shape, largestLabel: own.isWide ? 65535 : 0)
      result.paste(own, into: box)
      return result
    }

    /// Values of the prepared grid on the image's, linear, 0 outside; for grids of the method `linear`.
    package func soft(_ values: Tensor, threads: Threads) -> Tensor {
      ITKLinear.values(
        ZoomSource(values), from: grids.labels.geometry, to: grids.image.geometry, nil,
        threads: threads)
    }

    /// The grid of a label file of the part; for grids of the method `linear`.
    package var labelGrid: Geometry {
      guard let part else { return grids.labels.geometry }
      return FileGrid.ofLabels(part.box.shape, grids.prepared.fileGrid(of: part.box).ras).geometry
    }

    /// Of the method `linear`.
    var grids: FileGrids {
      guard case .file(let grids) = way else { preconditionFailure("no grid of its own") }
      return grids
    }
  }

  /// Axes run as the settings say.
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
    let place = try PatientPlace(image, settings)
    let part = box ?? Box(image.geometry.shape)
    let source = ZoomSource(image.voxels, exact: image.exact)
    switch settings.method {
    case .zoom(let order, let edge, let truncatesAlways):
      let isCut = box != nil
      let own = (isCut ? ZoomSource(source.truncated(in: part)) : source)
        .turned(place.orientation, threads: threads)
      let grid = try PreparedGrid(place, shape: part.shape, settings.spacing)
      let voxels: Tensor
      if grid.isResampled {
        voxels = Zoom(own, to: grid.shape, order: order, edge, threads: threads).integers()
      } else if truncatesAlways, settings.spacing != nil {
        // SciPy copies where all factors are 1.
        voxels = own.truncated(in: Box(own.shape))
      } else {
        voxels = own.floats
      }
      self.image = Image(voxels: voxels, geometry: grid.geometry, header: .picture(axes: 3))
      back = Return(
        shape: image.geometry.shape, box: part, orientation: place.orientation, turned: own.shape,
        way: .zoom(edge))
    case .bSpline:
      let own = source.cropped(to: part).turned(place.orientation, threads: threads)
      // Turned before it is cut: the last bits of the origin hang on the order.
      let geometry = image.geometry.turned(place.orientation)
        .cropped(to: part.turned(place.orientation, in: image.geometry.shape))
      let spacing = settings.spacing ?? geometry.spacing
      guard let spline = ITKSpline(own, geometry.spacing, to: spacing) else {
        throw .noGrid(own.shape, geometry.spacing, at: spacing)
      }
      let voxels = spline.values(image.storedType?.integers, threads: threads)
      let grid = Geometry(
        shape: spline.shape, spacing: spacing, origin: geometry.origin,
        direction: geometry.direction)
      self.image = Image(voxels: voxels, geometry: grid, header: .picture(axes: 3))
      back = Return(
        shape: image.geometry.shape, box: part, orientation: place.orientation, turned: own.shape,
        way: .nearest(grid, geometry))
    case .linear:
      precondition(box == nil, "no part of an image is brought to a grid of its own centre")
      let (shape, turn) = (image.geometry.shape, place.orientation)
      let own = Geometry(
        shape: turn.axes.map { shape[$0] }, ras: place.turnedRows(shape))
      let spacing = settings.spacing?[0] ?? 1
      guard let grid = own.centred(at: spacing) else {
        throw .noGrid(own.shape, own.spacing, at: [spacing, spacing, spacing])
      }
      let voxels = ITKLinear.values(
        source.turned(turn, threads: threads), from: own, to: grid, image.storedType?.integers,
        threads: threads)
      let file = Geometry(shape: grid.shape, ras: grid.fileRows)
      self.image = Image(voxels: voxels, geometry: file, header: .picture(axes: 3))
      back = Return(
        shape: shape, box: part, orientation: .asStored, turned: shape,
        way: .file(
          Return.FileGrids(
            prepared: file, labels: FileGrid.ofLabels(grid.shape, file.ras),
            image: FileGrid(shape, place.rows, image.header, image.geometry))))
    }
  }
}

extension PreparedImage.Return.FileGrids {
  /// The grid of labels of a part on the whole prepared grid: their file keeps ITK's rounding unless it is brought to
  /// another grid, which a part is that begins elsewhere.
  fileprivate func ofLabels(_ part: Box?) -> Geometry {
    part?.lower ?? [0, 0, 0] == [0, 0, 0] ? labels.geometry : prepared
  }
}

/// Where the axes of an image lie in the patient.
package struct PatientPlace {
  /// Columns of the affine, mm, RAS, in the order of the file's axes, x first.
  let columns: [[Double]]
  /// Three rows from voxel indices `(x, y, z)` to mm, RAS.
  let rows: [[Double]]
  /// How the array is turned.
  package let orientation: Orientation
  /// mm, `(z, y, x)` in the file's order.
  package let spacing: [Double]

  /// - Throws: `broken-image` when the axes span no space.
  package init(_ image: Image, _ settings: PreparedImage.Settings) throws(NNXError) {
    if settings.isITK {
      let rows = PatientPlace.rows(image.geometry)
      self.rows = rows
      columns = (0..<3).map { column in rows.map { $0[column] } }
      let turn = Orientation(itk: image.geometry.direction)
      orientation = settings.isLPS ? turn.reversing([1, 2]) : turn
      spacing = image.geometry.spacing
    } else {
      let place = try PatientPlace(image.geometry, image.header)
      (columns, spacing, rows) = (place.columns, place.spacing, place.rows)
      orientation = settings.isLPS ? place.orientation.reversing([1, 2]) : place.orientation
    }
  }

  /// As nibabel has it; the spacing is that of an image which it makes of an array and an affine: lengths of the
  /// columns, rounded to float32.
  ///
  /// - Throws: `broken-image` when the axes span no space.
  init(_ geometry: Geometry, _ header: ImageHeader) throws(NNXError) {
    let rows = header.nifti?.nibabelForm.rows ?? PatientPlace.rows(geometry)
    self.rows = rows
    spacing = (0..<3).map { axis in
      Double(Float(rows.reduce(0) { $0 + $1[2 - axis] * $1[2 - axis] }.squareRoot()))
    }
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

  /// The affine of the turned array, in float32 as nibabel's file holds it.
  ///
  /// - Parameter shape: of the image, `(z, y, x)`.
  func turnedRows(_ shape: [Int]) -> [[Double]] {
    rows.map { row in
      var turned = [0.0, 0, 0]
      var origin = row[3]
      for axis in 0..<3 {
        let file = orientation.axes[axis]
        let step = row[2 - file]
        turned[2 - axis] = orientation.flips[axis] ? -step : step
        if orientation.flips[axis] { origin += step * Double(shape[file] - 1) }
      }
      return (turned + [origin]).map { Double(Float($0)) }
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
      guard !new.contains(0) else { throw .noGrid(old, own, at: spacing) }
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

extension NNXError {
  /// - Parameters:
  ///   - shape: of the image, `(z, y, x)`.
  ///   - own: its spacing.
  fileprivate static func noGrid(_ shape: [Int], _ own: [Double], at spacing: [Double]) -> NNXError
  {
    NNXError(
      .emptyGrid, "nothing of the image is left at \(spacing) mm, or more than can be counted",
      details: ["image: \(shape) voxels of \(own) mm (z, y, x)"],
      fixes: ["Check the image's spacing: is it in mm?", "Or give more than one slice"])
  }
}

extension Geometry {
  /// The grid of a part, as ITK has it.
  func cropped(to box: Box) -> Geometry {
    if box == Box(shape) { return self }
    var origin = origin
    for row in 0..<3 {
      for axis in 0..<3 {
        let step: Double = direction[3 * row + axis] * spacing[2 - axis]
        origin[row] += step * Double(box.lower[2 - axis])
      }
    }
    return Geometry(shape: box.shape, spacing: spacing, origin: origin, direction: direction)
  }

  /// The grid in the patient's axes at a spacing, as a forecast needs it: by directions, not by an affine.
  ///
  /// - Parameter spacing: mm, `(z, y, x)` of the patient.
  /// - Throws: `empty-grid`, `endless-grid`; `broken-image`.
  package func prepared(at spacing: [Double]) throws(NNXError) -> Geometry {
    try PreparedGrid(PatientPlace(self, .picture(axes: 3)), shape: shape, spacing).geometry
  }
}
