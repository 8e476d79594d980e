import CKernels
import NNXTensor
import TestSupport
import Testing

/// Sources over random data, one block after the other, and the value of each number.
struct RandomSources {
  let lanes: Int
  let blocks: Int
  let voxels: Int
  let data: Tensor
  let scale: Tensor
  let shift: Tensor
  let slope: Float = 0.25

  init(_ blocks: Int, _ voxels: Int, _ lanes: Int) {
    (self.blocks, self.voxels, self.lanes) = (blocks, voxels, lanes)
    data = Tensor([blocks, voxels, lanes], randomValues(blocks * voxels * lanes, seed: 1))
    scale = Tensor([blocks * lanes], randomValues(blocks * lanes, seed: 2))
    shift = Tensor([blocks * lanes], randomValues(blocks * lanes, seed: 3))
  }

  var list: [nnx_source] {
    (0..<blocks).map {
      nnx_source(
        data: data.base + $0 * voxels * lanes, scale: scale.base + $0 * lanes,
        shift: shift.base + $0 * lanes, slope: slope)
    }
  }

  func value(_ block: Int, _ voxel: Int, _ lane: Int) -> Float {
    let channel = block * lanes + lane
    let x = data.base[(block * voxels + voxel) * lanes + lane]
    let y = x * scale.base[channel] + shift.base[channel]
    return y > 0 ? y : y * slope
  }
}

func isClose(_ a: Float, _ b: Float, _ tolerance: Float = 1e-5) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}

func checkAdd(_ kernels: Kernels) {
  let lanes = kernels.lanes
  for n in [1, 5, 18] {
    let (a, b) = (RandomSources(1, n, lanes), RandomSources(2, n, lanes))
    let out = Tensor([n, lanes])
    kernels.table.add(out.base, a.list, [b.list[1]], 0.1, n)
    for index in 0..<n * lanes {
      let sum = a.value(0, index / lanes, index % lanes) + b.value(1, index / lanes, index % lanes)
      #expect(isClose(out.base[index], sum > 0 ? sum : sum * 0.1))
    }
  }
}

func checkAverage(_ kernels: Kernels) {
  let lanes = kernels.lanes
  let source = RandomSources(1, 40, lanes)
  let (taps, positions): ([Int32], [Int32]) = ([0, 1, 7, 8, 20], [0, 2, 19, 5])
  let out = Tensor([4, lanes])
  kernels.table.average(source.list, taps, 5, positions, 4, out.base)
  for index in 0..<4 * lanes {
    let values = taps.map {
      source.value(0, Int($0 + positions[index / lanes]), index % lanes)
    }
    #expect(isClose(out.base[index], values.reduce(0, +) / 5))
  }
}

func checkFillPadding(_ kernels: Kernels) {
  let lanes = kernels.lanes
  for (origin, extents, size) in [
    ([1, 1, 1], [2, 3, 4], [4, 5, 9]), ([0, 1, 2], [3, 1, 1], [3, 3, 5]),
    ([0, 0, 0], [2, 2, 2], [2, 2, 2]),
  ] {
    func three(_ v: [Int]) -> (Int32, Int32, Int32) { (Int32(v[0]), Int32(v[1]), Int32(v[2])) }
    var frame = nnx_frame(extents: three(extents), origin: three(origin), padded: three(size))
    let data = Tensor(size + [lanes])
    let value = Tensor([lanes], randomValues(lanes, seed: 4))
    kernels.table.fill_padding(data.base, &frame, value.base)
    for index in 0..<data.count {
      let voxel = index / lanes
      let place = [voxel / (size[1] * size[2]), voxel / size[2] % size[1], voxel % size[2]]
      let inside = (0..<3).allSatisfy {
        place[$0] >= origin[$0] && place[$0] < origin[$0] + extents[$0]
      }
      #expect(data.base[index] == (inside ? 0 : value.base[index % lanes]))
    }
  }
}

func checkGather(_ kernels: Kernels) {
  let lanes = kernels.lanes
  let sources = RandomSources(3, 50, lanes)
  let (taps, positions): ([Int32], [Int32]) = ([0, 3, 11], [4, 0, 31, 30, 7])
  let stride = 7 * lanes
  let out = Tensor([9, stride])
  kernels.table.gather(sources.list, 3, taps, 3, positions, 5, out.base, stride)
  for block in 0..<3 {
    for tap in 0..<3 {
      for index in 0..<5 * lanes {
        let voxel = Int(taps[tap] + positions[index / lanes])
        let expected = sources.value(block, voxel, index % lanes)
        #expect(isClose(out.base[(block * 3 + tap) * stride + index], expected))
      }
    }
  }
}

