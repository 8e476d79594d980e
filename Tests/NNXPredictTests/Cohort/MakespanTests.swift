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

  /// How long what comes before and after the networks of a case takes, next to them.
  private struct Rest {
    var before = 0.0
    var after = 0.0
  }

  /// The least time: the networks of all workers busy to the end, and the largest case on the fastest.
  ///
  /// - Parameter sizes: what the networks of each case take.
  private func bound(_ sizes: [Double], _ speeds: [Double], _ rest: Rest = Rest()) -> Double {
    max(
      sizes.reduce(0, +) / speeds.reduce(0, +),
      (sizes.max() ?? 0) * (rest.before + 1 + rest.after) / (speeds.max() ?? 1))
  }

  /// One worker, with the cases that it holds: while the networks of one run, it ends the case before, and then takes
  /// the next one as `CasePipeline` does.
  private struct Worker {
    let speed: Double
    /// The order of its first look, which begins at a place of its own.
    var look: [Int]?
    /// When its networks are free, and when it takes the next case.
    var networks = 0.0
    var takes = 0.0
    /// Of the case that has the networks: how long its end takes.
    var ending = 0.0
    var beginning = 0.0
    var isDone = false

    init(_ speed: Double, _ order: WorkOrder) {
      (self.speed, look) = (speed, order.look(isFirst: true))
    }

    mutating func take(_ size: Double, _ rest: Rest) {
      let seconds = size / speed
      let begun = takes + rest.before * seconds
      let start = max(begun, networks)
      let isFree = start + ending
      networks = start + seconds
      ending = rest.after * seconds
      beginning = max(beginning / 2, rest.before * seconds)
      takes = max(isFree, networks - CasePipeline.lead(beginning))
      look = nil
    }
  }

  /// Each worker that is free takes the first case of the order that nobody has.
  private func claimed(
    _ sizes: [Double], _ estimates: [Double], _ speeds: [Double], _ rest: Rest = Rest()
  ) -> Double {
    var workers = speeds.enumerated().map { Worker($1, WorkOrder(estimates, worker: $0)) }
    var isTaken = Array(repeating: false, count: sizes.count)
    // Every look but the first begins at the largest.
    var left = WorkOrder(estimates).look(isFirst: false)[...]
    while let worker = workers.indices.filter({ !workers[$0].isDone }).min(by: {
      workers[$0].takes < workers[$1].takes
    }) {
      left = left.drop { isTaken[$0] }
      let next = workers[worker].look?.first { !isTaken[$0] } ?? left.first
      guard let index = next else {
        workers[worker].isDone = true
        continue
      }
      isTaken[index] = true
      workers[worker].take(sizes[index], rest)
    }
    return workers.map { $0.networks + $0.ending }.max() ?? 0
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
    var (claims, rough, ahead, shares): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    // As with small scans and a small network.
    let rest = Rest(before: 0.1, after: 0.1)
    for _ in 0..<60 {
      let sizes = sizes(&random)
      let speeds = (0..<workers).map { _ in 0.7 + 0.6 * random.uniform }
      let least = bound(sizes, speeds)
      let guesses = sizes.map { $0 * exp(0.3 * random.normal) }
      claims.append(claimed(sizes, sizes, speeds) / least)
      rough.append(claimed(sizes, guesses, speeds) / least)
      ahead.append(claimed(sizes, sizes, speeds, rest) / bound(sizes, speeds, rest))
      shares.append(shared(sizes, speeds) / least)
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    #expect(median(claims) <= 1.05)
    // Estimates that are wrong by a third.
    #expect(median(rough) <= 1.06)
    // A worker that holds the next case before it has done one.
    #expect(median(ahead) <= 1.05)
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
