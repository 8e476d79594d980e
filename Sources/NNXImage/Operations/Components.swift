import NNXTensor

/// Which voxels touch each other.
package enum Connectivity: Sendable {
  /// The 6 that share a face (4 in a slice): `scipy.ndimage.label`'s default, nnU-Net v1.
  case faces
  /// The 26 that share a face, an edge or a corner (8 in a slice): nnU-Net v2.
  case all
}

/// The connected components of a set of labels.
///
/// Runs along x are named as they are met, and names whose runs touch are joined (union-find). What is kept
/// is an entry for each name, not for each run or voxel: who needs the voxels walks through the map again.
package struct Components {
  /// Voxels of each component, in the order of their first voxels.
  package private(set) var sizes: [Int] = []
  /// The component of each name.
  private var components: [Int] = []
  private let runs: LabelRuns
  private let map: LabelMap

  /// - Parameters:
  ///   - labels: that count as one; voxels of all others separate components.
  ///   - map: stays as it is while its components are used.
  package init(of labels: Set<Int>, in map: LabelMap, _ connectivity: Connectivity) {
    self.map = map
    runs = LabelRuns(of: labels, in: map, connectivity)
    var names = JoinedNames()
    var voxels: [Int] = []
    runs.walk { _, row in
      for run in row {
        if run.name == voxels.count {
          voxels.append(0)
          names.append()
        }
        voxels[run.name] += run.voxels.count
      }
    } unite: {
      names.join($0, $1)
    }
    for name in voxels.indices {
      let first = names.first(name)
      if first == name {
        components.append(sizes.count)
        sizes.append(0)
      } else {
        components.append(components[first])
      }
      sizes[components[name]] += voxels[name]
    }
  }

  /// Turns the voxels of some components into background, in the map itself; no more can be done with them then.
  ///
  /// - Parameter isRemoved: told the size of a component in voxels.
  /// - Returns: how many voxels were removed.
  @discardableResult
  package func remove(where isRemoved: (_ size: Int) -> Bool) -> Int {
    paint(0, in: map) { isRemoved(sizes[$0]) }
  }

  /// Gives the voxels of some components a label.
  ///
  /// - Parameters:
  ///   - target: of the same shape as the map that the components were found in.
  ///   - isMeant: told the number of a component, its place in `sizes`.
  /// - Returns: how many voxels were painted.
  @discardableResult
  func paint(
    _ label: Int, in target: LabelMap, where isMeant: (_ component: Int) -> Bool
  ) -> Int {
    let meant = sizes.indices.map(isMeant)
    guard meant.contains(true) else { return 0 }
    runs.walk { first, row in
      for run in row where meant[components[run.name]] {
        for x in run.voxels { target[first + x] = label }
      }
    }
    return zip(sizes, meant).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
  }

  /// The smallest box around all components; `nil` when there is none.
  var box: Box? {
    let boxes = boxes
    guard let first = boxes.first else { return nil }
    return boxes.dropFirst().reduce(first) { sum, box in
      Box(
        lower: zip(sum.lower, box.lower).map(min), upper: zip(sum.upper, box.upper).map(max))
    }
  }

  /// The smallest box around each component.
  var boxes: [Box] {
    var lower = [[Int]](repeating: map.shape, count: sizes.count)
    var upper = [[Int]](repeating: [0, 0, 0], count: sizes.count)
    runs.walk { start, row in
      let (z, y) = (start / map.shape[2]).quotientAndRemainder(dividingBy: map.shape[1])
      for run in row {
        let component = components[run.name]
        let (first, end) = ([z, y, run.voxels.lowerBound], [z + 1, y + 1, run.voxels.upperBound])
        for axis in 0..<3 {
          lower[component][axis] = min(lower[component][axis], first[axis])
          upper[component][axis] = max(upper[component][axis], end[axis])
        }
      }
    }
    return zip(lower, upper).map { Box(lower: $0, upper: $1) }
  }
}

/// Names that turn out to mean the same (union-find).
struct JoinedNames {
  private var parents: [Int] = []

  mutating func append() { parents.append(parents.count) }

  mutating func join(_ a: Int, _ b: Int) {
    let (first, second) = (first(a), first(b))
    parents[max(first, second)] = min(first, second)
  }

  /// The first of the names that mean the same as this one.
  mutating func first(_ name: Int) -> Int {
    var name = name
    while parents[name] != name {
      parents[name] = parents[parents[name]]
      name = parents[name]
    }
    return name
  }
}

extension LabelMap {
  /// Keeps the largest component that some labels form together, and all others as large; turns the rest
  /// of these labels into background, in place.
  ///
  /// nnU-Net's post-processing: v2 `remove_all_but_largest_component_from_segmentation` with `.all`, v1
  /// `remove_all_but_the_largest_connected_component` with `.faces`.
  ///
  /// - Parameters:
  ///   - labels: that count as one.
  ///   - minimum: of v1's `min_valid_object_sizes`: components of at least that volume are kept too;
  ///     with the volume of a voxel in the same unit, mm³.
  /// - Returns: how many voxels were removed.
  @discardableResult
  package func keepLargestComponent(
    of labels: Set<Int>, _ connectivity: Connectivity,
    minimum: (volume: Double, voxel: Double)? = nil
  ) -> Int {
    let components = Components(of: labels, in: self, connectivity)
    let largest = components.sizes.max() ?? 0
    return components.remove { size in
      guard size < largest else { return false }
      guard let minimum else { return true }
      return Double(size) * minimum.voxel < minimum.volume
    }
  }
}
