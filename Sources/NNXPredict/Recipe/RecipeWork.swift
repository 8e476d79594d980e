import NNXImage
import NNXModel
import NNXTensor

/// What the steps of a recipe have made so far, for one case.
struct RecipeWork {
  /// By the name of the step; on the images' grid, or on that of a prepared image.
  private(set) var maps: [String: LabelMap] = [:]
  /// Of the images.
  let shape: [Int]
  /// For the channels of `clearMinimum`: where they are above their smallest value.
  private var covered: [Int: LabelMap] = [:]
  /// Spacings of the prepared images, and how labels come back from their grids.
  private var grids: [String: (spacing: [Double], back: PreparedImage.Return)] = [:]
  /// What networks see of them.
  private var pictures: [String: [[Image]]] = [:]
  private var pieces: [String: Pieces] = [:]
  /// The prepared images, whole.
  private var images: [String: Image] = [:]
  /// On the images' grid.
  private(set) var soft: [(kind: ResultFile, map: Tensor)] = []
  /// A voxel for each disc, on the images' grid, and discs that are not counted.
  private(set) var levels: (points: LabelMap, missing: [Int])?
  /// The step whose probabilities of canal and cord are wanted, and these, `(classes, z, y, x)`.
  private let softStep: String?
  private var probabilities: Tensor?
  /// The prepared images on whose grids maps lie.
  private var places: [String: String] = [:]
  /// The step whose discs are wanted as levels.
  private let levelStep: String?
  private let spacing: [Double]
  /// The images' axis along which feet and head lie, where images are prepared.
  private var head = 0
  private let tools: RunTools

  init(_ recipe: Recipe, _ images: [Image], _ tools: RunTools) throws {
    (shape, spacing) = (images[0].geometry.shape, images[0].geometry.spacing)
    self.tools = tools
    softStep = tools.softMaps ? recipe.firstSpineNetwork : nil
    levelStep = tools.spineLevels ? recipe.firstSpineNetwork : nil
    for step in recipe.steps {
      guard case .clearMinimum(_, let channel) = step.operation, covered[channel] == nil else {
        continue
      }
      covered[channel] = LabelMap(aboveMinimumOf: images[channel].voxels)
    }
  }

  /// - Returns: whether there is something to go on with: a box around labels that are not there ends the work,
  ///   and nothing is the result.
  mutating func carryOut(_ step: Recipe.Step, _ run: inout CaseRun) throws -> Bool {
    switch step.operation {
    case .prepare(let prepare):
      let found = try prepareImage(step.name, prepare, run.images[0])
      tools.watch.lap("recipe")
      return found
    case .run(let network):
      if let on = network.on {
        places[step.name] = on
        guard let parts = pictures[on], let pieces = pieces[on] else {
          preconditionFailure("no prepared image '\(on)'")
        }
        var found: Tensor?
        let labels = try run.labels(
          on: parts, postprocessed: network.postprocessing,
          onScores: step.name == softStep ? { found = try $0.probabilities(from: $1) } : nil)
        if let found { probabilities = found }
        maps[step.name] = pieces.joined(labels)
      } else {
        maps[step.name] = try step.operation.labels(of: try run.next())
      }
    case .nameSpine(let of, let network):
      guard let map = maps[of] else { preconditionFailure("no step '\(of)'") }
      let grid = places[of].flatMap { grids[$0]?.back }
      let localizer = try grid.flatMap { try tools.localizer?($0.labelGrid) }
      let named = try map.namingSpine(network: network, localizer: localizer)
      if let grid, of == softStep { keepSoft(named, grid) }
      if let grid, of == levelStep {
        let (points, missing) = try named.spineLevels(spacing: grid.fileSpacing)
        levels = (grid.points(points, threads: tools.threads), missing)
      }
      maps[step.name] = named
      places[step.name] = places[of]
      tools.watch.lap("recipe")
    case .discs(let discs):
      try addDiscs(step.name, discs)
      tools.watch.lap("recipe")
    case .vote:
      maps[step.name] = try step.operation.labels(of: try run.next())
    case .back(let of):
      guard let map = maps[of], let grid = places[of].flatMap({ grids[$0] }) else {
        preconditionFailure("no prepared image for '\(of)'")
      }
      maps[step.name] = grid.back.labels(map, threads: tools.threads)
      tools.watch.lap("recipe")
    default:
      let place = step.operation.inputs.first.flatMap { places[$0] }
      places[step.name] = place
      let own = place.flatMap { grids[$0]?.spacing } ?? spacing
      maps[step.name] = step.operation.labels(
        from: maps, images: covered, spacing: own, head: head, threads: tools.threads)
      tools.watch.lap("recipe")
    }
    return true
  }

