import NNXDICOM

extension Geometry {
  /// The grid that ITK gives a series (`itk::ImageSeriesReader` of ITK 5.4 over `GDCMImageIO`): from the first slice along
  /// row × column; slices apart by the mean of their distances.
  init(itk stack: SliceStack) {
    let (first, last) = (stack.slices[0], stack.slices[stack.slices.count - 1])
    let way = zip(last.position, first.position).map { $0 - $1 }
    let length = way.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let distance =
      stack.isRepaired ? Double(stack.distance) : length / Double(stack.slices.count - 1)
    let axes = [Array(first.orientation[0..<3]), Array(first.orientation[3..<6]), first.normal]
    self.init(
      shape: [stack.depth, stack.rows, first.format.columns],
      spacing: [distance, first.spacing[0], first.spacing[1]], origin: stack.origin,
      direction: (0..<3).flatMap { row in axes.map { $0[row] } })
  }
}

/// The grid that dcm2niix writes, in its arithmetic (float32 throughout, so that files are equal bit by bit):
/// `nifti_dicom2mat`, rows reversed, and `nii_setOrtho` where the acquisition was three-dimensional.
struct Dcm2niixGrid {
  /// The s-form: three rows, RAS.
  let rows: [[Float]]
  /// The same for people who need no bits.
  let geometry: Geometry
  /// How the array with reversed rows is turned; `nil`: not at all.
  let orientation: Orientation?

  init(_ stack: SliceStack) {
    let first = stack.slices[0]
    let cosines = first.orientation.map { Float($0) }
    let (row, column) = (Array(cosines[0..<3]), Array(cosines[3..<6]))
    let normal = [
      row[1] * column[2] - row[2] * column[1], row[2] * column[0] - row[0] * column[2],
      row[0] * column[1] - row[1] * column[0],
    ]
    let spacing = [Float(first.spacing[1]), Float(first.spacing[0]), stack.distance]
    let extents = [first.format.columns, stack.rows, stack.depth]
    let signs: [Float] = [-1, -1, 1]
    let matrix = (0..<3).map { axis -> [Float] in
      [row[axis] * spacing[0], column[axis] * spacing[1], normal[axis] * spacing[2]].map {
        $0 * signs[axis]
      }
    }
    let origin = (0..<3).map { Float(stack.origin[$0]) * signs[$0] }
    // The array with reversed rows, and what turns it.
    let reversed = matrix.map { [Double($0[0]), -Double($0[1]), Double($0[2])] }
    let turn = stack.volume.turnsToRAS ? Orientation(nibabel: reversed) : nil
    var sources = [0, 1, 2]
    var isAgainst = [false, true, false]
    if let turn {
      sources = (0..<3).map { 2 - turn.axes[2 - $0] }
      isAgainst = (0..<3).map { (sources[$0] == 1) != turn.flips[2 - $0] }
    }
    // Where the new first voxel lies in the scanner's grid.
    var corner: [Float] = [0, 0, 0]
    for axis in 0..<3 where isAgainst[axis] {
      corner[sources[axis]] = Float(extents[sources[axis]] - 1)
    }
    let rows = (0..<3).map { index -> [Float] in
      let line = matrix[index]
      let axes = (0..<3).map { isAgainst[$0] ? -line[sources[$0]] : line[sources[$0]] }
      let first =
        ((line[0] * corner[0] + line[1] * corner[1]) + line[2] * corner[2]) + origin[index]
      return axes + [first]
    }
    self.rows = rows
    orientation = turn.flatMap { $0.isIdentity ? nil : $0 }
    let unit = sources.map { Double(spacing[$0]) }
    geometry = Geometry(
      shape: sources.map { extents[$0] }.reversed(), spacing: unit.reversed(),
      origin: (0..<3).map { Double(rows[$0][3] * signs[$0]) },
      direction: (0..<3).flatMap { index in
        (0..<3).map { Double(rows[index][$0] * signs[index]) / unit[$0] }
      })
  }
}
