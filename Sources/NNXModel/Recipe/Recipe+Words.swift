extension Recipe {
  /// The steps in words, one line each: `lungs: of votes, the 2 largest components of the foreground`.
  package var words: [String] {
    steps.count == 1
      ? [steps[0].operation.words] : steps.map { "\($0.name): \($0.operation.words)" }
  }
}

extension Recipe.Operation {
  fileprivate var words: String {
    switch self {
    case .run(let run):
      "nnU-Net's own labels by \(run.words)"
    case .vote(let run, let share, let labels):
      "\(run.words), each fold by itself; where at least \(percent(share)) of them agree, "
        + labels.map(\.words).joined(separator: ", then ")
    case .select(let of, let labels):
      "of \(of), " + labels.map(\.words).joined(separator: ", then ") + ", the rest to 0"
    case .keepLargest(let of, let largest):
      "of \(of), \(largest.words)"
    case .mask(let of, let by, let labels):
      "\(of) inside \(labels == .foreground ? by : "\(labels.words) of \(by)"), the rest to 0"
    case .overlay(let of, let over):
      "\(of) over \(over)"
    case .relabelSmall(let of, let small):
      "of \(of), \(small.words)"
    case .crop(let of, let around, let labels, let margin):
      "\(of) in the box around "
        + (labels == .foreground ? around : "\(labels.words) of \(around)")
        + (margin > 0 ? " and \(plain(margin)) mm more" : "") + ", the rest to 0"
    case .clearMinimum(let of, let channel):
      "\(of), to 0 where image \(channel) has its smallest value"
    case .prepare(let prepare): prepare.words
    case .merge(let parts):
      "labels of " + parts.map(\.of).joined(separator: ", ") + " together, the last wins"
    case .keep(let of, let labels):
      "\(labels.words) of \(of), the rest to 0"
    case .clearSmall(let of, let speck):
      "of \(of), components of each of \(speck.labels.words) up to \(plain(speck.upTo)) mm³ to 0"
        + " (joined by \(speck.connectivity.words))"
    case .back(let of): "\(of) on the image's grid (nearest)"
    case .nameSpine(let of, let network):
      "of \(of), TotalSpineSeg's names for the classes of its \(network == 1 ? "first" : "second") network"
    case .discs(let discs):
      "\(discs.of) in the box around \(discs.by) and \(discs.margin) voxels more, and every second disc of it"
    case .slab(let of, let around, let labels):
      "\(of) in the planes of \(labels.words) of \(around), from feet to head; all of it where there are none"
    }
  }
}

extension Recipe.Run {
  fileprivate var words: String {
    var words = weights
    if let folds { words += ", folds \(folds.map(String.init).joined(separator: " "))" }
    if let on { words += ", on \(on)" }
    if let tileStep { words += ", tile step \(plain(tileStep))" }
    return words + (mirroring ? "" : " without mirroring")
  }
}

extension Recipe.Prepare {
  fileprivate var words: String {
    var words = "the image"
    if let around {
      words += around.isAlongHead ? " in the planes of " : " in the box around "
      words += "\(around.labels.words) of \(around.of)"
      if around.margin > 0 { words += " and \(plain(around.margin)) mm more" }
    }
    words += axes == .ras ? " in the patient's axes" : " in the axes left, back, head"
    if takesNetworksSpacing { words += " at the network's spacing (cubic B-spline, ITK's)" }
    guard let spacing else { return words }
    let lengths =
      Set(spacing).count == 1 ? plain(spacing[0]) : spacing.map(plain).joined(separator: " x ")
    if method == .bSpline { return words + " at \(lengths) mm (cubic B-spline, ITK's)" }
    if method == .linear { return words + " at \(lengths) mm (linear, ITK's)" }
    return words + " at \(lengths) mm (order \(order), \(edge.rawValue), integers)"
  }
}

extension Recipe.Selection {
  fileprivate var words: String {
    switch self {
    case .foreground: "the foreground"
    case .values(let values):
      (values.count == 1 ? "label " : "labels ") + values.map(String.init).joined(separator: ", ")
    }
  }
}

extension Recipe.Change {
  fileprivate var words: String { "\(from.words) to \(to)" }
}

extension Recipe.Largest {
  fileprivate var words: String {
    var words = count == 1 ? "the largest component of " : "the \(count) largest components of "
    words += each ? "each of \(labels.words)" : labels.words
    if minimumVoxels > 0 { words += " with at least \(minimumVoxels) voxels" }
    if secondAbove > 0 {
      words += count == 2 ? ", the second" : ", from the second on"
      words += " only above \(percent(secondAbove)) of the largest"
    }
    return words + " (joined by \(connectivity.words))"
  }
}

extension Recipe.Small {
  fileprivate var words: String {
    let size =
      switch measure {
      case .inPlane: "\(plain(below)) mm in the slice"
      case .volume: "\(plain(below)) mm³"
      }
    return "components of \(labels.words) below \(size) to \(to) (joined by \(connectivity.words))"
  }
}

extension ComponentRule.Connectivity {
  fileprivate var words: String {
    switch self {
    case .faces: "faces"
    case .all: "faces, edges and corners"
    }
  }
}

private func percent(_ share: Double) -> String { plain((share * 1e8).rounded() / 1e6) + " %" }

/// Without a fraction where there is none.
private func plain(_ number: Double) -> String {
  Int(exactly: number).map(String.init) ?? "\(number)"
}
