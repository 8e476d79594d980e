import NNXSystem

/// What a publisher does around its networks, as data: named steps, each of which makes a label map
/// of the networks or of the steps before it (docs/recipes.md).
///
/// The last step's map is the result, on the grid of the images. Steps of the kind `prepare` make images that
/// networks run on instead of the given ones; maps lie on the grid of theirs until a step brings them back.
package struct Recipe: Equatable, Sendable {
  /// Whose practice it is.
  package var statedBy: String
  /// At least one; the names are unique, and each step uses earlier ones only.
  package var steps: [Step]
  /// What was chosen where sources disagree, and why.
  package var note: String?
  /// Other lists of steps for the same labels, such as coarser and faster ones.
  var variants: [Variant] = []
  /// What is done first where only some labels are asked for.
  var subset: Subset?
  /// Whose files the results look like.
  package var files: Form?
  /// Whether the publisher's program writes the image inside of its labels, too.
  package var masksImage = false
  /// What it derives of the labels where each structure has a file of its own.
  package var masks: [Mask] = []
  /// Values that the result may hold, ascending, without background.
  package var labels: [Int]
  /// The recipe as it stands in the registry.
  package var json: OrderedJSON

  package struct Step: Equatable, Sendable {
    /// By which later steps refer to its map.
    package var name: String
    package var operation: Operation
  }

  package enum Operation: Equatable, Sendable {
    /// nnU-Net's own labels: the mean of the folds' scores.
    case run(Run)
    /// Each fold predicts by itself; where at least the share `atLeast` of them gives one of a change's
    /// labels, the change is written, in the order given, later ones over earlier ones.
    case vote(Run, atLeast: Double, labels: [Change])
    /// Labels renamed, all others dropped; later changes win over earlier ones.
    case select(of: String, labels: [Change])
    case keepLargest(of: String, Largest)
    /// What lies outside of some labels of another map becomes background.
    case mask(of: String, by: String, labels: Selection)
    /// One map's labels over another's.
    case overlay(of: String, over: String)
    case relabelSmall(of: String, Small)
    /// What lies outside of the box around some labels of another map, widened by a margin in mm,
    /// becomes background.
    case crop(of: String, around: String, labels: Selection, margin: Double)
    /// Where a channel of the image has its smallest value, as outside of what was resampled onto its
    /// grid, becomes background.
    case clearMinimum(of: String, channel: Int)
    /// An image for networks, no map: cut, turned and resampled.
    case prepare(Prepare)
    /// Labels of several maps renamed and laid over each other; where several have one the last wins.
    case merge([Part])
    /// Some labels of a map; the others become background.
    case keep(of: String, labels: Selection)
    case clearSmall(of: String, Speck)
    /// A map of a prepared image on the grid of the images.
    case back(of: String)
    /// The classes of TotalSpineSeg's first or second network by their names: its largest piece, discs and vertebrae
    /// counted along the canal, the canal filled.
    case nameSpine(of: String, network: Int)
    case discs(Discs)
    /// A map in the planes between the first and the last of some labels of another along the axis of feet and
    /// head; all of it where the other has none of them.
    case slab(of: String, around: String, labels: Selection)
  }

  /// A set of weights to run.
  package struct Run: Equatable, Sendable {
    /// Id of the set.
    package var weights: String
    /// Numbers of the folds; all when `nil`.
    package var folds: [Int]?
    /// Whether predictions of mirrored images are averaged, as nnU-Net does by default.
    package var mirroring: Bool
    /// Whether what v1's `nnUNet_predict` does to every label map is done: the rules of
    /// postprocessing.json, where one was published. v2 does nothing by itself.
    package var postprocessing: Bool
    /// Which weights of a fold are taken where they are there: `best`.
    package var checkpoint: String?
    /// The prepared image that it runs on; the given ones when `nil`.
    package var on: String?
    /// Distance of tiles as a share of the patch; nnU-Net's own when `nil`.
    package var tileStep: Double?
  }

  /// Labels of a map.
  package enum Selection: Equatable, Sendable {
    /// All but background.
    case foreground
    /// Ascending.
    case values([Int])
  }

  /// Labels that become one.
  package struct Change: Equatable, Sendable {
    package var from: Selection
    package var to: Int
  }

  /// The largest components of some labels, which count as one unless `each`; the other labels stay as
  /// they are.
  package struct Largest: Equatable, Sendable {
    package var labels: Selection
    /// Whether the components of each label are ranked by themselves.
    package var each: Bool
    /// How many stay at most; of components equally large, the first in the order of voxels (z, y, x).
    package var count: Int
    /// Smaller components go in any case; voxels.
    package var minimumVoxels: Int
    /// From the second on, only those larger than this share of the largest; 0: all.
    package var secondAbove: Double
    package var connectivity: ComponentRule.Connectivity
  }

  /// Components of some labels, which count as one, that are too small and become another label.
  package struct Small: Equatable, Sendable {
    package enum Measure: String, Word {
      /// The longer side of the bounding box within the slice, in mm: `max_planar_dimension` of MHub's
      /// processor for lung2-ct. The slice is across z where x and y alone share a spacing, across x
      /// where y and z alone do, else across y, and then z's spacing counts for both sides.
      case inPlane = "mm in plane"
      /// The volume, in mm³.
      case volume = "mm3"
    }

    package var labels: Selection
    package var below: Double
    package var measure: Measure
    /// What they become; 0: background.
    package var to: Int
    package var connectivity: ComponentRule.Connectivity
  }
}