/// The weight of an output channel at a depth, in packed weights.
func packed(
  _ u: [Float], depth: Int, blocks: Int, _ kernels: Kernels, _ d: Int, _ o: Int
) -> Float {
  let (lanes, group) = (kernels.lanes, Int(kernels.table.group))
  let first = o / lanes / group * group
  let width = min(group, blocks - first) * lanes
  return u[first * lanes * depth + d * width + o - first * lanes]
}

func checkMultiply(_ kernels: Kernels) {
  checkFetching(kernels)
  let lanes = kernels.lanes
  let cases = [
    (1, 1, 1, false), (2, 2, 7, false), (3, 3, 29, true), (5, 5, 14, false),
    (1200 / lanes, 1, 4, false), (1200 / lanes, 2, 5, true),
  ]
  for (segments, blocks, n, goesOn) in cases {
    let depth = segments * lanes
    let a = Tensor([segments, n + 1, lanes], randomValues(segments * (n + 1) * lanes, seed: 1))
    let u = randomValues(depth * blocks * lanes, seed: 2)
    let weights = Tensor([u.count], u)
    let before = randomValues(blocks * (n + 2) * lanes, seed: 3)
    let m = Tensor([blocks, n + 2, lanes], before)
    kernels.table.multiply(
      a.base, (n + 1) * lanes, Int32(segments), weights.base, m.base, (n + 2) * lanes,
      Int32(blocks), Int32(n), goesOn ? 1 : 0, nil)
    for o in 0..<blocks * lanes {
      for column in 0..<n {
        let index = (o / lanes * (n + 2) + column) * lanes + o % lanes
        var sum = goesOn ? Double(before[index]) : 0
        for d in 0..<depth {
          let x = a.base[(d / lanes * (n + 1) + column) * lanes + d % lanes]
          sum +=
            Double(x) * Double(packed(u, depth: depth, blocks: blocks, kernels, d, o))
        }
        #expect(isClose(m.base[index], Float(sum), 1e-4))
      }
    }
  }
}

/// What `multiply` fetches changes no product; all of it is fetched, and nothing past it.
private func checkFetching(_ kernels: Kernels) {
  let (lanes, group) = (kernels.lanes, Int(kernels.table.group))
  let (segments, n) = (3, 2 * Int(kernels.table.columns) + 1)
  let a = Tensor([segments, n, lanes], randomValues(segments * n * lanes, seed: 1))
  let u = Tensor(
    [segments * lanes, group * lanes], randomValues(segments * lanes * group * lanes, seed: 2))
  let (alone, meanwhile) = (Tensor([group, n, lanes]), Tensor([group, n, lanes]))
  func multiply(_ m: Tensor, _ ahead: UnsafeMutablePointer<nnx_ahead>?) {
    kernels.table.multiply(
      a.base, n * lanes, Int32(segments), u.base, m.base, n * lanes, Int32(group), Int32(n), 0,
      ahead)
  }
  multiply(alone, nil)
  // Three register tiles of three steps each; two lines of 16 floats, the second begun by 4 floats.
  let runs = [UnsafePointer<Float>?](repeating: UnsafePointer(a.base), count: 8)
  runs.withUnsafeBufferPointer { runs in
    var ahead = nnx_ahead(
      runs: runs.baseAddress, count: 8, length: 20, rate: 1, next: nil, end: nil)
    multiply(meanwhile, &ahead)
    #expect(meanwhile.values == alone.values)
    #expect(
      ahead.count == 3 && ahead.next == UnsafePointer(a.base + 16)
        && ahead.runs == runs.baseAddress! + 5)
    multiply(meanwhile, &ahead)
    #expect(
      ahead.count == 0 && ahead.next == UnsafePointer(a.base + 32)
        && ahead.runs == runs.baseAddress! + 8)
  }
}

