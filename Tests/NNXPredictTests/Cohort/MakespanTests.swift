import Foundation
import TestSupport
import Testing

@testable import NNXPredict

/// How long a cohort takes in the order in which workers take its cases, next to the least that any order could need.
@Suite struct MakespanTests {
  /// 500 scans: lognormal voxels (sigma 0.6, cut to 0.15…6), two in a hundred of a whole body, eight times as large.
  private func sizes(_ random: inout SplitMix) -> [Double] {
    (0..<500).map { _ in
      let size = min(6, max(0.15, exp(0.6 * random.normal)))
      return random.uniform < 0.02 ? size * 8 : size
    }
  }

  /// The least time: all workers busy to the end, and the largest case on the fastest.
  private func bound(_ sizes: [Double], _ speeds: [Double]) -> Double {
    max(sizes.reduce(0, +) / speeds.reduce(0, +), (sizes.max() ?? 0) / (speeds.max() ?? 1))
  }

  /// Each worker that is free takes the first case of the order that nobody has.
  private func claimed(_ sizes: [Double], _ estimates: [Double], _ speeds: [Double]) -> Double {
    let orders = speeds.indices.map { WorkOrder(estimates, worker: $0) }
    var isTaken = Array(repeating: false, count: sizes.count)
    var next = Array(repeating: 0, count: speeds.count)
    var looks = orders.map { $0.look(isFirst: true) }
    var free = speeds.map { _ in 0.0 }
    var isDone = speeds.map { _ in false }
    var end = 0.0
    while let worker = free.indices.filter({ !isDone[$0] }).min(by: { free[$0] < free[$1] }) {
      while next[worker] < looks[worker].count, isTaken[looks[worker][next[worker]]] {
        next[worker] += 1
      }
      guard next[worker] < looks[worker].count else {
        isDone[worker] = true
        continue
      }
      let index = looks[worker][next[worker]]
      isTaken[index] = true
      free[worker] += sizes[index] / speeds[worker]
      end = max(end, free[worker])
      // The next look begins at the largest again.
      (looks[worker], next[worker]) = (orders[worker].look(isFirst: false), 0)
    }
    return end
  }

  /// Worker `i` of `n` does cases `i`, `i + n`, `i + 2n`, …
  private func shared(_ sizes: [Double], _ speeds: [Double]) -> Double {
    speeds.indices.map { worker in
      stride(from: worker, to: sizes.count, by: speeds.count).reduce(0) { $0 + sizes[$1] }
        / speeds[worker]
    }.max() ?? 0
  }

  @Test(arguments: [2, 4, 8, 16, 32])
  func claimsComeNearTheBound(_ workers: Int) throws {
    var random = SplitMix(seed: 11)
    var (claims, rough, shares): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<60 {
      let sizes = sizes(&random)
      let speeds = (0..<workers).map { _ in 0.7 + 0.6 * random.uniform }
      let least = bound(sizes, speeds)
      let guesses = sizes.map { $0 * exp(0.3 * random.normal) }
      claims.append(claimed(sizes, sizes, speeds) / least)
      rough.append(claimed(sizes, guesses, speeds) / least)
      shares.append(shared(sizes, speeds) / least)
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    #expect(median(claims) <= 1.05)
    // Estimates that are wrong by a third.
    #expect(median(rough) <= 1.06)
    #expect(median(shares) >= 1.08)
  }
}

/// Random numbers that are the same every time.
private struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Of 0..<1.
  var uniform: Double {
    mutating get { Double(next() >> 11) * 0x1p-53 }
  }

  var normal: Double {
    mutating get { (-2 * log(max(uniform, 1e-300))).squareRoot() * cos(2 * .pi * uniform) }
  }
}
