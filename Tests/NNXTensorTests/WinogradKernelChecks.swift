import CKernels
import NNXTensor
import TestSupport
import Testing

/// A variant with its points per axis: 1 for a kernel of 1, 9 for stride 2.
struct Variant {
  var code: Int32
  var points: [Int]

  static let all: [Variant] = [
    Variant(code: Int32(NNX_F444), points: [6, 6, 6]),
    Variant(code: Int32(NNX_F244), points: [4, 6, 6]),
    Variant(code: Int32(NNX_F144), points: [1, 6, 6]),
    Variant(code: Int32(NNX_F222), points: [4, 4, 4]),
    Variant(code: Int32(NNX_S444), points: [9, 9, 9]),
    Variant(code: Int32(NNX_S144), points: [1, 9, 9]),
    Variant(code: Int32(NNX_M444), points: [6, 9, 9]),
    Variant(code: Int32(NNX_F414), points: [6, 1, 6]),
    Variant(code: Int32(NNX_S414), points: [9, 1, 9]),
  ]

  var kernel: [Int] { points.map { $0 == 1 ? 1 : 3 } }
  var stride: [Int] { points.map { $0 == 9 ? 2 : 1 } }
  var outputs: [Int] { points.map { $0 == 1 ? 1 : $0 == 9 ? 4 : $0 - 2 } }
  var count: Int { points.reduce(1, *) }
}

/// The Winograd kernels mean something together only: a convolution by them against its plain
/// loop, over two input blocks and three output blocks, of a box of two rows of three tiles, some of which
/// are cut off.
func checkWinograd(_ kernels: Kernels) {
  for variant in Variant.all { BoxCheck(variant, kernels).run() }
}

/// A convolution of one box.
private struct BoxCheck {
  let variant: Variant
  let kernels: Kernels
  let inBlocks = 2
  let outBlocks = 3
  let rows = 2
  let columns = 3
  /// Of the sources: the window of the box, which starts at `first`, and more on all sides.
  let size: [Int]
  let first = [1, 2, 3]
  let sources: RandomSources
  let filters: [Float]
  let bias: Tensor

  init(_ variant: Variant, _ kernels: Kernels) {
    (self.variant, self.kernels) = (variant, kernels)
    let step = zip(variant.outputs, variant.stride).map { $0 * $1 }
    let window = zip(variant.points, zip(step, [1, rows, columns])).map { $0 + $1.0 * ($1.1 - 1) }
    size = zip(window, first).map { $0 + $1 + 1 }
    sources = RandomSources(inBlocks, size.reduce(1, *), kernels.lanes)
    let channels = (outBlocks - 1) * kernels.lanes + 1
    filters = randomValues(
      channels * inBlocks * kernels.lanes * variant.kernel.reduce(1, *), seed: 7)
    let width = outBlocks * kernels.lanes
    bias = Tensor([width], randomValues(width, seed: 8))
  }

  private var lanes: Int { kernels.lanes }
  private var channels: Int { (outBlocks - 1) * lanes + 1 }
  private var depth: Int { inBlocks * lanes }
  private var width: Int { outBlocks * lanes }
  private var taps: Int { variant.kernel.reduce(1, *) }
  private var voxels: Int { size.reduce(1, *) }
  private var tileCount: Int { rows * columns }
  private func voxel(_ place: [Int]) -> Int { (place[0] * size[1] + place[1]) * size[2] + place[2] }

  /// First voxel of a tile's window, which is also where its outputs go.
  private func window(_ tile: Int) -> [Int] {
    let place = [0, tile / columns, tile % columns]
    return (0..<3).map { first[$0] + place[$0] * variant.outputs[$0] * variant.stride[$0] }
  }

  /// Every second tile is cut off.
  private func extents(_ tile: Int) -> [Int] {
    let whole = variant.outputs
    return tile % 2 == 0 ? whole : [max(1, whole[0] - 1), max(1, whole[1] - 1), 1]
  }

