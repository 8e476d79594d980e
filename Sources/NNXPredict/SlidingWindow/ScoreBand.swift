import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// Scores of a volume while tiles are added to them: of all its planes along an axis, or of as many as a row of tiles
/// reaches.
///
/// Tiles come row by row along that axis, so that the planes before a row are done when it begins. Whoever wants them
/// takes them then; they make room for the planes that follow.
final class ScoreBand {
  /// `(classes, z, y, x)` of the planes that are held.
  let scores: Tensor
  /// Extents `(z, y, x)` of the volume.
  let volume: [Int]
  /// The axis whose planes are held: 0, or 1 whose planes are rows along x.
  let axis: Int
  /// Number of the first plane that is held.
  private(set) var first = 0
  /// How many planes of the volume are done: no tile is added to them any more, and scores are means.
  var done = 0

  /// - Parameter planes: how many are held at once.
  init(classes: Int, volume: [Int], axis: Int, planes: Int) {
    precondition(axis == 0 || axis == 1, "axis \(axis)")
    (self.volume, self.axis) = (volume, axis)
    var held = volume
    held[axis] = min(planes, volume[axis])
    scores = Tensor([classes] + held)
  }

  /// All planes of a volume.
  convenience init(classes: Int, volume: [Int]) {
    self.init(classes: classes, volume: volume, axis: 0, planes: volume[0])
  }

  /// How many planes are held.
  var count: Int { scores.shape[axis + 1] }
  /// Whether all planes of the volume are held.
  var isWhole: Bool { count == volume[axis] }
  /// The first z and y that are held.
  var start: (z: Int, y: Int) { axis == 0 ? (first, 0) : (0, first) }

  /// Where a tile's scores go.
  ///
  /// - Parameters:
  ///   - origin: of the tile in the volume, `(z, y, x)`.
  ///   - weights: of the tile's voxels, `(z, y, x)`.
  func place(at origin: [Int], weights: Tensor) -> PatchSum {
    PatchSum(scores, at: [origin[0] - start.z, origin[1] - start.y, origin[2]], weights: weights)
  }

  /// Lets go of planes; those that follow the held ones begin with zeros.
  ///
  /// - Parameter plane: the first to be held.
  func move(to plane: Int, threads: Threads) {
    precondition(plane >= first && plane <= done, "planes that are not done")
    let (held, steps) = (scores.shape, plane - first)
    // Planes of axis 1 are rows of each plane of axis 0.
    let (runs, size) = axis == 0 ? (held[0], held[2] * held[3]) : (held[0] * held[1], held[3])
    let (all, kept) = (count * size, max(0, count - steps) * size)
    threads.forEach(runs) { run, _ in
      scores.withMutableSpan { values in
        let (to, from) = (run * all, run * all + steps * size)
        for index in 0..<kept { values[to + index] = values[from + index] }
        for index in kept..<all { values[to + index] = 0 }
      }
    }
    first = plane
  }

  /// How many planes along an axis tiles need: those of a row and the one before it, which the samples between both are
  /// made of. Slices of 2-D models come one by one, and are given away in batches.
  static func planes(_ model: ModelDescription, along axis: Int) -> Int {
    max(model.patch[axis] + 1, leastPlanes)
  }

  private static let leastPlanes = 32

  /// The axis along which a volume is predicted: nnU-Net's order of tiles, along axis 0, unless the other one holds
  /// much less. The order moves the last bits of sums, and is therefore a matter of the volume and the model alone.
  ///
  /// - Parameter volume: extents `(z, y, x)`.
  static func axis(_ model: ModelDescription, _ volume: [Int]) -> Int {
    guard !model.slicewise else { return 0 }
    return bytes(model, volume, along: 0) - bytes(model, volume, along: 1) > worthAnOrder ? 1 : 0
  }

  private static let worthAnOrder = Double(64 << 20)

  /// Bytes that are held at most of a volume or any part of it: a part may be as long along one axis only.
  static func mostBytes(_ model: ModelDescription, _ volume: [Int]) -> Double {
    let first = bytes(model, volume, along: 0)
    guard axis(model, volume) == 1 else { return first }
    return min(first, bytes(model, volume, along: 1) + worthAnOrder)
  }

  /// Bytes that are held along an axis; real, for volumes may be beyond all memory.
  static func bytes(_ model: ModelDescription, _ volume: [Int], along axis: Int) -> Double {
    var held = volume
    held[axis] = min(planes(model, along: axis), volume[axis])
    return Double(MemoryLayout<Float>.size * model.architecture.outputChannels) * held.realProduct
  }
}
