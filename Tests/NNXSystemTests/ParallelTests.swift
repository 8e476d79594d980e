import NNXSystem
import Synchronization
import Testing

@Suite struct ParallelTests {
  @Test(arguments: [1, 2, 3, 16])
  func everyPieceIsDoneOnce(workers: Int) throws {
    let counts = Mutex([Int](repeating: 0, count: 1000))
    try Parallel.forEach(1000, workers: workers) { (index) throws(NNXError) in
      counts.withLock { $0[index] += 1 }
    }
    #expect(counts.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test(arguments: [0, -1]) func noPieceIsNoWork(count: Int) throws {
    try Parallel.forEach(count) { (_) throws(NNXError) in Issue.record("there is no piece") }
  }

  @Test func oneWorkerGoesInOrder() throws {
    let order = Mutex<[Int]>([])
    try Parallel.forEach(5, workers: 1) { (index) throws(NNXError) in
      order.withLock { $0.append(index) }
    }
    #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
  }

  /// Both pieces fail, and the later one first.
  @Test func theErrorOfTheFirstPieceIsThrown() {
    let isSecondDone = Atomic(false)
    let error = #expect(throws: NNXError.self) {
      try Parallel.forEach(2, workers: 2) { (index) throws(NNXError) in
        if index == 0 {
          let end = ProcessFacts.monotonicSeconds + 2
          while !isSecondDone.load(ordering: .acquiring), ProcessFacts.monotonicSeconds < end {}
        } else {
          isSecondDone.store(true, ordering: .releasing)
        }
        throw NNXError(.usage, "piece \(index)")
      }
    }
    #expect(error?.message == "piece 0")
  }

  @Test(arguments: [1, 4]) func nothingIsBegunAfterAnError(workers: Int) {
    let begun = Atomic(0)
    let error = #expect(throws: NNXError.self) {
      try Parallel.forEach(100_000, workers: workers) { (index) throws(NNXError) in
        begun.wrappingAdd(1, ordering: .relaxed)
        throw NNXError(.usage, "piece \(index)")
      }
    }
    #expect(error?.message == "piece 0")
    let count = begun.load(ordering: .relaxed)
    #expect(count <= workers)
  }
}
