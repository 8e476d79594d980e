import NNXTensor

/// The grid of an image's file, as nibabel has it.
struct FileGrid: Sendable {
  let geometry: Geometry
  /// Three rows from voxel indices `(x, y, z)` to mm, RAS.
  let rows: [[Double]]
  /// mm, `(x, y, z)`, as the header has them.
  let zooms: [Float]

  /// - Parameters:
  ///   - shape: `(z, y, x)`.
  ///   - zooms: `nil`: lengths of the affine's columns.
  init(_ shape: [Int], _ rows: [[Double]], zooms: [Float]? = nil) {
    geometry = Geometry(shape: shape, ras: rows)
    self.rows = rows
    self.zooms = zooms ?? (0..<3).map { Float(columnLength(rows, $0)) }
  }

  /// - Parameter image: where the header is of no NIfTI file.
  init(_ shape: [Int], _ rows: [[Double]], _ header: ImageHeader, _ image: Geometry) {
    self.init(
      shape, rows,
      zooms: header.nifti.map { $0.pixdim[1...3].map { abs(Float($0)) } }
        ?? image.spacing.reversed().map { Float($0) })
  }

  /// With as many voxels more at each end of each axis.
  func widened(by margin: Int) -> FileGrid {
    let moved = rows.map { row in
      let shift = row[0] * Double(margin) + row[1] * Double(margin) + row[2] * Double(margin)
      return Array(row[..<3]) + [row[3] - shift]
    }
    return FileGrid(geometry.shape.map { $0 + 2 * margin }, moved, zooms: zooms)
  }

  /// The grid of a label file: what ITK writes of what it reads in nibabel's file of an array and an affine, which is
  /// all that nnU-Net knows of the place of an image.
  ///
  /// - Parameters:
  ///   - shape: `(z, y, x)`.
  ///   - rows: the affine.
  static func ofLabels(_ shape: [Int], _ rows: [[Double]]) -> FileGrid {
    let read = (try? NIfTIHeader.nibabelFile(shape, rows).geometry(path: ""))?.geometry
    // What ITK refuses has no label file.
    let grid = read ?? Geometry(shape: shape, ras: rows)
    let written = NIfTIHeader(one: Array(NIfTIHeader.itkFile(grid, axes: 3, .uint8).prefix(348)))
    return FileGrid(shape, written.rows)
  }
}
