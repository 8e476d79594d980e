internal import CKernels
internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The convolution that reads the patch: plain channels in, blocks out. Mirroring happens while the
/// patch is copied into its zero padding.
@safe final class FirstConvolution: Layer {
  let name: String
  private let output: FeatureMap
  private let normalization: Normalization
  private let weights: PackedWeights
  private let kernel: [Int]
  private let stride: [Int]
  private let channels: Int
  /// Of the patch, one channel.
  private let frame: Frame
  private let padded: Buffer<Float>
  private let taps: [Int32]
  /// Output rows in a piece, and pieces.
  private let rows: Int
  private let pieces: Int
  /// Sums are collected in at most so many pieces.
  private static let mostPieces = 128

  init(
    _ layer: NetworkGraph.Convolution, _ normalization: Normalization, shape: NetworkGraph.Shape,
    output: FeatureMap, memory: WeightMemory, kernels: Kernels
  ) {
    name = "\(layer.name) first"
    self.output = output
    self.normalization = normalization
    (kernel, stride, channels) = (layer.kernel, layer.stride, shape.channels)
    let frame = Frame(
      extents: shape.extents, halo: layer.kernel.map { $0 / 2 }, multiple: [1, 1, 1])
    self.frame = frame
    padded = Buffer(shape.channels * frame.voxels, staysInMemory: true)
    taps = (0..<shape.channels).flatMap { channel in
      PackedWeights.taps(layer.kernel).map {
        Int32(channel * frame.voxels + frame.step($0[0], $0[1], $0[2]))
      }
    }
    weights = PackedWeights(
      "\(layer.name).weight", channels: output.channels, outStride: taps.count,
      offsets: taps.indices.map { Int32($0) }, memory: memory, kernels: kernels)
    let all = output.frame.extents[0] * output.frame.extents[1]
    rows = (all + Self.mostPieces - 1) / Self.mostPieces
    pieces = (all + rows - 1) / rows
  }

  var ownBytes: Int { padded.bytes }

  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {
    try weights.load(source, threads, kernels)
  }

  private var segment: Int { (output.frame.extents[2] | 1) * output.lanes }

  var needs: Scratch.Needs {
    Scratch.Needs(
      product: output.blocks * segment, indices: output.frame.extents[2],
      sums: pieces * output.blocks * 2 * output.lanes)
  }

  var facts: LayerProfile.Facts {
    var facts = LayerProfile.Facts(
      [], output, multiplications: output.frame.extents.reduce(1, *) * weights.values.count)
    facts.inputs = channels
    facts.distantBytes += Double(padded.bytes)
    return facts
  }

  func run(_ pass: Pass) {
    copy(pass)
    let table = unsafe pass.kernels.table
    let extents = output.frame.extents
    let slot = output.blocks * 2 * output.lanes
    pass.threads.forEach(pieces) { piece, worker in
      var clock = pass.clock(worker)
      let product = unsafe pass.scratch.product(worker)
      let to = unsafe pass.scratch.indices(worker)
      for x in 0..<extents[2] { unsafe to[x] = Int32(x) }
      let sums = unsafe pass.scratch.sums + piece * slot
      unsafe sums.update(repeating: 0, count: slot)
      for row in piece * rows..<min((piece + 1) * rows, extents[0] * extents[1]) {
        let (z, y) = (row / extents[1], row % extents[1])
        let from = frame.index(
          z * stride[0] - kernel[0] / 2, y * stride[1] - kernel[1] / 2, -(kernel[2] / 2))
        unsafe table.multiply_plain(
          padded.base + from, taps, Int32(taps.count), Int32(stride[2]), weights.values.base,
          product, segment, Int32(output.blocks), Int32(extents[2]))
        clock.mark(.products)
        unsafe table.scatter(
          product, segment, Int32(output.blocks), normalization.bias.base,
          normalization.scatterSlope,
          output.data + output.frame.index(z, y, 0) * output.lanes, output.blockStride, to,
          Int32(extents[2]), normalization.needsSums ? sums : nil)
        clock.mark(.output)
      }
    }
    unsafe normalization.finish(pass.scratch.sums, pieces: pieces, pass)
  }

  /// Copies the patch, flipped, into the box of `padded`; the padding stays 0.
  private func copy(_ pass: Pass) {
    let (size, input, mirror) = (frame.extents, pass.input, pass.mirror)
    pass.threads.forEach(channels * size[0]) { plane, worker in
      var clock = pass.clock(worker)
      defer { clock.mark(.input) }
      let (channel, z) = (plane / size[0], plane % size[0])
      let fromZ = mirror[0] ? size[0] - 1 - z : z
      for y in 0..<size[1] {
        let fromY = mirror[1] ? size[1] - 1 - y : y
        let row = (channel * size[0] + fromZ) * size[1] + fromY
        let from = unsafe input.base + row * size[2]
        let to = unsafe padded.base + channel * frame.voxels + frame.index(z, y, 0)
        if mirror[2] {
          for x in 0..<size[2] { unsafe to[x] = from[size[2] - 1 - x] }
        } else {
          unsafe to.update(from: from, count: size[2])
        }
      }
    }
  }
}
