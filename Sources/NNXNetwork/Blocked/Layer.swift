internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// One step of a network with its weights packed and its memory assigned.
protocol Layer {
  /// For people who look at timings: the prefix of its weights, and how it is done.
  var name: String { get }
  /// The scratch memory that one piece of its work needs.
  var needs: Scratch.Needs { get }
  /// Bytes that the layer keeps for itself beside its weights.
  var ownBytes: Int { get }
  /// What its shapes say about its work.
  var facts: LayerProfile.Facts { get }
  /// Packs the weights; before the first `run`, once for all replicas.
  ///
  /// - Throws: what the source throws.
  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError)
  func run(_ pass: Pass)
}

extension Layer {
  var ownBytes: Int { 0 }
  func load(_ source: any WeightSource, _ threads: Threads, _ kernels: Kernels) throws(NNXError) {}
}

extension LayerProfile.Facts {
  /// - Parameters:
  ///   - weightBytes: bytes of weights that are read, all reads together.
  ///   - sharedBytes: of operands that threads share, reads and writes together.
  init(
    _ inputs: [FeatureMap], _ output: FeatureMap, multiplications: Int = 0, weightBytes: Int = 0,
    sharedBytes: Int = 0
  ) {
    let bytes =
      inputs.reduce(0) { $0 + $1.bytes } + 2 * output.bytes + weightBytes + sharedBytes
    self.init(
      inputs: inputs.reduce(0) { $0 + $1.channels }, channels: output.channels,
      extents: output.frame.extents, multiplications: Double(multiplications),
      distantBytes: Double(bytes))
  }

  /// Bytes that come from beyond the second cache when a worker reads `bytes` so many times.
  static func distant(_ bytes: Int, times: Int) -> Int {
    bytes > SecondCache.bytes ? bytes * times : bytes
  }
}

/// One call of `forward`, as layers see it.
struct Pass {
  let threads: Threads
  let kernels: Kernels
  let scratch: Scratch
  let input: Tensor
  /// Where the logits go.
  let target: LogitTarget
  /// For each spatial axis, whether input and logits are flipped.
  let mirror: [Bool]
  /// Called with the output of a convolution when its scale and shift are known, before its padding is
  /// filled: what is stored is what the convolution made.
  var inspect: ((FeatureMap) -> Void)? = nil
  /// Where layers say what they spend their time on.
  var meter: PartMeter? = nil
}

/// Memory that layers use one after the other: some for each worker, and one table of sums.
@safe final class Scratch: @unchecked Sendable {
  struct Needs {
    /// Windows of Winograd tiles, transformed along z, per worker.
    var planes = 0
    /// Products of Winograd tiles, transformed along y and x, per worker.
    var slices = 0
    /// Left operands of the products, per worker.
    var left = 0
    /// Products, per worker.
    var product = 0
    /// Transformed weights, per worker.
    var weights = 0
    /// Voxel indices, per worker.
    var indices = 0
    /// Runs of memory that products fetch ahead, per worker.
    var runs = 0
    /// Sums of all pieces of work together.
    var sums = 0
    /// Logits of a row, per worker.
    var row = 0

    func union(_ other: Needs) -> Needs {
      Needs(
        planes: max(planes, other.planes), slices: max(slices, other.slices),
        left: max(left, other.left), product: max(product, other.product),
        weights: max(weights, other.weights), indices: max(indices, other.indices),
        runs: max(runs, other.runs), sums: max(sums, other.sums), row: max(row, other.row))
    }
  }

  private let planeLists: [Buffer<Float>]
  private let sliceLists: [Buffer<Float>]
  private let lefts: [Buffer<Float>]
  private let products: [Buffer<Float>]
  private let weightLists: [Buffer<Float>]
  private let indexLists: [Buffer<Int32>]
  private let rows: [Buffer<Float>]
  private let runLists: [Buffer<UnsafePointer<Float>?>]
  private let table: Buffer<Double>

  var bytes: Int {
    let floats = (planeLists + sliceLists + lefts + products + weightLists + rows).reduce(0) {
      $0 + $1.bytes
    }
    let runs = unsafe runLists.reduce(0) { unsafe $0 + $1.bytes }
    return floats + indexLists.reduce(0) { $0 + $1.bytes } + runs + table.bytes
  }

  init(_ needs: Needs, workers: Int) {
    func forEachWorker<Element>(_ count: Int) -> [Buffer<Element>] {
      (0..<workers).map { _ in Buffer(count, staysInMemory: true) }
    }
    (planeLists, sliceLists) = (forEachWorker(needs.planes), forEachWorker(needs.slices))
    (lefts, products) = (forEachWorker(needs.left), forEachWorker(needs.product))
    (weightLists, indexLists) = (forEachWorker(needs.weights), forEachWorker(needs.indices))
    unsafe runLists = forEachWorker(needs.runs)
    (rows, table) = (forEachWorker(needs.row), Buffer(needs.sums, staysInMemory: true))
  }

  @unsafe func planes(_ worker: Int) -> UnsafeMutablePointer<Float> {
    unsafe planeLists[worker].base
  }
  @unsafe func slices(_ worker: Int) -> UnsafeMutablePointer<Float> {
    unsafe sliceLists[worker].base
  }
  @unsafe func left(_ worker: Int) -> UnsafeMutablePointer<Float> { unsafe lefts[worker].base }
  @unsafe func product(_ worker: Int) -> UnsafeMutablePointer<Float> {
    unsafe products[worker].base
  }
  @unsafe func weights(_ worker: Int) -> UnsafeMutablePointer<Float> {
    unsafe weightLists[worker].base
  }
  @unsafe func indices(_ worker: Int) -> UnsafeMutablePointer<Int32> {
    unsafe indexLists[worker].base
  }
  @unsafe func row(_ worker: Int) -> UnsafeMutablePointer<Float> { unsafe rows[worker].base }
  @unsafe func runs(_ worker: Int) -> UnsafeMutablePointer<UnsafePointer<Float>?> {
    unsafe runLists[worker].base
  }
  @unsafe var sums: UnsafeMutablePointer<Double> { unsafe table.base }
}
