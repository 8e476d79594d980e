internal import CKernels
internal import NNXModel
internal import NNXTensor

/// The tiles of a Winograd convolution: where they lie, and how they become points and outputs.
@safe final class WinogradTiles: Sendable {
  let variant: WinogradVariant
  let output: FeatureMap
  private let frame: Frame
  private let normalization: Normalization
  /// Channel blocks of all inputs.
  private let inBlocks: Int
  /// Floats from one channel block to the next: odd tiles, so that blocks spread over the cache.
  let segment: Int
  /// First voxel of each tile's window in the inputs.
  private let windows: [Int32]
  /// Where each tile goes.
  private let tiles: [nnx_tile]

  /// - Parameters:
  ///   - frame: of the inputs.
  ///   - slabs: how they are cut; `nil` when all are transformed at once.
  init(
    _ variant: WinogradVariant, _ normalization: Normalization, inputs: [FeatureMap], frame: Frame,
    output: FeatureMap, slabs: Slabs? = nil
  ) {
    (self.variant, self.output, self.frame) = (variant, output, frame)
    self.normalization = normalization
    inBlocks = inputs.reduce(0) { $0 + $1.blocks }
    let counts = variant.tiles(output.frame.extents)
    var windows: [Int32] = []
    var tiles: [nnx_tile] = []
    let layersAtOnce = slabs?.layersAtOnce ?? counts[0]
    for start in stride(from: 0, to: counts[0], by: layersAtOnce) {
      let layers = start..<min(start + layersAtOnce, counts[0])
      for y in 0..<counts[1] {
        for z in layers {
          for x in 0..<counts[2] {
            let first = zip([z, y, x], variant.outputs).map { $0 * $1 }
            let before = (0..<3).map { first[$0] * variant.stride[$0] - variant.kernel[$0] / 2 }
            windows.append(Int32(frame.index(before[0], before[1], before[2])))
            let left = (0..<3).map {
              Int32(min(variant.outputs[$0], output.frame.extents[$0] - first[$0]))
            }
            tiles.append(
              nnx_tile(
                voxel: Int32(output.frame.index(first[0], first[1], first[2])),
                extents: (left[0], left[1], left[2])))
          }
        }
      }
    }
    (self.windows, self.tiles) = (windows, tiles)
    segment = ((slabs?.blocks.map(\.count).max() ?? tiles.count) | 1) * output.lanes
  }

  var count: Int { tiles.count }

  /// Floats from one point of the left operand to the next.
  var leftStride: Int { Self.spread(inBlocks * segment) }
  /// Floats from one point of the product to the next.
  var productStride: Int { Self.spread(output.blocks * segment) }

  /// The next odd number of cache lines: points are written one after the other, and a power of two would
  /// crowd them into a few places of the first cache.
  static func spread(_ floats: Int) -> Int {
    let line = 16
    return ((floats + line - 1) / line | 1) * line
  }

  /// The points of tiles, for some channel blocks.
  ///
  /// - Parameter skipped: planes of the padded inputs that `sources` leave out in front.
  func transform(
    _ range: Range<Int>, _ blocks: Range<Int>, of sources: InputBlocks, skipped: Int = 0,
    to left: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    let first = frame.step(skipped, 0, 0)
    unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: range.count) { list in
      for index in 0..<range.count {
        unsafe list[index] = windows[range.lowerBound + index] - Int32(first)
      }
      unsafe kernels.table.winograd_input(
        variant.code, sources.base + blocks.lowerBound, Int32(blocks.count), frame.step(0, 1, 0),
        frame.step(1, 0, 0), list.baseAddress!, Int32(range.count),
        left + blocks.lowerBound * segment, segment, leftStride)
    }
  }

  /// The outputs of tiles, for some channel blocks.
  func restore(
    _ range: Range<Int>, _ blocks: Range<Int>, _ product: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Double>, _ kernels: Kernels
  ) {
    let first = blocks.lowerBound
    let frame = output.frame
    unsafe tiles.withUnsafeBufferPointer { tiles in
      unsafe kernels.table.winograd_output(
        variant.code, product + first * segment, segment, productStride, Int32(blocks.count),
        normalization.bias.base + first * output.lanes, normalization.scatterSlope,
        output.data + first * output.blockStride, output.blockStride, frame.step(0, 1, 0),
        frame.step(1, 0, 0), tiles.baseAddress! + range.lowerBound, Int32(range.count),
        normalization.needsSums ? sums + first * 2 * output.lanes : nil)
    }
  }
}
