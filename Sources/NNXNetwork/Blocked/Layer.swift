internal import NNXTensor

/// One step of a network with its weights packed and its memory assigned.
protocol Layer {
  /// For people who look at timings: the prefix of its weights, and how it is done.
  var name: String { get }
  /// The scratch memory that one piece of its work needs.
  var needs: Scratch.Needs { get }
  func run(_ pass: Pass)
}

/// One call of `forward`, as layers see it.
struct Pass {
  let threads: Threads
  let kernels: Kernels
  let scratch: Scratch
  let input: Tensor
  let output: Tensor
  /// For each spatial axis, whether input and logits are flipped.
  let mirror: [Bool]
  /// Whether logits are added to `output`.
  let accumulate: Bool
}

/// Memory that layers use one after the other: some for each worker, and one table of sums.
@safe final class Scratch: @unchecked Sendable {
  struct Needs {
    /// Left operands of the products, per worker.
    var left = 0
    /// Products, per worker.
    var product = 0
    /// Voxel indices, per worker.
    var indices = 0
    /// Sums of all pieces of work together.
    var sums = 0

    func union(_ other: Needs) -> Needs {
      Needs(
        left: max(left, other.left), product: max(product, other.product),
        indices: max(indices, other.indices), sums: max(sums, other.sums))
    }
  }

  private let lefts: [Buffer<Float>]
  private let products: [Buffer<Float>]
  private let indexLists: [Buffer<Int32>]
  private let table: Buffer<Double>

  init(_ needs: Needs, workers: Int) {
    lefts = (0..<workers).map { _ in Buffer(needs.left) }
    products = (0..<workers).map { _ in Buffer(needs.product) }
    indexLists = (0..<workers).map { _ in Buffer(needs.indices) }
    table = Buffer(needs.sums)
  }

  @unsafe func left(_ worker: Int) -> UnsafeMutablePointer<Float> { unsafe lefts[worker].base }
  @unsafe func product(_ worker: Int) -> UnsafeMutablePointer<Float> {
    unsafe products[worker].base
  }
  @unsafe func indices(_ worker: Int) -> UnsafeMutablePointer<Int32> {
    unsafe indexLists[worker].base
  }
  @unsafe var sums: UnsafeMutablePointer<Double> { unsafe table.base }
}
