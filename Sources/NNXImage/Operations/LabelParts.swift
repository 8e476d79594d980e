/// How many parts that do not touch, not even at a corner, each label of a map has: one pass, however
/// many labels there are.
package struct LabelParts {
  package struct Parts: Equatable, Sendable {
    package var count = 0
    /// Voxels of the largest.
    package var largest = 0

    package init(count: Int = 0, largest: Int = 0) {
      self.count = count
      self.largest = largest
    }

    fileprivate mutating func add(_ voxels: Int) {
      count += 1
      largest = max(largest, voxels)
    }
  }

  package private(set) var parts: [Int: Parts] = [:]

  package init(_ map: LabelMap) {
    let runs = LabelRuns(separatingLabelsOf: map, .all)
    var names = JoinedNames()
    var voxels: [Int] = []
    var labels: [UInt16] = []
    runs.walk { _, row in
      for run in row {
        if run.name == voxels.count {
          voxels.append(0)
          labels.append(UInt16(run.label))
          names.append()
        }
        voxels[run.name] += run.voxels.count
      }
    } unite: {
      names.join($0, $1)
    }
    // A name joins those before it, so that all of its voxels are known when its own turn comes.
    for name in voxels.indices.reversed() {
      let first = names.first(name)
      guard first == name else {
        voxels[first] += voxels[name]
        continue
      }
      parts[Int(labels[name]), default: Parts()].add(voxels[name])
    }
  }
}
