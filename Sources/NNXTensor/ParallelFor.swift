internal import CKernels
import Dispatch
internal import NNXSystem
import Synchronization

/// How many threads numeric code may use. Set once, before the first computation.
package struct Threads: Sendable {
  package let count: Int

  package init(_ count: Int) { self.count = max(1, count) }

  /// One thread for each processor that this process may run on and that its job was given.
  package static var all: Threads {
    Threads(min(Int(nnx_available_processors()), ProcessFacts.processorLimit ?? .max))
  }

  /// The same threads in so many equal shares, as nearly as they go; at least one thread each.
  package func shares(_ number: Int) -> [Threads] {
    (0..<number).map { Threads((($0 + 1) * count) / number - $0 * count / number) }
  }

  /// Calls `body` once for each index of `0..<count`, in any order, on all threads.
  ///
  /// The only parallelism in numeric code. Work is handed out index by index, so unequal pieces
  /// balance themselves; results must not depend on which worker does a piece.
  ///
  /// - Parameter body: given the index of the piece and of the worker (`0..<self.count`), for
  ///   scratch memory of its own.
  package func forEach(_ count: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
    let workers = min(self.count, count)
    guard workers > 1 else {
      for index in 0..<max(count, 0) { body(index, 0) }
      return
    }
    let next = Atomic(0)
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { worker in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          unsafe body(index, worker)
        }
      }
    }
  }

  /// Calls `body` for the ranges of a long array, on all threads.
  package func forEachBlock(of count: Int, _ body: (Range<Int>) -> Void) {
    let block = 1 << 18
    forEach((count + block - 1) / block) { index, _ in
      body(index * block..<min(count, (index + 1) * block))
    }
  }
}
