import NNXDICOM
import NNXSystem

/// The grid that the frames of a segmentation lie on: that of the file, from its first frame to its last along
/// the normal, not that of the series.
struct SEGGrid {
  /// Where one frame lies, as its groups say; mm, LPS.
  struct Plane: Equatable {
    var position: [Double]
    /// Along a row, then along a column.
    var orientation: [Double]
    /// Of rows, then of columns.
    var spacing: [Double]
    /// From slice to slice, if it is told; more than 0.
    var between: Double?
    /// Of a slice, if it is told; more than 0.
    var thickness: Double?
  }

  let geometry: Geometry
  /// How thick a slice is, in mm, where that is so much less than their distance that there are slices between which
  /// the file left out, as writers do whose slices are empty.
  let thinness: Double?
  /// Of each frame.
  let slices: [Int]

  /// - Parameter fileSize: what the grid's size is measured by, in bytes.
  /// - Throws: `broken-dicom` for what is no grid, `broken-image` for one that cannot be right (`GridBounds`),
  ///   `unsupported-dicom` for several.
  init(
    _ planes: [Plane], rows: Int, columns: Int, fileSize: Int, path: String
  ) throws(NNXError) {
    guard let first = planes.first else { throw .badSegmentation(path, "it has no frames") }
    let axes = (Array(first.orientation[0..<3]), Array(first.orientation[3..<6]))
    guard abs(axes.0.length - 1) < 0.01, abs(axes.1.length - 1) < 0.01,
      abs(dot(axes.0, axes.1)) < 0.01, first.spacing.allSatisfy({ $0 > 0 })
    else { throw .badSegmentation(path, "its frames have no directions or spacings that can be") }
    try GridBounds.check(
      spacing: first.spacing, extents: [rows, columns], "PixelSpacing", path: path)
    for plane in planes {
      let isSame =
        zip(plane.orientation, first.orientation).allSatisfy { abs($0 - $1) < 1e-3 }
        && zip(plane.spacing, first.spacing).allSatisfy { abs($0 - $1) <= 1e-3 * $1 }
      guard isSame else { throw .severalGrids(path, "frames have several directions or spacings") }
    }
    let normal = cross(axes.0, axes.1)
    let heights = planes.map { dot($0.position, normal) }
    let thickness = planes.lazy.compactMap(\.thickness).first
    let step = try SEGGrid.step(
      heights, told: planes.lazy.compactMap(\.between).first, thickness: thickness, path: path)
    let lowest = heights.min() ?? 0
    let base = planes[heights.firstIndex(of: lowest) ?? 0].position
    let count = Int(((heights.max() ?? 0) - lowest) / step + 0.5) + 1
    slices = heights.map { Int((($0 - lowest) / step).rounded()) }
    let isEven = Set(slices).count == count
    thinness = thickness.flatMap { isEven && $0 < 0.75 * step ? $0 : nil }
    for (plane, slice) in zip(planes, slices) {
      let height = Double(slice) * step
      let offset: [Double] = (0..<3).map { plane.position[$0] - base[$0] - height * normal[$0] }
      let off = [dot(offset, axes.0) / first.spacing[1], dot(offset, axes.1) / first.spacing[0]]
      guard off.allSatisfy({ abs($0) < 0.05 || abs($0 * first.spacing[0]) < 0.01 }) else {
        throw .severalGrids(path, "frames do not lie one above the other")
      }
      guard abs(dot(offset, normal)) <= 0.1 * step else {
        throw .severalGrids(path, "frames are not evenly spaced")
      }
    }
    // Frames that are empty may be left out, so a few can span much; a small file that spans the world lies.
    let voxels = (count * rows).multipliedReportingOverflow(by: columns)
    let most = max(1 << 26, (fileSize * 4096))
    guard !voxels.overflow, voxels.partialValue <= most else {
      throw .badSegmentation(
        path,
        "its frames span \(count) slices of \(rows) × \(columns), and it holds \(fileSize) bytes")
    }
    geometry = Geometry(
      shape: [count, rows, columns], spacing: [step, first.spacing[0], first.spacing[1]],
      origin: base,
      direction: (0..<3).flatMap { [axes.0[$0], axes.1[$0], normal[$0]] })
    try GridBounds.check(spacing: [step], extents: [count], "distance of slices", path: path)
    try GridBounds.check(origin: base, path: path)
  }

  /// The distance of slices: what divides all distances of frames.
  ///
  /// highdicom 0.28.2 (`Segmentation`) tells as distance that of the slices that it was given: of two of a series, how
  /// far these are apart. How thick they are then tells how many lie between.
  private static func step(
    _ heights: [Double], told: Double?, thickness: Double?, path: String
  ) throws(NNXError) -> Double {
    let sorted = heights.sorted()
    let hint = told ?? thickness
    let tolerance = 0.02 * (hint ?? 0.1)
    let gaps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }.filter { $0 > tolerance }
    guard let least = gaps.min() else {
      guard let hint, SpatialLimits.thickness.contains(hint) else {
        throw .badSegmentation(path, "it has one slice, and does not say how thick it is")
      }
      return hint
    }
    func divided(by length: Double?, into parts: Double) -> Double? {
      guard let length else { return nil }
      let share = least / length
      // More slices than that no scan has: a thickness that is none.
      return (parts - 0.05...2000).contains(share) && abs(share - share.rounded()) < 0.05
        ? length : nil
    }
    let step =
      divided(by: told, into: 2) ?? divided(by: gaps.count == 1 ? thickness : nil, into: 2)
      ?? divided(by: hint, into: 1) ?? least
    let count = gaps.reduce(0.0) { $0 + ($1 / step).rounded() }
    guard count >= 1, count < 65_536 else {
      throw .badSegmentation(path, "its frames lie \(least) mm and \(gaps.max() ?? 0) mm apart")
    }
    return gaps.reduce(0, +) / count
  }
}

extension NNXError {
  static func badSegmentation(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .brokenDICOM, "\(path) cannot be read as a segmentation", details: [detail],
      fixes: ["Export the segmentation again"])
  }

  fileprivate static func severalGrids(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .unsupportedDICOM, "\(path) holds segments on several grids", details: [detail],
      fixes: ["Save the segments of each grid to a file of their own"])
  }
}

extension [Double] {
  fileprivate var length: Double { reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func cross(_ a: [Double], _ b: [Double]) -> [Double] {
  [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
