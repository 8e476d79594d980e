extension Labels {
  /// The regions, in the order of the logits' channels, each with the values of its voxels in a
  /// segmentation; none for exclusive labels.
  ///
  /// nnU-Net writes `regionsClassOrder[i]` where region `i` is on, later ones over earlier ones, and
  /// evaluates a region as the union of its values (`region_or_label_to_mask` of
  /// nnunetv2/evaluation/evaluate_predictions.py).
  package var writtenRegions: [Entry] {
    zip(regionsClassOrder ?? [], regions).map { value, region in
      let values = Set(region.values).union([value]).filter { $0 > 0 && $0 != ignore }
      return Entry(name: region.name, values: values.sorted())
    }
  }

  /// What each written value of a region model stands for: its region without the regions that are
  /// written over it, as in `whole without core`.
  var writtenParts: [Written] {
    let regions = writtenRegions
    var parts: [Written] = []
    for (index, value) in (regionsClassOrder ?? []).enumerated() where index < regions.count {
      let name = partName(of: index, regions)
      if let known = parts.firstIndex(where: { $0.value == value }) {
        parts[known].name += " or \(name)"
      } else {
        parts.append(Written(value: value, name: name))
      }
    }
    return parts
  }

  private func partName(of index: Int, _ regions: [Entry]) -> String {
    let own = regions[index]
    let over = regions.dropFirst(index + 1).filter { !Set($0.values).isDisjoint(with: own.values) }
    let largest = over.filter { region in
      !over.contains { Set(region.values).isStrictSubset(of: $0.values) }
    }
    guard !largest.isEmpty else { return own.name }
    return own.name + " without " + largest.map(\.name).joined(separator: " and ")
  }
}
