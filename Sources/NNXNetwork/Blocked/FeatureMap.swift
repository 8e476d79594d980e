internal import CKernels
internal import NNXTensor

/// Where the voxels of a channel block lie, axes `(z, y, x)`: a box of values inside its padding.
struct Frame: Equatable {
  /// Extents of the box.
  var extents: [Int]
  /// Voxels of padding before the box.
  var halo: [Int]
  /// Extents with all padding; past the box there is at least `halo` again.
  var padded: [Int]

  /// - Parameter multiple: the box may be read up to the next multiple of this, plus the halo.
  init(extents: [Int], halo: [Int], multiple: [Int]) {
    self.extents = extents
    self.halo = halo
    padded = (0..<3).map {
      (extents[$0] + multiple[$0] - 1) / multiple[$0] * multiple[$0] + 2 * halo[$0]
    }
  }

  /// Voxels of one channel block with its padding.
  var voxels: Int { padded.reduce(1, *) }

  /// The index of a voxel, counted from the start of the channel block; may lie in the padding.
  func index(_ z: Int, _ y: Int, _ x: Int) -> Int {
    ((z + halo[0]) * padded[1] + y + halo[1]) * padded[2] + x + halo[2]
  }

  /// The distance between the voxel and the one at offset `(z, y, x)`.
  func step(_ z: Int, _ y: Int, _ x: Int) -> Int { (z * padded[1] + y) * padded[2] + x }
}

/// A feature map as the kernels keep it: float[blocks][padded z][padded y][padded x][lanes].
///
/// What is stored are numbers before norm and activation; a value is
/// `LeakyReLU(number * scale + shift)` with `scale` and `shift` of its channel. The padding holds the
/// number whose value is 0. Lanes past the last channel hold 0, with scale 1 and shift 0.
@safe final class FeatureMap: @unchecked Sendable {
  let channels: Int
  let blocks: Int
  let lanes: Int
  let frame: Frame
  let data: UnsafeMutablePointer<Float>
  /// Floats from one channel block to the next.
  let blockStride: Int
  /// Of each channel, padded to whole blocks.
  let scale: Buffer<Float>
  let shift: Buffer<Float>
  /// Negative slope of the pending activation; 1 when there is none.
  let slope: Float

  /// - Parameter place: where the map begins in `memory`, which must outlive it.
  init(
    channels: Int, lanes: Int, frame: Frame, in memory: Buffer<Float>, at place: Int,
    blockStride: Int, slope: Float
  ) {
    self.channels = channels
    self.lanes = lanes
    blocks = Self.blocks(channels, lanes)
    self.frame = frame
    unsafe data = memory.base + place
    self.blockStride = blockStride
    self.slope = slope
    scale = Buffer([Float](repeating: 1, count: blocks * lanes))
    shift = Buffer(blocks * lanes)
  }

  /// Bytes of the values, padding left out.
  var bytes: Int {
    blocks * lanes * frame.extents.reduce(1, *) * MemoryLayout<Float>.stride
  }

  /// Channel blocks that hold so many channels.
  static func blocks(_ channels: Int, _ lanes: Int) -> Int { (channels + lanes - 1) / lanes }

  /// A channel block from a voxel on.
  @unsafe func source(_ block: Int, _ voxel: Int) -> nnx_source {
    unsafe nnx_source(
      data: data + block * blockStride + voxel * lanes, scale: scale.base + block * lanes,
      shift: shift.base + block * lanes, slope: slope)
  }

  /// What a reader takes the number of a voxel for; `activated`: after the pending activation.
  func value(_ channel: Int, _ voxel: Int, activated: Bool = true) -> Double {
    let place = channel / lanes * blockStride + voxel * lanes + channel % lanes
    let scale = unsafe Double(scale.base[channel])
    let value = unsafe Double(data[place]) * scale + Double(shift.base[channel])
    return activated && value < 0 ? value * Double(slope) : value
  }

  /// Moves numbers within a channel block; places count floats from its start.
  func move(_ block: Int, from: Int, to: Int, count: Int) {
    guard count > 0 else { return }
    precondition(min(from, to) >= 0 && max(from, to) + count <= frame.voxels * lanes)
    let start = unsafe data + block * blockStride
    unsafe (start + to).update(from: start + from, count: count)
  }

  /// Makes numbers of a channel block 0; places count floats from its start.
  func clear(_ block: Int, from: Int, count: Int) {
    guard count > 0 else { return }
    precondition(from >= 0 && from + count <= frame.voxels * lanes)
    unsafe (data + block * blockStride + from).update(repeating: 0, count: count)
  }

  /// Fills the padding of every block with the number whose value is 0.
  ///
  /// Where no finite number has the value 0 (a norm whose weight is 0), the block's voxels are
  /// replaced by their values before activation, so that 0 is that number.
  func finish(_ threads: Threads, _ kernels: Kernels) {
    threads.forEach(blocks) { block, _ in
      let first = block * lanes
      let start = unsafe data + block * blockStride
      let lanesOfBlock = first..<first + lanes
      if !lanesOfBlock.allSatisfy({ isFinite(zero($0)) }) {
        unsafe kernels.table.activate(
          start, scale.base + first, shift.base + first, 1, frame.voxels)
        for lane in lanesOfBlock {
          unsafe scale.base[lane] = 1
          unsafe shift.base[lane] = 0
        }
      }
      var c = nnx_frame(frame)
      unsafe withUnsafeTemporaryAllocation(
        byteCount: lanes * MemoryLayout<Float>.stride, alignment: 64
      ) { memory in
        let padding = unsafe memory.bindMemory(to: Float.self)
        for lane in 0..<lanes { unsafe padding[lane] = zero(first + lane) }
        unsafe kernels.table.fill_padding(start, &c, padding.baseAddress)
      }
    }
  }

  /// The number that stands for 0 in a channel.
  private func zero(_ channel: Int) -> Float {
    let value = unsafe -shift.base[channel] / scale.base[channel]
    return value == 0 ? 0 : value
  }

  private func isFinite(_ value: Float) -> Bool { abs(value) < 1e30 }
}

/// The channel blocks of concatenated maps, as kernels take them.
@safe final class InputBlocks: @unchecked Sendable {
  let count: Int
  private let list: UnsafeMutablePointer<nnx_source>

  /// - Parameter planes: for each map, planes of its padded box that are left out in front.
  init(_ maps: [FeatureMap], from planes: [Int]? = nil) {
    count = maps.reduce(0) { $0 + $1.blocks }
    unsafe list = .allocate(capacity: count)
    var index = 0
    for (number, map) in maps.enumerated() {
      let first = map.frame.step(planes?[number] ?? 0, 0, 0)
      for block in 0..<map.blocks {
        unsafe (list + index).initialize(to: map.source(block, first))
        index += 1
      }
    }
  }

  deinit { unsafe list.deallocate() }

  @unsafe var base: UnsafePointer<nnx_source> { unsafe UnsafePointer(list) }
}

extension nnx_frame {
  init(_ frame: Frame) {
    func three(_ values: [Int]) -> (Int32, Int32, Int32) {
      (Int32(values[0]), Int32(values[1]), Int32(values[2]))
    }
    self.init(
      extents: three(frame.extents), origin: three(frame.halo), padded: three(frame.padded))
  }
}
