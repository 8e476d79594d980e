import NNXSystem

/// Grids whose spacing or place cannot be right (`SpatialLimits`), and what is said of odd units.
enum GridBounds {
  /// The largest spacing of a file whose unit is the metre: 0.1 of it. Files of millimetres under that unit
  /// have more, and no image in metres does.
  static let largestOfMetres = 1e2

  /// What is said of a text header that tells no spacing.
  static let noSpacing =
    "it tells no spacing; 1 mm along each axis is taken, as in ITK, and volumes are in that unit"

  /// What is said of a unit that a reader does not convert.
  static func ignored(unit: String, by reader: String) -> String {
    "its unit of length is '\(unit)'; its numbers are taken as mm, as in \(reader)"
  }

  /// - Parameters:
  ///   - spacing: in mm, along some axes.
  ///   - extents: numbers of voxels along the same axes.
  ///   - field: where the spacing stands, for the error.
  ///   - largest: the upper bound of spacings.
  /// - Throws: `broken-image`.
  static func check(
    spacing: [Double], extents: [Int], _ field: String, path: String,
    upTo largest: Double = SpatialLimits.spacing.upperBound
  ) throws(NNXError) {
    let isPossible = zip(spacing, extents).allSatisfy { distance, extent in
      (extent > 1 ? SpatialLimits.spacing.lowerBound...largest : SpatialLimits.thickness)
        .contains(distance)
    }
    guard !isPossible else { return }
    throw NNXError(
      .brokenImage, "\(path) has a header that cannot be right",
      details: [
        "its voxels are \(lengths(spacing)) mm (\(field))",
        "nnx takes 0.000001 to \(lengths([largest])) mm",
      ],
      fixes: ["Check its spacing: is it in mm?", "Export the image again, or mend the header"])
  }

  /// - Parameter origin: LPS, in mm.
  /// - Throws: `broken-image`.
  static func check(origin: [Double], path: String) throws(NNXError) {
    guard !origin.allSatisfy({ abs($0) <= SpatialLimits.largestOrigin }) else { return }
    throw .badHeader(
      path, "its first voxel lies at \(lengths(origin)) mm, further than float32 can tell")
  }
}

/// Lengths in mm in a line of text, to a micrometre where that is enough.
func lengths(_ values: [Double]) -> String {
  values.map { value in
    let short = (value * 1000).rounded() / 1000
    let shown = abs(value) >= 0.001 && abs(value) < 1e9 ? short : value
    return shown == shown.rounded() && abs(shown) < 1e15 ? "\(Int(shown))" : "\(shown)"
  }.joined(separator: " x ")
}
