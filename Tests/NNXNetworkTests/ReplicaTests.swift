import NNXModel
import NNXNetwork
import NNXTensor
import Synchronization
import TestSupport
import Testing

/// Networks that share their weights and run at the same time.
@Suite struct ReplicaTests {
  static let samples =
    SlabTests.cases.map { ($0.architecture, $0.patch) }
    + (1...6).map { RandomArchitecture(seed: $0) }.map { ($0.architecture, $0.patch) }

  @Test(arguments: samples)
  func replicasGiveTheSameBytesAtTheSameTime(
    _ architecture: Architecture, _ patch: [Int]
  ) throws {
    let weights = MemoryWeights(architecture, seed: 3)
    let alone = try Network(architecture, weights: weights, patch: patch, threads: Threads(1))
    // Seven threads are no equal shares for three.
    let replicas = try Network.replicas(
      3, architecture, weights: weights, patch: patch, threads: Threads(7))
    #expect(replicas.count == (try Kernels.chosen().runsPlain ? 1 : 3))
    for _ in 0..<2 {
      let found = Mutex<[Int: [Float]]>([:])
      Threads(replicas.count).forEach(replicas.count) { index, _ in
        let values = logits(replicas[index], seed: index, mirror: [1])
        found.withLock { $0[index] = values }
      }
      for index in replicas.indices {
        #expect(found.withLock { $0[index] } == logits(alone, seed: index, mirror: [1]))
      }
    }
  }

  @Test(.enabled(if: (try? Kernels.chosen().runsPlain) == false))
  func weightsAreHeldOnce() throws {
    let network = NamedArchitecture.plain
    // So small a patch that nearly all memory is weights.
    func bytes(_ replicas: Int) throws -> Int {
      try Network.bytes(
        network.architecture, patch: [32, 32, 32], threads: Threads(4), replicas: replicas)
    }
    let (one, two, four) = (try bytes(1), try bytes(2), try bytes(4))
    #expect(two > one && four > two)
    #expect(four < 2 * one, "\(four) instead of \(one)")
  }
}
