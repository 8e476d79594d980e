internal import NNXTensor

/// How the tiles of a Winograd convolution are cut: into blocks that take all three phases together,
/// and, along z, into slabs that are done one after the other.
///
/// Slabs let a convolution write its output over an input that nobody needs any more, and let an
/// upsampled map exist a slab at a time (`MemoryPlan`). Blocks depend on the shapes alone, so that the
/// order of sums does not depend on the threads; only how many of them a slab holds does.
struct Slabs {
  struct Slab {
    /// Indices into `blocks`.
    var blocks: Range<Int>
    /// Output planes of whole tiles; the last may reach past the output.
    var planes: Range<Int>
  }

  /// Tile layers that go together: in each row of tiles along x one after the other, so that what their
  /// windows share is read from the cache.
  let layersAtOnce: Int
  /// The tiles of each block; no block reaches from one group of layers to the next, whatever the slabs.
  let blocks: [Range<Int>]
  let slabs: [Slab]

  /// Fewer slabs than this save too little memory.
  private static let fewest = 4
  /// Threads that so many blocks keep busy.
  private static let threadsPerSlab = 4

  /// - Parameters:
  ///   - extents: of the output.
  ///   - columns: tiles in a block.
  init(
    _ variant: WinogradVariant, extents: [Int], columns: Int, threads: Threads, limits: WorkLimits
  ) {
    let counts = variant.tiles(extents)
    let perLayer = counts[1] * counts[2]
    let fitting = (limits.blocksInSlab * columns + perLayer - 1) / perLayer
    let group = min(max(fitting, 1), counts[0])
    let groups = (counts[0] + group - 1) / group
    let groupsInSlab = (threads.count + Self.threadsPerSlab - 1) / Self.threadsPerSlab
    var blocks: [Range<Int>] = []
    var slabs: [Slab] = []
    for first in stride(from: 0, to: groups, by: groupsInSlab) {
      let firstBlock = blocks.count
      let last = min(first + groupsInSlab, groups)
      for index in first..<last {
        let tiles = index * group * perLayer..<min((index + 1) * group, counts[0]) * perLayer
        for start in stride(from: tiles.lowerBound, to: tiles.upperBound, by: columns) {
          blocks.append(start..<min(start + columns, tiles.upperBound))
        }
      }
      let layers = first * group..<min(last * group, counts[0])
      slabs.append(
        Slab(
          blocks: firstBlock..<blocks.count,
          planes: layers.lowerBound * variant.outputs[0]..<layers.upperBound * variant.outputs[0]))
    }
    (layersAtOnce, self.blocks, self.slabs) = (group, blocks, slabs)
  }

  /// Output planes of the largest slab.
  var planes: Int { slabs.map(\.planes.count).max() ?? 0 }

  /// Whether going slab by slab saves memory.
  var savesMemory: Bool { slabs.count >= Self.fewest }
}

extension NetworkGraph {
  /// How a convolution's tiles are cut; `nil` unless it goes Winograd's way with many tiles.
  func slabs(_ layer: Convolution, kernels: Kernels, threads: Threads) -> Slabs? {
    guard let variant = winograd(layer) else { return nil }
    let output = shapes[layer.output]
    guard !variant.goesInPhases(output.extents, limits) else { return nil }
    let inputs = layer.inputs.reduce(0) {
      $0 + FeatureMap.blocks(shapes[$1].channels, kernels.lanes)
    }
    let columns = WinogradConvolution.columns(
      variant.points * (inputs + FeatureMap.blocks(output.channels, kernels.lanes)) * kernels.lanes,
      kernels)
    return Slabs(
      variant, extents: output.extents, columns: columns, threads: threads, limits: limits)
  }
}
