import NNXSystem

extension NRRDHeader {
  /// The grid and its place in the patient, and what is odd about them; as ITK 5.4 has it
  /// (NrrdImageIO::ReadImageInformation).
  ///
  /// - Throws: `broken-image` for what contradicts itself or is no number; `geometry` when the axes do
  ///   not span space.
  func geometry(path: String) throws(NNXError) -> (geometry: Geometry, remarks: [String]) {
    let extents = try integers("sizes", path: path)
    guard extents.allSatisfy({ $0 > 0 && $0 <= Int(Int32.max) }) else {
      throw .badHeader(path, "its sizes are \(list(extents))")
    }
    try checkSpace(path: path)
    let (geometry, remarks) =
      value("spacedirections") == nil
      ? try unplaced(extents, path: path) : try placed(extents, path: path)
    try GridBounds.check(origin: geometry.origin, path: path)
    return (geometry, remarks + unitRemarks)
  }

  /// As teem has it: a space is named by its word or by its number of axes, and space directions need one.
  private func checkSpace(path: String) throws(NNXError) {
    let isPlaced = value("spacedirections") != nil
    let (space, dimension) = (value("space"), value("spacedimension"))
    guard space == nil || dimension == nil else {
      throw .badHeader(path, "it has both fields 'space' and 'space dimension'")
    }
    guard isPlaced || (space == nil && dimension == nil) else {
      throw .badHeader(path, "it names a space and has no space directions")
    }
    guard !isPlaced || space != nil || dimension != nil else {
      throw .badHeader(path, "it has space directions and no field 'space'")
    }
    if let space, !NRRDHeader.spaces.contains(space.lowercased()) {
      throw .badHeader(path, "NRRD has no space '\(space.prefix(60))'")
    }
    if let dimension, dimension != "\(axes)" {
      throw .badHeader(path, "its space dimension is '\(dimension.prefix(60))', not \(axes)")
    }
    // Axes that have a direction have no spacing of their own.
    guard isPlaced, value("spacings") != nil else { return }
    guard try numbers("spacings", path: path).allSatisfy(\.isNaN) else {
      throw .badHeader(path, "it has both fields 'spacings' and 'space directions'")
    }
  }

  /// After nrrd/enumsNrrd.c of teem.
  private static let spaces: Set = {
    let spatial = [
      "right-anterior-superior", "left-anterior-superior", "left-posterior-superior",
      "scanner-xyz", "3d-right-handed", "3d-left-handed",
    ]
    return Set(
      spatial + spatial.map { $0 + "-time" } + ["ras", "las", "lps", "rast", "last", "lpst"])
  }()

  /// ITK reads no unit: whatever the numbers are, they count as mm.
  private var unitRemarks: [String] {
    for name in ["spaceunits", "units"] {
      guard let units = value(name) else { continue }
      let words = units.split(separator: "\"").map { $0.trimmed.lowercased() }.filter {
        !$0.isEmpty
      }
      let unknown: Set = ["mm", "millimeter", "millimeters", "millimetre", "millimetres", "???"]
      guard let other = words.first(where: { !unknown.contains($0) }) else { continue }
      return [GridBounds.ignored(unit: String(other.prefix(20)), by: "ITK")]
    }
    return []
  }

  private func placed(
    _ extents: [Int], path: String
  ) throws(NNXError) -> (geometry: Geometry, remarks: [String]) {
    let directions = try vectors("spacedirections", path: path)
    guard directions.count == axes, directions.allSatisfy({ $0.count == axes }) else {
      throw .badHeader(path, "its space directions are not \(axes) vectors of \(axes) numbers")
    }
    let origin = try value("spaceorigin").map { (_) throws(NNXError) -> [Double] in
      let vectors = try self.vectors("spaceorigin", path: path)
      guard vectors.count == 1, vectors[0].count == axes else {
        throw .badHeader(path, "its space origin is not one vector of \(axes) numbers")
      }
      return vectors[0]
    }
    let spacing = directions.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    try GridBounds.check(spacing: spacing, extents: extents, "space directions", path: path)
    let (signs, isKnown) = signsToLPS
    let geometry = Geometry(
      extents: extents, spacing: spacing,
      origin: zip(signs, origin ?? .init(repeating: 0, count: axes)).map { $0 * $1 + 0 },
      direction: (0..<axes).map { row in
        zip(directions, spacing).map { signs[row] * ($0[row] / $1) + 0 }
      })
    guard spansSpace(geometry.direction) else {
      throw NNXError(
        .geometry, "\(path) does not say where its voxels lie in the patient",
        details: ["space directions: \(value("spacedirections") ?? "")"],
        fixes: ["Export the image again, or correct its space directions"])
    }
    guard !isKnown, let space = value("space") else { return (geometry, []) }
    return (
      geometry, ["its space '\(space.excerpt)' is none of a patient; its axes are taken as LPS"]
    )
  }

