/// Label maps of several folds, counted voxel by voxel.
///
/// Holds one byte a voxel and change, however many folds there are.
package struct FoldVotes {
  private let changes: [LabelChange]
  private let tables: [[Bool]]
  private var counts: [[UInt8]]
  private let shape: [Int]
  package private(set) var folds = 0

  /// - Parameters:
  ///   - shape: of the maps, `(z, y, x)`.
  ///   - changes: each is voted on by itself.
  package init(_ shape: [Int], _ changes: [LabelChange]) {
    self.shape = shape
    self.changes = changes
    tables = changes.map(\.from.table)
    counts = changes.map { _ in [UInt8](repeating: 0, count: shape.reduce(1, *)) }
  }

  /// Counts one fold's labels.
  package mutating func add(_ map: LabelMap) {
    precondition(map.shape == shape && folds < 255)
    folds += 1
    for (change, table) in tables.enumerated() {
      // Out of the array of arrays, which would be looked at again for every voxel.
      var votes: [UInt8] = []
      swap(&votes, &counts[change])
      for index in 0..<map.count where table[map[index]] { votes[index] += 1 }
      swap(&votes, &counts[change])
    }
  }

  /// Where at least a share of the folds gives one of a change's labels, the label that it becomes;
  /// later changes overwrite earlier ones.
  ///
  /// - Parameter share: of the folds, above 0 and up to 1.
  package func labels(atLeast share: Double) -> LabelMap {
    let result = LabelMap(shape, largestLabel: changes.map(\.to).max() ?? 0)
    // The mean of zeros and ones, as NumPy computes it, is compared: 3 of 5 folds are at least 0.6.
    let isEnough = (0...255).map { folds > 0 && Double($0) / Double(folds) >= share }
    for (change, votes) in zip(changes, counts) {
      for index in votes.indices where isEnough[Int(votes[index])] { result[index] = change.to }
    }
    return result
  }
}