  /// - Returns: whether there is a box to cut to.
  private mutating func prepareImage(
    _ name: String, _ prepare: Recipe.Prepare, _ image: Image
  ) throws -> Bool {
    let settings = PreparedImage.Settings(prepare)
    let place = try PatientPlace(image, settings)
    head = place.orientation.axes[0]
    var box: Box?
    if let around = prepare.around {
      guard var found = maps[around.of]?.box(of: LabelSet(around.labels)) else { return false }
      if around.isAlongHead {
        for axis in 0..<3 where axis != head {
          (found.lower[axis], found.upper[axis]) = (0, shape[axis])
        }
      }
      box = found.widened(by: around.margin, place.spacing, in: shape)
    }
    let prepared = try PreparedImage(image, settings, in: box, threads: tools.threads)
    try tools.prepared?(name, prepared.image)
    grids[name] = (prepared.image.geometry.spacing, prepared.back)
    let parts = try Pieces(prepare.pieces, prepared.image.geometry.shape)
    (pieces[name], pictures[name]) = (parts, parts.parts(prepared.image).map { [$0] })
    images[name] = prepared.image
    return true
  }

  /// The image in the box around a spine, and every second of its discs.
  private mutating func addDiscs(_ name: String, _ discs: Recipe.Discs) throws {
    guard let map = maps[discs.by], let image = images[discs.of], let grid = grids[discs.of],
      let found = map.box(of: .foreground)
    else { preconditionFailure("no spine in '\(discs.by)'") }
    let box = Box(
      lower: found.lower.map { max(0, $0 - discs.margin) },
      upper: zip(found.upper, map.shape).map { min($0 + discs.margin, $1) })
    let part = map.cropped(to: box)
    let geometry = image.geometry.fileGrid(of: box)
    let channels = [image.voxels.cropped(to: box), part.everySecondDisc].map {
      Image(voxels: $0, geometry: geometry, header: image.header)
    }
    for (number, channel) in channels.enumerated() {
      try tools.prepared?("\(name)-\(number)", channel)
    }
    grids[name] = (grid.spacing, grid.back.from(box, of: map.shape))
    (pieces[name], pictures[name]) = (try Pieces(nil, box.shape), [channels])
  }

  /// Regions 8 and 9 of the first network are canal and cord; outside of their labels and a voxel more there is 0.
  private mutating func keepSoft(_ named: LabelMap, _ back: PreparedImage.Return) {
    guard let all = probabilities else { return }
    probabilities = nil
    let kinds: [(ResultFile, Int, Set<Int>)] = [(.canal, 7, [1, 2]), (.cord, 8, [1])]
    for (kind, channel, labels) in kinds {
      let map = named.softMap(all, channel: channel, near: .values(labels))
      soft.append((kind, back.soft(map, threads: tools.threads)))
    }
  }

  /// Gives back the memory of what no later step needs.
  mutating func forget(
    besides step: Recipe.Step, before later: ArraySlice<Recipe.Step>, _ run: inout CaseRun
  ) {
    let needed = Set(later.flatMap(\.operation.inputs))
    maps = maps.filter { needed.contains($0.key) || $0.key == step.name }
    pictures = pictures.filter { needed.contains($0.key) }
    images = images.filter { needed.contains($0.key) }
    let needsImages = later.contains { step in
      switch step.operation {
      case .prepare: true
      case .run(let network), .vote(let network, _, _): network.on == nil
      default: false
      }
    }
    if !needsImages { run.releaseImages() }
  }
}

extension Box {
  /// Widened on each side by whole voxels of a margin, and cut to a grid.
  ///
  /// - Parameters:
  ///   - margin: mm.
  ///   - spacing: mm, `(z, y, x)`.
  func widened(by margin: Double, _ spacing: [Double], in shape: [Int]) -> Box {
    let steps = spacing.indices.map { axis in
      Int(min(margin / spacing[axis], Double(shape[axis])).rounded(.towardZero))
    }
    return Box(
      lower: (0..<3).map { max(0, lower[$0] - steps[$0]) },
      upper: (0..<3).map { min(shape[$0], upper[$0] + steps[$0]) })
  }
}

extension PreparedImage.Settings {
  init(_ prepare: Recipe.Prepare) {
    let method: Method =
      switch prepare.method {
      case .zoom:
        .zoom(
          order: prepare.order, prepare.edge == .nearest ? .nearest : .constant,
          truncatesAlways: prepare.truncatesAlways)
      case .bSpline: .bSpline
      case .linear: .linear
      }
    self.init(
      spacing: prepare.spacing.map { Array($0.reversed()) }, method,
      isITK: prepare.reader == .itk, isLPS: prepare.axes == .lps)
  }
}