  func run() {
    let weights = points()
    let slice = variant.points[1] * variant.points[2]
    let segment = (tileCount + 1) * lanes
    // Planes and slices are as large as they must be; points and products have gaps.
    let planesStride =
      variant.points[0] * (size[1] - first[1] - 1) * (size[2] - first[2] - 1) * lanes
    let planes = Tensor([inBlocks, planesStride])
    kernels.table.winograd_planes(
      variant.code, sources.list, Int32(inBlocks), size[2], size[1] * size[2], voxel(first),
      Int32(rows), Int32(columns), planes.base, planesStride)
    let perTile = variant.points[0] * variant.outputs[1] * variant.outputs[2] * lanes
    let slices = Tensor([outBlocks, tileCount, perTile])
    for z in 0..<variant.points[0] {
      let v = Tensor([slice, inBlocks, segment])
      let m = Tensor([slice, outBlocks, segment])
      kernels.table.winograd_input(
        variant.code, Int32(z), planes.base, planesStride, Int32(inBlocks), Int32(rows),
        Int32(columns), v.base, segment, inBlocks * segment)
      for point in 0..<slice {
        kernels.table.multiply(
          v.base + point * inBlocks * segment, segment, Int32(inBlocks),
          weights.base + (z * slice + point) * depth * width,
          m.base + point * outBlocks * segment, segment, Int32(outBlocks), Int32(tileCount), 0, nil)
      }
      kernels.table.winograd_output(
        variant.code, Int32(z), m.base, segment, outBlocks * segment, Int32(outBlocks),
        Int32(tileCount), slices.base)
    }
    let tiles = (0..<tileCount).map { tile in
      let extents = extents(tile).map(Int32.init)
      return nnx_tile(
        voxel: Int32(voxel(window(tile))), extents: (extents[0], extents[1], extents[2]))
    }
    let out = Tensor([outBlocks, voxels, lanes])
    let sums = Buffer<Double>(outBlocks * 2 * lanes)
    kernels.table.winograd_store(
      variant.code, slices.base, Int32(outBlocks), bias.base, 0.5, out.base, voxels * lanes,
      size[2], size[1] * size[2], tiles, Int32(tileCount), sums.base)
    check(out, sums)
  }

  /// The points of the weights: `[point][group][depth][width * lanes]`.
  private func points() -> Tensor {
    // The last lane has no channel.
    let offsets = (0..<depth).flatMap { d in
      (0..<taps).map { Int32(d == depth - 1 ? -1 : d * taps + $0) }
    }
    let packed = Tensor([depth, taps, width])
    kernels.table.pack(
      filters, depth * taps, offsets, Int32(offsets.count), Int32(channels), packed.base)
    let u = Tensor([variant.count, depth, width])
    let slice = variant.points[1] * variant.points[2]
    for first in stride(from: 0, to: outBlocks, by: Int(kernels.table.group)) {
      for z in 0..<variant.points[0] {
        kernels.table.winograd_weights(
          variant.code, Int32(z), packed.base + first * lanes * depth * taps, Int32(depth),
          min(kernels.table.group, Int32(outBlocks - first)),
          u.base + z * slice * depth * width + first * lanes * depth, depth * width)
      }
    }
    return u
  }

  private func check(_ out: Tensor, _ sums: Buffer<Double>) {
    var written = 0
    for o in 0..<channels {
      var (sum, squares) = (0.0, 0.0)
      for tile in 0..<tileCount {
        let (start, extents) = (voxel(window(tile)), extents(tile))
        for z in 0..<extents[0] {
          for y in 0..<extents[1] {
            for x in 0..<extents[2] {
              let expected = expected(o, start, [z, y, x])
              let found = out.base[
                (o / lanes * voxels + start + voxel([z, y, x])) * lanes + o % lanes]
              #expect(abs(Double(found) - expected) < 2e-4)
              (sum, squares) = (sum + expected, squares + expected * expected)
              written += 1
            }
          }
        }
      }
      #expect(abs(sums.base[o / lanes * 2 * lanes + o % lanes] - sum) < 2e-3)
      #expect(abs(sums.base[(o / lanes * 2 + 1) * lanes + o % lanes] - squares) < 2e-2)
    }
    // Nothing outside the tiles.
    let nonzero = (0..<channels).reduce(0) { count, o in
      (0..<voxels).reduce(count) {
        $0 + (out.base[(o / lanes * voxels + $1) * lanes + o % lanes] != 0 ? 1 : 0)
      }
    }
    #expect(nonzero == written)
  }

  /// An output of the tile whose window starts at a voxel, by the plain loop.
  private func expected(_ o: Int, _ start: Int, _ place: [Int]) -> Double {
    let from = voxel(zip(place, variant.stride).map { $0 * $1 })
    var result = Double(bias.values[o])
    for d in 0..<depth - 1 {
      for tap in 0..<taps {
        let inPlane = variant.kernel[1] * 3
        let offset = voxel([tap / inPlane, tap % inPlane / 3, tap % 3])
        let value = sources.value(d / lanes, start + from + offset, d % lanes)
        result += Double(value) * Double(filters[(o * depth + d) * taps + tap])
      }
    }
    return result < 0 ? result * 0.5 : result
  }
}