extension Recipe.Operation {
  /// The network that the step runs; `nil` for steps on labels.
  package var run: Recipe.Run? {
    switch self {
    case .run(let run), .vote(let run, _, _): run
    default: nil
    }
  }

  /// The steps whose maps it uses.
  package var inputs: [String] {
    switch self {
    case .run(let run), .vote(let run, _, _): run.on.map { [$0] } ?? []
    case .select(let of, _), .keepLargest(let of, _), .relabelSmall(let of, _),
      .clearMinimum(let of, _):
      [of]
    case .prepare(let prepare): prepare.around.map { [$0.of] } ?? []
    case .merge(let parts): parts.map(\.of)
    case .keep(let of, _), .clearSmall(let of, _), .back(let of), .nameSpine(let of, _): [of]
    case .discs(let discs): [discs.of, discs.by]
    case .mask(let of, let other, _), .overlay(let of, let other), .crop(let of, let other, _, _),
      .slab(let of, let other, _):
      [of, other]
    }
  }
}

extension Recipe {
  /// Ids of the sets of weights that it runs, each once, in order.
  package var weights: [String] {
    var seen: Set<String> = []
    return steps.compactMap(\.operation.run?.weights).filter { seen.insert($0).inserted }
  }

  /// The labels of a set of weights that its steps name, ascending: the network has to write them.
  package func labels(of weights: String) -> [Int] {
    var names: Set<String> = []
    var values: Set<Int> = []
    func note(_ selection: Selection) {
      if case .values(let some) = selection { values.formUnion(some) }
    }
    for step in steps {
      if step.operation.run?.weights == weights {
        if case .vote(_, _, let labels) = step.operation {
          for change in labels { note(change.from) }
        } else {
          names.insert(step.name)
        }
      }
      switch step.operation {
      case .run, .vote, .overlay, .clearMinimum, .prepare, .back, .nameSpine, .discs: break
      case .merge(let parts):
        for part in parts where names.contains(part.of) {
          values.formUnion(part.to.indices.filter { part.to[$0] > 0 }.map { $0 + 1 })
        }
      case .keep(let of, let labels) where names.contains(of): note(labels)
      case .clearSmall(let of, let speck) where names.contains(of): note(speck.labels)
      case .select(let of, let labels) where names.contains(of):
        for change in labels { note(change.from) }
      case .keepLargest(let of, let largest) where names.contains(of): note(largest.labels)
      case .relabelSmall(let of, let small) where names.contains(of): note(small.labels)
      case .mask(_, let by, let labels) where names.contains(by): note(labels)
      case .crop(_, let around, let labels, _) where names.contains(around): note(labels)
      case .slab(_, let around, let labels) where names.contains(around): note(labels)
      case .select, .keepLargest, .relabelSmall, .mask, .crop, .keep, .clearSmall, .slab: break
      }
    }
    return values.sorted()
  }
}