  /// What turns the header's coordinates into LPS, and whether that is known.
  private var signsToLPS: (signs: [Double], isKnown: Bool) {
    let none = [Double](repeating: 1, count: axes)
    guard axes == 3 else { return (none, true) }
    switch value("space")?.lowercased() {
    case "left-posterior-superior", "lps", nil: return (none, true)
    case "right-anterior-superior", "ras": return ([-1, -1, 1], true)
    case "left-anterior-superior", "las": return ([1, -1, 1], true)
    default: return (none, false)
    }
  }

  /// Without a space: spacings and the minima of the axes, if any.
  private func unplaced(
    _ extents: [Int], path: String
  ) throws(NNXError) -> (geometry: Geometry, remarks: [String]) {
    let hasSpacings = value("spacings") != nil
    let signed =
      hasSpacings ? try numbers("spacings", path: path) : .init(repeating: 1, count: axes)
    let spacing = signed.map { abs($0) }
    try GridBounds.check(spacing: spacing, extents: extents, "spacings", path: path)
    var origin = [Double](repeating: 0, count: axes)
    if value("axismins") != nil {
      let minima = try numbers("axismins", path: path)
      guard minima.allSatisfy(\.isFinite) else {
        throw .badHeader(path, "its axis mins are \(list(minima))")
      }
      // Voxels are cells unless the header says otherwise; the minimum is the edge of the first.
      let centers = (value("centers") ?? value("centerings"))?.lowercased().words ?? []
      for axis in 0..<axes {
        let isNode = centers.count == axes && centers[axis] == "node"
        origin[axis] = isNode ? minima[axis] : minima[axis] + signed[axis] / 2
      }
    }
    let geometry = Geometry(
      extents: extents, spacing: spacing, origin: origin,
      direction: (0..<axes).map { row in
        (0..<axes).map { row == $0 ? (signed[row] < 0 ? -1 : 1) : 0 }
      })
    return (geometry, hasSpacings ? [] : [GridBounds.noSpacing])
  }

  private func integers(_ name: String, path: String) throws(NNXError) -> [Int] {
    let words = value(name)?.words ?? []
    let values = words.compactMap { $0.decimal == nil ? nil : Int($0) }
    guard values.count == axes, words.count == axes else {
      throw .badHeader(path, "its field '\(name)' is not \(axes) integers")
    }
    return values
  }

  /// NaN stands for what is not known.
  private func numbers(_ name: String, path: String) throws(NNXError) -> [Double] {
    let words = value(name)?.words ?? []
    let values = words.compactMap { $0.lowercased() == "nan" ? .nan : $0.decimal }
    guard values.count == axes, words.count == axes else {
      throw .badHeader(path, "its field '\(name)' is not \(axes) numbers")
    }
    return values
  }

  /// `(1,0,0) (0,1,0) (0,0,1)`; finite numbers only, and no `none`.
  private func vectors(_ name: String, path: String) throws(NNXError) -> [[Double]] {
    let text = (value(name) ?? "").filter { $0 != " " && $0 != "\t" }
    var vectors: [[Double]] = []
    for part in text.split(separator: ")", omittingEmptySubsequences: true) {
      let words = part.dropFirst().split(separator: ",", omittingEmptySubsequences: false)
      let values = words.compactMap { $0.decimal }
      guard part.first == "(", values.count == words.count, values.allSatisfy(\.isFinite) else {
        throw .badHeader(path, "its field '\(name)' is not made of vectors")
      }
      vectors.append(values)
    }
    guard text.last == ")" else {
      throw .badHeader(path, "its field '\(name)' is not made of vectors")
    }
    return vectors
  }
}
