import Dispatch
import Glibc
import Synchronization

/// Work on several processors where the pieces are few and large: files and folds.
package enum Parallel {
  /// Processors that are on, at most four: each piece under way holds buffers of its own.
  package static var processors: Int { min(4, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Calls `body` once for each index of `0..<count`, several at a time.
  ///
  /// After an error no further piece is begun; of several errors the one of the lowest index is
  /// thrown.
  ///
  /// - Throws: what `body` throws.
  package static func forEach(
    _ count: Int, workers: Int = processors, _ body: (Int) throws(NNXError) -> Void
  ) throws(NNXError) {
    let workers = min(workers, count)
    guard workers > 1 else {
      for index in 0..<max(count, 0) { try body(index) }
      return
    }
    let next = Atomic(0)
    let failure = Mutex<(index: Int, error: NNXError)?>(nil)
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while failure.withLock({ $0 == nil }) {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          do throws(NNXError) {
            try unsafe body(index)
          } catch {
            failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}
