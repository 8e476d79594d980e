internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// Makes an upsampled map a slab at a time, as its one reader goes along z: the whole map never exists.
///
/// Its memory holds the planes around the reader's slab; those that the next slab needs again are moved.
final class SlabUpsampler {
  private let layer: TransposedConvolution
  /// The planes that are held; no padding along z.
  private let map: FeatureMap
  /// Planes of the whole map, and of its padding along z.
  private let extent: Int
  private let halo: Int
  private let factor: Int
  /// Planes in memory; those outside the map are 0.
  private var held = 0..<0

  /// - Parameter frame: of the whole map.
  init(_ layer: TransposedConvolution, map: FeatureMap, frame: Frame, factor: Int) {
    (self.layer, self.map) = (layer, map)
    (extent, halo, self.factor) = (frame.extents[0], frame.halo[0], factor)
  }

  var name: String { layer.name }
  var needs: Scratch.Needs { layer.needs }
  var input: FeatureMap { layer.input }
  var multiplications: Double { layer.facts.multiplications }

  func load(
    _ source: any WeightSource, _ threads: Threads, _ kernels: Kernels
  ) throws(NNXError) {
    try layer.load(source, threads, kernels)
  }

  /// The planes that a reader of `planes` and their padding needs, in whole planes of the input.
  private static func needed(_ planes: Range<Int>, halo: Int, factor: Int) -> Range<Int> {
    func floor(_ plane: Int) -> Int { (plane >= 0 ? plane : plane - factor + 1) / factor * factor }
    return floor(planes.lowerBound - halo)..<floor(planes.upperBound + halo + factor - 1)
  }

  /// The memory for the planes that the largest slab needs.
  ///
  /// - Parameter frame: of the whole map.
  static func frame(_ slabs: Slabs, of frame: Frame, factor: Int) -> Frame {
    var held = frame
    let planes = slabs.slabs.map {
      needed($0.planes, halo: frame.halo[0], factor: factor).count
    }.max()
    held.extents[0] = planes ?? 0
    held.halo[0] = 0
    held.padded[0] = held.extents[0]
    return held
  }

  /// Planes in memory before the padding of a slab that begins with `planes`.
  func skipped(before planes: Range<Int>) -> Int {
    planes.lowerBound - halo
      - Self.needed(planes, halo: halo, factor: factor).lowerBound
  }

  /// Before the first slab of a pass.
  func begin(_ pass: Pass) {
    held = 0..<0
    map.finish(pass.threads, pass.kernels)
  }

  /// Makes what the reader of `planes` needs.
  func run(before planes: Range<Int>, _ pass: Pass) {
    let needed = Self.needed(planes, halo: halo, factor: factor)
    let kept = needed.clamped(to: held)
    let plane = map.frame.step(1, 0, 0) * map.lanes
    let outside = [
      min(0, needed.lowerBound)..<min(0, needed.upperBound),
      max(extent, needed.lowerBound)..<max(extent, needed.upperBound),
    ]
    let (old, first) = (held.lowerBound, needed.lowerBound)
    pass.threads.forEach(map.blocks) { block, _ in
      map.move(
        block, from: (kept.lowerBound - old) * plane, to: (kept.lowerBound - first) * plane,
        count: kept.count * plane)
      for planes in outside {
        map.clear(block, from: (planes.lowerBound - first) * plane, count: planes.count * plane)
      }
    }
    let missing =
      kept.isEmpty
      ? [needed]
      : [needed.lowerBound..<kept.lowerBound, kept.upperBound..<needed.upperBound]
    for planes in missing {
      let inside = planes.clamped(to: 0..<extent)
      layer.upsample(
        inside.lowerBound / factor..<inside.upperBound / factor, skipped: first, pass)
    }
    held = needed
  }
}
