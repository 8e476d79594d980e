import NNXImage
import NNXModel
import NNXTensor

extension Recipe.Operation {
  /// The map that a step on labels makes.
  ///
  /// - Parameters:
  ///   - maps: of the steps before, by name.
  ///   - images: by channel, where they are above their smallest value, for the channels of
  ///     `clearMinimum`.
  ///   - spacing: of the maps, mm, `(z, y, x)`.
  ///   - head: the axis of the maps along which feet and head lie.
  func labels(
    from maps: [String: LabelMap], images: [Int: LabelMap], spacing: [Double], head: Int,
    threads: Threads
  ) -> LabelMap {
    func map(_ name: String) -> LabelMap {
      guard let map = maps[name] else { preconditionFailure("no step '\(name)'") }
      return map
    }
    switch self {
    case .run, .vote, .prepare, .back, .discs, .nameSpine:
      preconditionFailure("not a step on labels alone")
    case .select(let of, let changes):
      return map(of).selecting(changes.map(LabelChange.init))
    case .keepLargest(let of, let largest):
      return map(of).keepingLargest(
        .init(
          count: largest.count, minimumVoxels: largest.minimumVoxels,
          secondAbove: largest.secondAbove, connectivity: Connectivity(largest.connectivity)),
        of: LabelSet(largest.labels), each: largest.each)
    case .mask(let of, let by, let labels):
      return map(of).masked(by: map(by), LabelSet(labels))
    case .overlay(let of, let over):
      return map(of).overlaid(on: map(over))
    case .relabelSmall(let of, let small):
      return map(of).relabellingSmall(
        of: LabelSet(small.labels), below: small.below,
        small.measure == .inPlane ? .inPlane : .volume, to: small.to,
        Connectivity(small.connectivity), spacing: spacing)
    case .crop(let of, let around, let labels, let margin):
      return map(of).clearedOutside(
        map(around), LabelSet(labels), margin: margin, spacing: spacing)
    case .clearMinimum(let of, let channel):
      guard let image = images[channel] else { preconditionFailure("no channel \(channel)") }
      return map(of).masked(by: image, .foreground)
    case .merge(let parts):
      let largest = parts.flatMap(\.to).max() ?? 0
      let result = LabelMap(map(parts[0].of).shape, largestLabel: largest)
      for part in parts { result.lay(map(part.of), part.to, threads: threads) }
      return result
    case .keep(let of, let labels):
      return map(of).keeping(LabelSet(labels))
    case .clearSmall(let of, let speck):
      return map(of).clearingSmall(
        of: LabelSet(speck.labels), upTo: speck.upTo, Connectivity(speck.connectivity),
        spacing: spacing)
    case .slab(let of, let around, let labels):
      return map(of).clearedOutside(map(around), LabelSet(labels), along: head)
    }
  }
}

extension LabelSet {
  init(_ selection: Recipe.Selection) {
    switch selection {
    case .foreground: self = .foreground
    case .values(let values): self = .values(Set(values))
    }
  }
}

extension LabelChange {
  init(_ change: Recipe.Change) {
    self.init(from: LabelSet(change.from), to: change.to)
  }
}

extension Connectivity {
  init(_ connectivity: ComponentRule.Connectivity) {
    self = connectivity == .faces ? .faces : .all
  }
}
