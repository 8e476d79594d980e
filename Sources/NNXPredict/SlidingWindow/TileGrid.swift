import NNXSystem

/// Where the tiles of a sliding window lie.
///
/// `nnunetv2/inference/sliding_window_prediction.py`, `compute_steps_for_sliding_window`; the same
/// rule in nnU-Net v1. Axes are `(z, y, x)` after the transpose.
struct TileGrid: Equatable, Sendable {
  /// Extents of the preprocessed volume.
  let volume: [Int]
  /// Extents of a tile.
  let patch: [Int]
  /// First index of each tile along each axis. Negative where the volume is smaller than the patch:
  /// the tile then reaches beyond the volume on both sides, where the input is zero.
  let starts: [[Int]]
  /// The outermost axis of the order of tiles, 0 or 1; the others follow as they are, x last.
  private let outermost: Int

  /// - Parameters:
  ///   - tileStep: distance of tiles as a share of the patch, above 0 and up to 1.
  ///   - slicewise: every index of axis 0 is a tile by itself (2-D configurations).
  ///   - outermost: axis of the order of tiles, 0 or 1; nnU-Net's is 0.
  init(volume: [Int], patch: [Int], tileStep: Double, slicewise: Bool, outermost: Int = 0) {
    self.volume = volume
    self.patch = patch
    self.outermost = outermost
    let counts = TileGrid.counts(
      volume: volume, patch: patch, tileStep: tileStep, slicewise: slicewise)
    starts = volume.indices.map { axis in
      if slicewise && axis == 0 { return Array(0..<counts[0]) }
      return TileGrid.starts(extent: volume[axis], patch: patch[axis], count: counts[axis])
    }
  }

  /// How many tiles lie along each axis. Needs no memory, so it may be asked of any volume.
  ///
  /// - Parameters: as for `init`.
  static func counts(
    volume: [Int], patch: [Int], tileStep: Double, slicewise: Bool
  ) -> [Int] {
    precondition(tileStep > 0 && tileStep <= 1, "tile step \(tileStep)")
    return volume.indices.map { axis in
      if slicewise && axis == 0 { return volume[0] }
      guard volume[axis] > patch[axis] else { return 1 }
      let room = Double(volume[axis] - patch[axis])
      let steps = (room / (Double(patch[axis]) * tileStep)).rounded(.up)
      return Int(saturating: min(steps, 0x1p53)) + 1
    }
  }

  /// The smallest share of the patch that is worth a step: a voxel along its shortest axis. nnU-Net's own
  /// step of a half is always one.
  ///
  /// - Parameters: as for `init`.
  static func smallestStep(patch: [Int], slicewise: Bool) -> Double {
    min(0.5, 1 / Double(patch.dropFirst(slicewise ? 1 : 0).min() ?? 1))
  }

  private static func starts(extent: Int, patch: Int, count: Int) -> [Int] {
    guard count > 1 else { return [-((patch - extent) / 2)] }
    let step = Double(extent - patch) / Double(count - 1)
    return (0..<count).map { Int((step * Double($0)).rounded(.toNearestOrEven)) }
  }

  /// Number of tiles.
  var count: Int { starts.reduce(1) { $0 * $1.count } }

  /// First index `(z, y, x)` of a tile.
  func origin(_ tile: Int) -> [Int] {
    let middle = 1 - outermost
    let (row, last) = tile.quotientAndRemainder(dividingBy: starts[2].count)
    let (outer, inner) = row.quotientAndRemainder(dividingBy: starts[middle].count)
    let first = (starts[outermost][outer], starts[middle][inner])
    return outermost == 0
      ? [first.0, first.1, starts[2][last]] : [first.1, first.0, starts[2][last]]
  }

  /// First indices `(z, y, x)` of the tiles that a plane of axis 0 lies in, z outermost.
  func origins(inPlane plane: Int) -> [[Int]] {
    starts[0].filter { ($0..<$0 + patch[0]).contains(plane) }.flatMap { z in
      starts[1].flatMap { y in starts[2].map { [z, y, $0] } }
    }
  }

  /// The part of a tile that lies inside the volume, as ranges of the volume's indices.
  func inside(_ origin: [Int]) -> [Range<Int>] {
    zip(zip(origin, patch), volume).map { tile, extent in
      max(0, tile.0)..<min(extent, tile.0 + tile.1)
    }
  }
}
