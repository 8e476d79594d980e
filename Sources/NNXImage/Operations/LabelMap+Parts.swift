import NNXTensor

/// Steps of recipes that lay the parts of a task together.
extension LabelMap {
  /// Writes the labels of a part over those that are there, wherever it has one.
  ///
  /// - Parameters:
  ///   - part: of the same shape.
  ///   - names: the label that its 1, 2, … become, of those that this map can hold; those beyond are background.
  package func lay(_ part: LabelMap, _ names: [Int], threads: Threads) {
    precondition(part.shape == shape, "\(part.shape) does not fit \(shape)")
    threads.forEachBlock(of: count) { block in
      for index in block {
        let label = part[index]
        guard label > 0, label <= names.count, names[label - 1] > 0 else { continue }
        self[index] = names[label - 1]
      }
    }
  }

  /// Some labels as they are; background elsewhere.
  package func keeping(_ labels: LabelSet) -> LabelMap {
    let table = labels.table
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    for index in 0..<count where table[self[index]] { result[index] = self[index] }
    return result
  }

  /// Makes background of the small components of each of some labels.
  ///
  /// `remove_small_blobs_multilabel` of TotalSegmentator 2.18.0, which compares with the volume of a voxel in
  /// float32.
  ///
  /// - Parameters:
  ///   - volume: mm³; components of exactly that size go, too.
  ///   - spacing: mm, `(z, y, x)`.
  package func clearingSmall(
    of labels: LabelSet, upTo volume: Double, _ connectivity: Connectivity, spacing: [Double]
  ) -> LabelMap {
    let result = copy()
    let voxel = spacing.reversed().reduce(Float(1)) { $0 * Float($1) }
    let limit = Double(Float(volume) / voxel)
    for label in present(labels).sorted() {
      let components = Components(of: [label], in: self, connectivity)
      components.paint(0, in: result) { Double(components.sizes[$0]) <= limit }
    }
    return result
  }

  /// Background outside of the planes between the first and the last of some labels of another map of the same shape;
  /// the map itself where that has none.
  ///
  /// - Parameter axis: across which the planes lie.
  package func clearedOutside(_ other: LabelMap, _ labels: LabelSet, along axis: Int) -> LabelMap {
    precondition(other.shape == shape)
    guard let around = other.box(of: labels) else { return self }
    var slab = Box(shape)
    (slab.lower[axis], slab.upper[axis]) = (around.lower[axis], around.upper[axis])
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    result.paste(cropped(to: slab), into: slab)
    return result
  }

  /// The smallest box around some labels; `nil` when none is there.
  package func box(of labels: LabelSet) -> Box? {
    let table = labels.table
    var lower = shape
    var upper = [0, 0, 0]
    for z in 0..<shape[0] {
      for y in 0..<shape[1] {
        let row = (z * shape[1] + y) * shape[2]
        guard let first = (0..<shape[2]).first(where: { table[self[row + $0]] }) else { continue }
        let last = (first..<shape[2]).last { table[self[row + $0]] } ?? first
        lower = [min(lower[0], z), min(lower[1], y), min(lower[2], first)]
        upper = [max(upper[0], z + 1), max(upper[1], y + 1), max(upper[2], last + 1)]
      }
    }
    return upper[0] > 0 ? Box(lower: lower, upper: upper) : nil
  }
}
