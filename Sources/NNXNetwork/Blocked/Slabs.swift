internal import NNXTensor

/// How the tiles of a Winograd convolution are cut: into boxes, and, along z, into slabs that are done one
/// after the other.
///
/// Slabs let a convolution write its output over an input that nobody needs any more, and let an
/// upsampled map exist a slab at a time (`MemoryPlan`). Boxes depend on the shapes alone, so that the
/// order of sums does not depend on the threads; only how many of them a slab holds does.
struct Slabs {
  struct Slab {
    /// Indices into `boxes`.
    var boxes: Range<Int>
    /// Output planes of whole tiles; the last may reach past the output.
    var planes: Range<Int>
  }

  /// No box reaches from one slab to the next, whatever the slabs.
  let boxes: [TileBox]
  let slabs: [Slab]

  /// Fewer slabs than this save too little memory.
  private static let fewest = 4
  /// Tiles of a box that count for the size of a slab: slabs are to save memory whatever the boxes.
  private static let tilesCounted = 32
  /// Threads that so many boxes keep busy.
  private static let threadsPerSlab = 4

  /// - Parameters:
  ///   - extents: of the output.
  ///   - tilesInBox: at most.
  init(
    _ variant: WinogradVariant, extents: [Int], tilesInBox: Int, threads: Threads,
    limits: WorkLimits
  ) {
    let counts = variant.tiles(extents)
    let perLayer = counts[1] * counts[2]
    let wanted = limits.boxesInSlab * Self.tilesCounted
    let fitting = (wanted + perLayer - 1) / perLayer
    let group = min(max(fitting, 1), counts[0])
    let groups = (counts[0] + group - 1) / group
    let groupsInSlab = (threads.count + Self.threadsPerSlab - 1) / Self.threadsPerSlab
    var boxes: [TileBox] = []
    var slabs: [Slab] = []
    for first in stride(from: 0, to: groups, by: groupsInSlab) {
      let firstBox = boxes.count
      let last = min(first + groupsInSlab, groups)
      for index in first..<last {
        boxes += TileBox.cut(
          index * group..<min((index + 1) * group, counts[0]), of: counts,
          first: index * group * perLayer, most: tilesInBox)
      }
      let layers = first * group..<min(last * group, counts[0])
      slabs.append(
        Slab(
          boxes: firstBox..<boxes.count,
          planes: layers.lowerBound * variant.outputs[0]..<layers.upperBound * variant.outputs[0]))
    }
    (self.boxes, self.slabs) = (boxes, slabs)
  }

  /// Output planes of the largest slab.
  var planes: Int { slabs.map(\.planes.count).max() ?? 0 }

  /// Whether going slab by slab saves memory.
  var savesMemory: Bool { slabs.count >= Self.fewest }
}

extension NetworkGraph {
  /// How a convolution's tiles are cut; `nil` unless it goes Winograd's way with many tiles.
  func slabs(_ layer: Convolution, threads: Threads) -> Slabs? {
    guard let variant = winograd(layer) else { return nil }
    let output = shapes[layer.output]
    guard !variant.goesInPhases(output.extents, limits) else { return nil }
    let tilesInBox = WinogradConvolution.tilesInBox(
      variant, inputs: layer.inputs.reduce(0) { $0 + shapes[$1].channels },
      channels: output.channels,
      tiles: variant.tiles(output.extents).reduce(1, *))
    return Slabs(
      variant, extents: output.extents, tilesInBox: tilesInBox, threads: threads, limits: limits)
  }
}
