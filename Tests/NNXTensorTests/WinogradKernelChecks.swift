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
  ]

  var kernel: [Int] { points.map { $0 == 1 ? 1 : 3 } }
  var stride: [Int] { points.map { $0 == 9 ? 2 : 1 } }
  var outputs: [Int] { points.map { $0 == 1 ? 1 : $0 == 9 ? 4 : $0 - 2 } }
  var count: Int { points.reduce(1, *) }
}

/// The Winograd kernels mean something together only: a convolution by them against its plain
/// loop, over two input blocks and three output blocks, with one tile that is cut off.
func checkWinograd(_ kernels: Kernels) {
  let lanes = kernels.lanes
  for variant in Variant.all {
    let (inBlocks, channels) = (2, 2 * lanes + 1)
    let size = [10, 11, 12]
    let voxels = size.reduce(1, *)
    let sources = RandomSources(inBlocks, voxels, lanes)
    let taps = variant.kernel.reduce(1, *)
    let depth = inBlocks * lanes
    // The last lane has no channel.
    let offsets = (0..<depth).flatMap { d in
      (0..<taps).map { Int32(d == depth - 1 ? -1 : d * taps + $0) }
    }
    let filters = randomValues(channels * depth * taps, seed: 7)
    let width = 3 * lanes
    let packed = Tensor([depth, taps, width])
    kernels.table.pack(
      filters, depth * taps, offsets, Int32(offsets.count), Int32(channels), packed.base)
    let u = Tensor([variant.count, depth, width])
    let slice = variant.points[1] * variant.points[2]
    for first in stride(from: 0, to: 3, by: Int(kernels.table.group)) {
      for z in 0..<variant.points[0] {
        kernels.table.winograd_weights(
          variant.code, Int32(z), packed.base + first * lanes * depth * taps, Int32(depth),
          min(kernels.table.group, Int32(3 - first)),
          u.base + z * slice * depth * width + first * lanes * depth, depth * width)
      }
    }
    let windows: [Int32] = [0, Int32((1 * size[1] + 2) * size[2] + 3)]
    let whole = variant.outputs
    let cut = [max(1, whole[0] - 1), whole[1] - 1, 1]
    let extents = [whole, cut]
    let tiles = zip(windows, extents).map {
      nnx_tile(voxel: $0.0, extents: (Int32($0.1[0]), Int32($0.1[1]), Int32($0.1[2])))
    }
    let v = Tensor([variant.count, inBlocks, 3, lanes])
    let m = Tensor([variant.count, 3, 3, lanes])
    kernels.table.winograd_input(
      variant.code, sources.list, Int32(inBlocks), size[2], size[1] * size[2], windows, 2, v.base,
      3 * lanes, inBlocks * 3 * lanes)
    for point in 0..<variant.count {
      kernels.table.multiply(
        v.base + point * inBlocks * 3 * lanes, 3 * lanes, Int32(inBlocks),
        u.base + point * depth * width, m.base + point * 9 * lanes, 3 * lanes, 3, 2, 0)
    }
    let bias = Tensor([width], randomValues(width, seed: 8))
    // Each tile on its own, because they overlap.
    for tile in 0..<2 {
      let out = Tensor([3, voxels, lanes])
      let sums = Buffer<Double>(3 * 2 * lanes)
      kernels.table.winograd_output(
        variant.code, m.base + tile * lanes, 3 * lanes, 9 * lanes, 3, bias.base, 0.5, out.base,
        voxels * lanes, size[2], size[1] * size[2], [tiles[tile]], 1, sums.base)
      checkTile(
        variant, kernels, sources, filters, bias.values, channels, size, Int(windows[tile]),
        extents[tile], out, sums)
    }
  }
}

private func checkTile(
  _ variant: Variant, _ kernels: Kernels, _ sources: RandomSources, _ filters: [Float],
  _ bias: [Float], _ channels: Int, _ size: [Int], _ window: Int, _ extents: [Int], _ out: Tensor,
  _ sums: Buffer<Double>
) {
  let lanes = kernels.lanes
  let depth = sources.blocks * lanes
  let kernel = variant.kernel
  let taps = kernel.reduce(1, *)
  var written = 0
  for o in 0..<channels {
    var (sum, squares) = (0.0, 0.0)
    for z in 0..<extents[0] {
      for y in 0..<extents[1] {
        for x in 0..<extents[2] {
          let step = (z * size[1] + y) * size[2] + x
          let stride = variant.stride
          let from = (z * stride[0] * size[1] + y * stride[1]) * size[2] + x * stride[2]
          var expected = Double(bias[o])
          for d in 0..<depth - 1 {
            for tap in 0..<taps {
              let offset =
                (tap / 9 * size[1] + tap / 3 % 3) * size[2] + tap % 3
              let value = sources.value(d / lanes, window + from + offset, d % lanes)
              expected += Double(value) * Double(filters[(o * depth + d) * taps + tap])
            }
          }
          if expected < 0 { expected *= 0.5 }
          let found = out.base[
            (o / lanes * sources.voxels + window + step) * lanes + o % lanes]
          #expect(abs(Double(found) - expected) < 2e-4)
          (sum, squares) = (sum + expected, squares + expected * expected)
          written += 1
        }
      }
    }
    #expect(abs(sums.base[o / lanes * 2 * lanes + o % lanes] - sum) < 2e-3)
    #expect(abs(sums.base[(o / lanes * 2 + 1) * lanes + o % lanes] - squares) < 2e-2)
  }
  // Nothing outside the tile.
  let nonzero = (0..<channels).reduce(0) { count, o in
    (0..<sources.voxels).reduce(count) {
      $0 + (out.base[(o / lanes * sources.voxels + $1) * lanes + o % lanes] != 0 ? 1 : 0)
    }
  }
  #expect(nonzero == written)
}
