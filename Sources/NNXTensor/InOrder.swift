import Dispatch

/// Makes several things at once and takes them one at a time, in their order: the result does not depend on
/// how many workers there are.
///
/// Each worker makes one thing, waits for its turn, takes it, and makes the next.
///
/// - Parameters:
///   - make: given the index (`0..<count`) and the worker (`0..<workers`).
///   - take: the same of what was made; no two calls at a time, each sees what those before it wrote.
package func inOrder(
  _ count: Int, workers: Int, _ make: (_ index: Int, _ worker: Int) -> Void,
  take: (_ index: Int, _ worker: Int) -> Void
) {
  // At most so many indices at a time are made and not yet taken, so each has a place of its own.
  let turns = (0..<workers).map { _ in DispatchSemaphore(value: 0) }
  turns[0].signal()
  // Indices are given out in order: whoever waits, waits only for indices that are under way.
  Threads(workers).forEach(count) { index, worker in
    make(index, worker)
    turns[index % workers].wait()
    take(index, worker)
    turns[(index + 1) % workers].signal()
  }
}
