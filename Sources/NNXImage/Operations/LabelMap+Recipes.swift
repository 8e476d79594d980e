import NNXSystem
import NNXTensor

/// The steps of recipes: each makes a new map.
extension LabelMap {
  /// Labels renamed; those that no change names become background, later changes win.
  package func selecting(_ changes: [LabelChange]) -> LabelMap {
    var names = [Int](repeating: 0, count: 65536)
    for change in changes {
      for (label, isMeant) in change.from.table.enumerated() where isMeant {
        names[label] = change.to
      }
    }
    let result = LabelMap(shape, largestLabel: changes.map(\.to).max() ?? 0)
    for index in 0..<count { result[index] = names[self[index]] }
    return result
  }

  /// Which components stay.
  package struct LargestRule: Equatable, Sendable {
    /// At most; of components equally large, the first in the order of voxels.
    package var count: Int
    /// Components of fewer voxels go in any case.
    package var minimumVoxels: Int
    /// From the second on, only components larger than this share of the largest stay.
    package var secondAbove: Double
    package var connectivity: Connectivity

    package init(
      count: Int, minimumVoxels: Int = 0, secondAbove: Double = 0, connectivity: Connectivity
    ) {
      self.count = count
      self.minimumVoxels = minimumVoxels
      self.secondAbove = secondAbove
      self.connectivity = connectivity
    }

    /// - Parameter sizes: of components, in the order of their first voxels.
    func kept(_ sizes: [Int]) -> Set<Int> {
      let ranks = sizes.indices.sorted { (-sizes[$0], $0) < (-sizes[$1], $1) }
      guard let first = ranks.first else { return [] }
      let limit = secondAbove * Double(sizes[first])
      let kept = ranks.prefix(count).filter { component in
        sizes[component] >= minimumVoxels
          && (component == first || secondAbove == 0 || Double(sizes[component]) > limit)
      }
      return Set(kept)
    }
  }

  /// Keeps the largest components of some labels, which count as one; other labels stay as they are.
  ///
  /// - Parameter each: whether the components of each label are ranked by themselves instead.
  package func keepingLargest(
    _ rule: LargestRule, of labels: LabelSet, each: Bool = false
  ) -> LabelMap {
    let result = copy()
    let present = present(labels)
    for group in each ? present.sorted().map({ [$0] }) : [present] {
      let components = Components(of: group, in: self, rule.connectivity)
      let kept = rule.kept(components.sizes)
      components.paint(0, in: result) { !kept.contains($0) }
    }
    return result
  }

  /// Background outside of some labels of another map of the same shape.
  package func masked(by other: LabelMap, _ labels: LabelSet) -> LabelMap {
    precondition(other.shape == shape)
    let result = copy()
    let table = labels.table
    for index in 0..<count where !table[other[index]] { result[index] = 0 }
    return result
  }

  /// 1 where an image is above its smallest value, else background.
  ///
  /// - Parameter image: finite voxels, `(z, y, x)`.
  package convenience init(aboveMinimumOf image: Tensor) {
    self.init(image.shape, largestLabel: 1)
    image.withSpan { voxels in
      var least = Float.infinity
      for index in voxels.indices { least = min(least, voxels[index]) }
      for index in voxels.indices where voxels[index] > least { self[index] = 1 }
    }
  }

  /// These labels over those of another map of the same shape.
  package func overlaid(on other: LabelMap) -> LabelMap {
    precondition(other.shape == shape)
    let result = other.copy(holding: isWide ? 65535 : 0)
    for index in 0..<count where self[index] != 0 { result[index] = self[index] }
    return result
  }

  /// How large a component is.
  package enum Measure: Sendable {
    /// The longer side of its bounding box within the slice, in mm.
    case inPlane
    /// Its volume in mm³.
    case volume
  }

  /// Gives components that are smaller than a limit another label.
  ///
  /// - Parameters:
  ///   - labels: that count as one.
  ///   - limit: components of exactly that size stay.
  ///   - spacing: mm, `(z, y, x)`.
  package func relabellingSmall(
    of labels: LabelSet, below limit: Double, _ measure: Measure, to label: Int,
    _ connectivity: Connectivity, spacing: [Double]
  ) -> LabelMap {
    let result = copy(holding: label)
    let components = Components(of: present(labels), in: self, connectivity)
    let sizes: [Double] =
      switch measure {
      case .inPlane: components.boxes.map { $0.sideInPlane(spacing) }
      case .volume: components.sizes.map { Double($0) * spacing.reduce(1, *) }
      }
    components.paint(label, in: result) { sizes[$0] < limit }
    return result
  }

  /// Background outside of the box around some labels of another map of the same shape.
  ///
  /// - Parameters:
  ///   - margin: by which the box is widened on each side, in mm; parts of voxels count as one.
  ///   - spacing: mm, `(z, y, x)`.
  package func clearedOutside(
    _ other: LabelMap, _ labels: LabelSet, margin: Double, spacing: [Double]
  ) -> LabelMap {
    precondition(other.shape == shape)
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    guard let around = Components(of: other.present(labels), in: other, .faces).box else {
      return result
    }
    // No box is widened by more than the map.
    let steps = (0..<3).map {
      Int(saturating: min(margin / spacing[$0], Double(shape[$0])).rounded(.up))
    }
    let box = Box(
      lower: (0..<3).map { max(0, around.lower[$0] - steps[$0]) },
      upper: (0..<3).map { min(shape[$0], around.upper[$0] + steps[$0]) })
    result.paste(cropped(to: box), into: box)
    return result
  }
}

extension Box {
  /// The longer of the two sides within the slice, in mm: `max_planar_dimension` in MHub's
  /// BamfProcessorRunner for lung2-ct, whose slice is across z where x and y alone share a spacing,
  /// across x where y and z alone do, else across y; then z's spacing counts for both sides.
  ///
  /// - Parameter spacing: mm, `(z, y, x)`.
  func sideInPlane(_ spacing: [Double]) -> Double {
    let (z, y, x) = (spacing[0], spacing[1], spacing[2])
    if x == y, y != z { return x * Double(max(shape[1], shape[2])) }
    if x != y, y == z { return y * Double(max(shape[0], shape[1])) }
    return z * Double(max(shape[0], shape[2]))
  }
}
