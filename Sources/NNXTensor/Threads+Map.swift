import Synchronization

extension Threads {
  /// The results of `body` for each index of `0..<count`, in order, made on all threads.
  package func map<Value: Sendable>(_ count: Int, _ body: (Int) -> Value) -> [Value] {
    let results = Mutex([Value?](repeating: nil, count: count))
    forEach(count) { index, _ in
      let value = body(index)
      results.withLock { $0[index] = value }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
