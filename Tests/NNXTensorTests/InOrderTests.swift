import NNXTensor
import Synchronization
import Testing

@Suite struct InOrderTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 200])
  func thingsAreTakenOneAtATimeInOrder(_ workers: Int, _ count: Int) {
    let made = Mutex<[Int: Int]>([:])
    let isTaking = Atomic(false)
    let taken = Mutex<[Int]>([])
    inOrder(count, workers: workers) { index, worker in
      // Later ones are often ready first.
      var sum = 0.0
      for step in 0..<(index * 7919 % 5) * 20_000 { sum += Double(step).squareRoot() }
      made.withLock { $0[index] = sum < 0 ? -1 : worker }
    } take: { index, worker in
      let isSecond = isTaking.exchange(true, ordering: .relaxed)
      #expect(!isSecond)
      #expect(made.withLock { $0[index] } == worker)
      #expect(worker < workers)
      taken.withLock { $0.append(index) }
      isTaking.store(false, ordering: .relaxed)
    }
    #expect(taken.withLock { $0 } == Array(0..<count))
  }

  @Test func sharesAddUp() {
    for count in 1...20 {
      for number in 1...count {
        let shares = Threads(count).shares(number).map(\.count)
        #expect(shares.reduce(0, +) == count)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
      }
    }
    #expect(Threads(1).shares(3).map(\.count) == [1, 1, 1])
  }
}
