internal import CKernels
internal import NNXModel
internal import NNXTensor

/// The tiles of a Winograd convolution: where they lie, and how they become points and outputs.
@safe final class WinogradTiles: Sendable {
  let variant: WinogradVariant
  /// How kernels see the variant: turned where tiles go in boxes, so that points come slice by slice.
  let shape: WinogradVariant
  let output: FeatureMap
  /// Of the inputs.
  let frame: Frame
  private let normalization: Normalization
  /// Channel blocks of all inputs.
  private let inBlocks: Int
  /// Floats from one channel block of an operand to the next: odd tiles, so that blocks spread over the cache.
  let segment: Int
  let boxes: [TileBox]
  /// First voxel of each box's window in the inputs.
  let windows: [Int]
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
    let shape = holdsAll ? variant : variant.turned ?? variant
    (self.variant, self.shape, self.output, self.frame) = (variant, shape, output, frame)
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
            extents: shape == variant ? (left[0], left[1], left[2]) : (left[1], left[0], left[2]))
        }
      }
    }
    mostTiles = boxes.map(\.count).max() ?? 0
    segment = Self.segment(holdsAll ? tiles.count : mostTiles, lanes: output.lanes)
    planesStride = Self.spread(
      boxes.map { Self.voxels($0, shape) }.max().map { $0 * output.lanes } ?? 0)
  }

  /// Voxels of a box's window, transformed along z.
  private static func voxels(_ box: TileBox, _ shape: WinogradVariant) -> Int {
    shape.slices * shape.window(box.rows, along: 1) * shape.window(box.columns, along: 2)
  }

  /// Whether rows are taken for slices.
  private var isTurned: Bool { shape != variant }

  /// Voxels from one of what kernels take for slices to the next.
  private func slice(_ frame: Frame) -> Int {
    isTurned ? frame.step(0, 1, 0) : frame.step(1, 0, 0)
  }

  var count: Int { tiles.count }

  /// Floats of a box's window, transformed along z, from one channel block to the next.
  let planesStride: Int
  /// Floats of a box's products, transformed along y and x, of one channel block.
  var slicesPerBlock: Int {
    mostTiles * shape.slices * shape.outputs[1] * shape.outputs[2] * output.lanes
  }

  /// Floats from one point of the left operand to the next.
  var leftStride: Int { Self.spread(inBlocks * segment) }
  /// Floats from one point of the product to the next.
  var productStride: Int { Self.spread(output.blocks * segment) }

  /// Floats of so many tiles in a channel block of an operand.
  static func segment(_ tiles: Int, lanes: Int) -> Int { (tiles | 1) * lanes }

  /// The next odd number of cache lines: points are written one after the other, and a power of two would
  /// crowd them into a few places of the first cache.
  static func spread(_ floats: Int) -> Int {
    let line = 16
    return ((floats + line - 1) / line | 1) * line
  }

  /// The first voxel of a box's outputs.
  func first(_ box: Int) -> Int { Int(tiles[boxes[box].first].voxel) }

  /// A box's window, transformed along z, for some channel blocks.
  ///
  /// - Parameter skipped: planes of the padded inputs that `sources` leave out in front.
  func load(
    _ box: Int, _ blocks: Range<Int>, of sources: InputBlocks, skipped: Int = 0,
    to planes: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.winograd_planes(
      shape.code, sources.base + blocks.lowerBound, Int32(blocks.count),
      frame.step(0, isTurned ? variant.step[1] : 1, 0), slice(frame),
      windows[box] - frame.step(skipped, 0, 0), Int32(boxes[box].rows), Int32(boxes[box].columns),
      planes, planesStride)
  }

  /// The points of a slice, for the channel blocks that were loaded.
  func transform(
    _ box: Int, slice: Int, _ blocks: Int, _ planes: UnsafePointer<Float>,
    to left: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.winograd_input(
      shape.code, Int32(slice), planes, planesStride, Int32(blocks), Int32(boxes[box].rows),
      Int32(boxes[box].columns), left, segment, leftStride)
  }

  /// A slice of products, transformed along y and x, for some channel blocks.
  func restore(
    _ box: Int, slice: Int, _ blocks: Int, _ product: UnsafePointer<Float>,
    to slices: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.winograd_output(
      shape.code, Int32(slice), product, segment, productStride, Int32(blocks),
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
        shape.code, slices, Int32(blocks.count), normalization.bias.base + first * output.lanes,
        normalization.scatterSlope, output.data + first * output.blockStride, output.blockStride,
        frame.step(0, 1, 0), slice(frame), tiles.baseAddress! + boxes[box].first,
        Int32(boxes[box].count),
        normalization.needsSums ? sums + first * 2 * output.lanes : nil)
    }
  }
}