func checkMultiplyPlain(_ kernels: Kernels) {
  let lanes = kernels.lanes
  let taps: [Int32] = [0, 2, 5, 40, 41]
  for (blocks, step, n) in [(1, 1, 5), (2, 1, 19), (3, 2, 17), (2, 3, 6)] {
    let a = randomValues(41 + n * step + 1, seed: 1)
    let u = randomValues(5 * blocks * lanes, seed: 2)
    let weights = Tensor([u.count], u)
    let m = Tensor([blocks, n, lanes])
    kernels.table.multiply_plain(
      a, taps, 5, Int32(step), weights.base, m.base, n * lanes, Int32(blocks), Int32(n))
    for o in 0..<blocks * lanes {
      for column in 0..<n {
        var sum: Float = 0
        for t in 0..<5 {
          sum +=
            a[Int(taps[t]) + column * step]
            * packed(u, depth: 5, blocks: blocks, kernels, t, o)
        }
        #expect(isClose(m.base[(o / lanes * n + column) * lanes + o % lanes], sum))
      }
    }
  }
}

func checkScatter(_ kernels: Kernels) {
  let lanes = kernels.lanes
  let (blocks, n, voxels) = (3, 70, 150)
  let positions = (0..<n).map { Int32(149 - 2 * $0) }
  let m = Tensor([blocks, n + 1, lanes], randomValues(blocks * (n + 1) * lanes, seed: 1))
  let bias = Tensor([blocks * lanes], randomValues(blocks * lanes, seed: 2))
  for collects in [false, true] {
    let out = Tensor([blocks, voxels, lanes])
    let sums = Buffer<Double>([Double](repeating: 1, count: blocks * 2 * lanes))
    kernels.table.scatter(
      m.base, (n + 1) * lanes, Int32(blocks), bias.base, 0.5, out.base, voxels * lanes, positions,
      Int32(n), collects ? sums.base : nil)
    for channel in 0..<blocks * lanes {
      let (block, lane) = (channel / lanes, channel % lanes)
      var (sum, squares) = (1.0, 1.0)
      for i in 0..<n {
        let x = m.base[(block * (n + 1) + i) * lanes + lane] + bias.base[channel]
        let value = x > 0 ? x : x * 0.5
        #expect(isClose(out.base[(block * voxels + Int(positions[i])) * lanes + lane], value))
        if collects { (sum, squares) = (sum + Double(value), squares + Double(value * value)) }
      }
      #expect(abs(sums.base[block * 2 * lanes + lane] - sum) < 1e-4)
      #expect(abs(sums.base[(block * 2 + 1) * lanes + lane] - squares) < 1e-4)
    }
  }
}

func checkStorePlain(_ kernels: Kernels) {
  let lanes = kernels.lanes
  for (channels, step, accumulates) in [(1, 1, 0), (2, -1, 1), (lanes + 3, 1, 1)] {
    let (n, blocks) = (11, (channels + lanes - 1) / lanes)
    let m = Tensor([blocks, n, lanes], randomValues(blocks * n * lanes, seed: 1))
    let bias = randomValues(channels, seed: 2)
    let out = Tensor([channels, 20], [Float](repeating: 3, count: channels * 20))
    kernels.table.store_plain(
      m.base, n * lanes, bias, Int32(channels), Int32(accumulates),
      out.base + (step < 0 ? n - 1 : 0), 20, step, Int32(n))
    for c in 0..<channels {
      for i in 0..<20 {
        let from = step < 0 ? n - 1 - i : i
        var expected: Float = 3
        if i < n {
          expected =
            (accumulates == 1 ? 3 : 0) + m.base[(c / lanes * n + from) * lanes + c % lanes]
            + bias[c]
        }
        #expect(isClose(out.base[c * 20 + i], expected))
      }
    }
  }
}

func checkPack(_ kernels: Kernels) {
  let lanes = kernels.lanes
  for channels in [1, lanes, lanes + 1, 3 * lanes, 5 * lanes - 1] {
    let offsets: [Int32] = [2, -1, 0, 4]
    let weights = randomValues(channels * 5, seed: 1)
    let blocks = (channels + lanes - 1) / lanes
    let u = Tensor([4 * blocks * lanes])
    kernels.table.pack(weights, 5, offsets, 4, Int32(channels), u.base)
    for d in 0..<4 {
      for o in 0..<blocks * lanes {
        let expected = offsets[d] < 0 || o >= channels ? 0 : weights[o * 5 + Int(offsets[d])]
        #expect(packed(u.values, depth: 4, blocks: blocks, kernels, d, o) == expected)
      }
    }
  }
}
