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
  let boxes: [TileBox]
  /// First voxel of each box's window in the inputs.
  private let windows: [Int]
  /// Of one box.
  private let mostTiles: Int
  /// Where each tile goes.
  private let tiles: [nnx_tile]

  /// - Parameters:
  ///   - frame: of the inputs.
  ///   - holdsAll: whether the operands hold the points of all tiles, not of one box.
  init(
    _ variant: WinogradVariant, _ normalization: Normalization, inputs: [FeatureMap], frame: Frame,
    output: FeatureMap, boxes: [TileBox], holdsAll: Bool
  ) {
    (self.variant, self.output, self.frame) = (variant, output, frame)
    (self.normalization, self.boxes) = (normalization, boxes)
    inBlocks = inputs.reduce(0) { $0 + $1.blocks }
    windows = boxes.map { box in
      let first = zip([box.z, box.y.lowerBound, box.x.lowerBound], variant.step).map { $0 * $1 }
      let before = (0..<3).map { first[$0] - variant.kernel[$0] / 2 }
      return frame.index(before[0], before[1], before[2])
    }
    tiles = boxes.flatMap { box in
      box.y.flatMap { y in
        box.x.map { x in
          let first = zip([box.z, y, x], variant.outputs).map { $0 * $1 }
          let left = (0..<3).map {
            Int32(min(variant.outputs[$0], output.frame.extents[$0] - first[$0]))
          }
          return nnx_tile(
            voxel: Int32(output.frame.index(first[0], first[1], first[2])),
            extents: (left[0], left[1], left[2]))
        }
      }
    }
    mostTiles = boxes.map(\.count).max() ?? 0
    segment = ((holdsAll ? tiles.count : mostTiles) | 1) * output.lanes
    planesStride = Self.spread(
      boxes.map { Self.voxels($0, variant) }.max().map { $0 * output.lanes } ?? 0)
  }

  /// Voxels of a box's window, transformed along z.
  private static func voxels(_ box: TileBox, _ variant: WinogradVariant) -> Int {
    variant.slices * variant.window(box.rows, along: 1) * variant.window(box.columns, along: 2)
  }

  var count: Int { tiles.count }

  /// Floats of a box's window, transformed along z, from one channel block to the next.
  let planesStride: Int
  /// Floats of a box's products, transformed along y and x, of one channel block.
  var slicesPerBlock: Int {
    mostTiles * variant.slices * variant.outputs[1] * variant.outputs[2] * output.lanes
  }

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

  /// A box's window, transformed along z, for some channel blocks.
  ///
  /// - Parameter skipped: planes of the padded inputs that `sources` leave out in front.
  func load(
    _ box: Int, _ blocks: Range<Int>, of sources: InputBlocks, skipped: Int = 0,
    to planes: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.winograd_planes(
      variant.code, sources.base + blocks.lowerBound, Int32(blocks.count), frame.step(0, 1, 0),
      frame.step(1, 0, 0), windows[box] - frame.step(skipped, 0, 0), Int32(boxes[box].rows),
      Int32(boxes[box].columns), planes, planesStride)
  }

  /// The points of a slice, for the channel blocks that were loaded.
  func transform(
    _ box: Int, slice: Int, _ blocks: Int, _ planes: UnsafePointer<Float>,
    to left: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.winograd_input(
      variant.code, Int32(slice), planes, planesStride, Int32(blocks), Int32(boxes[box].rows),
      Int32(boxes[box].columns), left, segment, leftStride)
  }

  /// A slice of products, transformed along y and x, for some channel blocks.
  func restore(
    _ box: Int, slice: Int, _ blocks: Int, _ product: UnsafePointer<Float>,
    to slices: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.winograd_output(
      variant.code, Int32(slice), product, segment, productStride, Int32(blocks),
      Int32(boxes[box].count), slices)
  }

  /// The outputs of a box, for some channel blocks.
  func store(
    _ box: Int, _ blocks: Range<Int>, _ slices: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Double>, _ kernels: Kernels
  ) {
    let first = blocks.lowerBound
    let frame = output.frame
    unsafe tiles.withUnsafeBufferPointer { tiles in
      unsafe kernels.table.winograd_store(
        variant.code, slices, Int32(blocks.count), normalization.bias.base + first * output.lanes,
        normalization.scatterSlope, output.data + first * output.blockStride, output.blockStride,
        frame.step(0, 1, 0), frame.step(1, 0, 0), tiles.baseAddress! + boxes[box].first,
        Int32(boxes[box].count),
        normalization.needsSums ? sums + first * 2 * output.lanes : nil)
    }
  }
}
