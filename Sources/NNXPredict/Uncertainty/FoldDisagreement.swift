import NNXImage
import NNXSystem
import NNXTensor
import Synchronization

/// The labels that each fold gives by itself, and how far the folds agree (docs/uncertainty.md).
///
/// Holds one label map for each fold: a byte per voxel and fold, two where there are more than 254 labels.
final class FoldDisagreement {
  private var maps: [LabelMap] = []
  private let threads: Threads

  /// Number of folds.
  var count: Int { maps.count }
  private var pairs: [(Int, Int)] {
    maps.indices.flatMap { second in (0..<second).map { ($0, second) } }
  }

  init(threads: Threads) { self.threads = threads }

  /// - Parameter labels: of one fold, before post-processing; all on one grid.
  func add(_ labels: LabelMap) {
    precondition(maps.allSatisfy { $0.shape == labels.shape })
    maps.append(labels)
  }

  /// For each voxel the share of the pairs of folds that disagree on its label, in percent, rounded.
  ///
  /// The disagreement measure of D. Skalak (1996), averaged over pairs as in L. Kuncheva and C. Whitaker
  /// (Machine Learning 51, 2003), with more labels than two: the probability that two of the folds, drawn
  /// at random, give different labels.
  func disagreement() -> LabelMap {
    let shape = maps[0].shape
    let result = LabelMap(shape, largestLabel: 100)
    let (size, pairs) = (shape[1] * shape[2], pairs)
    threads.forEach(shape[0]) { plane, _ in
      var row = [UInt16](repeating: 0, count: size)
      var votes = [Int](repeating: 0, count: maps.count)
      for place in 0..<size {
        let voxel = plane * size + place
        for fold in votes.indices { votes[fold] = maps[fold][voxel] }
        if votes.allSatisfy({ $0 == votes[0] }) { continue }
        let differing = pairs.count { votes[$0.0] != votes[$0.1] }
        row[place] = UInt16((200 * differing + pairs.count) / (2 * pairs.count))
      }
      result.store(row.span, at: plane * size)
    }
    return result
  }

  /// For each label, or region of several, the mean of Dice's coefficient over the pairs of folds.
  ///
  /// The structure-wise uncertainty of A. Guha Roy et al. (NeuroImage 195, 2019), there over Monte Carlo
  /// samples. Pairs of which neither fold has the label tell nothing and are left out; `nil` when no fold
  /// has it.
  func agreement(of labels: [[Int]]) -> [Double?] {
    let pairs = pairs
    var slots: [Int: [Int]] = [:]
    for (slot, values) in labels.enumerated() {
      for value in values { slots[value, default: []].append(slot) }
    }
    let total = Mutex(Tally(labels: labels.count, folds: maps.count, pairs: pairs.count))
    let shape = maps[0].shape
    let size = shape[1] * shape[2]
    threads.forEach(shape[0]) { plane, _ in
      var own = Tally(labels: labels.count, folds: maps.count, pairs: pairs.count)
      var votes = [Int](repeating: 0, count: maps.count)
      for voxel in plane * size..<(plane + 1) * size {
        for fold in votes.indices { votes[fold] = maps[fold][voxel] }
        if votes.allSatisfy({ $0 == 0 }) { continue }
        own.take(votes, pairs, slots)
      }
      total.withLock { $0.add(own) }
    }
    let tally = total.withLock { $0 }
    return labels.indices.map { label in
      let values = pairs.enumerated().compactMap { index, pair -> Double? in
        let sum = tally.sizes[label][pair.0] + tally.sizes[label][pair.1]
        return sum > 0 ? 2 * Double(tally.common[label][index]) / Double(sum) : nil
      }
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
  }
}

/// Numbers of voxels.
private struct Tally: Sendable {
  /// Of each label, by fold.
  var sizes: [[Int]]
  /// Of each label, where both folds of a pair have it.
  var common: [[Int]]

  init(labels: Int, folds: Int, pairs: Int) {
    sizes = .init(repeating: .init(repeating: 0, count: folds), count: labels)
    common = .init(repeating: .init(repeating: 0, count: pairs), count: labels)
  }

  mutating func take(_ votes: [Int], _ pairs: [(Int, Int)], _ slots: [Int: [Int]]) {
    for fold in votes.indices where votes[fold] > 0 {
      for slot in slots[votes[fold]] ?? [] { sizes[slot][fold] += 1 }
    }
    for (index, pair) in pairs.enumerated() where votes[pair.0] > 0 && votes[pair.1] > 0 {
      guard let own = slots[votes[pair.0]] else { continue }
      let other = votes[pair.0] == votes[pair.1] ? own : slots[votes[pair.1]] ?? []
      for slot in own where other.contains(slot) { common[slot][index] += 1 }
    }
  }

  mutating func add(_ other: Tally) {
    for label in sizes.indices {
      for fold in sizes[label].indices { sizes[label][fold] += other.sizes[label][fold] }
      for pair in common[label].indices { common[label][pair] += other.common[label][pair] }
    }
  }
}
