import NNXSystem

/// The slices of a volume, in order along their normal, checked: what is between them is one distance.
package struct SliceStack: Sendable {
  package let volume: DICOMVolume
  /// Ascending along row × column.
  package let slices: [Slice]
  /// What is odd and does not forbid its use, one line each.
  package let notes: [String]
  /// What was allowed and is to be done with the slices.
  let repair: Repair

  enum Repair: Sendable {
    case none
    /// Slices at their heights in mm, to be interpolated at even distances.
    case even(heights: [Float])
    /// The stack leans; rows are to be shifted so many mm for each mm of height.
    case upright(shift: Float)
  }

  /// Whether slices were made anew.
  package var isRepaired: Bool { if case .none = repair { false } else { true } }

  /// What a person may allow that is refused otherwise.
  package enum Allowance: String, CaseIterable, Sendable {
    /// Distances that differ, with slices made at even ones between them (dcm2niix's `_Eq`).
    case uneven
    /// A leaning gantry, with slices shifted upright (dcm2niix's `_Tilt`).
    case tilt
    /// Several frames of reference, with places taken as if they were of one.
    case frames
  }

  /// - Parameter path: of the scan, for errors.
  /// - Throws: `slices` with positions; what reading throws.
  package init(
    _ volume: DICOMVolume, path: String, allowed: Set<Allowance> = []
  ) throws(NNXError) {
    var notes = volume.notes
    let sorted = volume.slices.sorted {
      ($0.height, $0.uids.sopInstance) < ($1.height, $1.uids.sopInstance)
    }
    let slices = try Self.withoutCopies(sorted, path, &notes)
    if let frames = Self.frames(slices, path) {
      guard allowed.contains(.frames) else { throw frames }
      notes.append(
        "places of several frames of reference were taken for those of one (--allow frames)")
    }
    guard slices.count > 1 else {
      throw NNXError(
        .slices, "\(path) has a single slice, which is no volume",
        details: [
          "nothing says how thick it is: SliceThickness is often another than the distance"
        ],
        fixes: ["Give the whole series"])
    }
    let gaps = zip(slices.dropFirst(), slices).map { $0.height - $1.height }
    var repair = try Self.checkGaps(gaps, slices, path, allowed)
    if let (shift, isSideways) = Self.lean(slices) {
      guard allowed.contains(.tilt), !isSideways else { throw Self.tilted(shift, path) }
      if case .even = repair { throw Self.tilted(shift, path) }
      repair = .upright(shift: shift)
      notes.append("slices were shifted upright: the gantry leans (--allow tilt)")
    }
    if case .even = repair {
      notes.append(
        "slices were made at even distances between those of the scanner (--allow uneven)")
    }
    (self.volume, self.slices, self.notes, self.repair) = (volume, slices, notes, repair)
    try checkSize(path)
  }

  /// Refuses what would take more memory than there is, or many times what the scanner took.
  private func checkSize(_ path: String) throws(NNXError) {
    let format = slices[0].format
    guard depth <= 10 * slices.count, rows <= 4 * format.rows + 64 else {
      throw NNXError(
        .slices, "the slices of \(path) are too far from even to be made so",
        details: ["\(slices.count) slices of \(format.rows) rows would become \(depth) of \(rows)"],
        fixes: ["Give a series of even distances"])
    }
    let bytes = 4 * depth * rows * format.columns
    guard bytes <= ProcessFacts.allowedMemory else {
      throw NNXError(
        .unsupportedDICOM, "\(path) needs more memory than this machine has",
        details: ["its \(depth) slices of \(format.columns) × \(rows) pixels take \(bytes) bytes"],
        fixes: ["Read it on a larger machine"])
    }
  }

  /// Distances between slices may differ so much, in mm: what scanners round.
  private static func tolerance(_ gap: Double) -> Double { max(0.01, 0.01 * gap) }

  /// Heights in mm in float32, as dcm2niix has them; each above the one before.
  private static func evenHeights(
    _ slices: [Slice], _ path: String
  ) throws(NNXError) -> [Float] {
    let heights = slices.map { Float($0.height) }
    if let same = heights.indices.dropLast().first(where: { heights[$0] >= heights[$0 + 1] }) {
      throw NNXError(
        .slices, "slices of \(path) cannot be told apart in float32, in which they are made even",
        details: ["at \(mm(slices[same].height)) and \(mm(slices[same + 1].height)) mm"],
        fixes: ["Give a series of even distances"])
    }
    return heights
  }

  private static func checkGaps(
    _ gaps: [Double], _ slices: [Slice], _ path: String, _ allowed: Set<Allowance>
  ) throws(NNXError) -> Repair {
    let middle = gaps.sorted()[gaps.count / 2]
    let odd = gaps.indices.filter { abs(gaps[$0] - middle) > tolerance(middle) }
    guard !odd.isEmpty else { return .none }
    guard !allowed.contains(.uneven) else {
      return .even(heights: try evenHeights(slices, path))
    }
    let isMissing = odd.allSatisfy { index in
      let times = (gaps[index] / middle).rounded()
      return times >= 2 && abs(gaps[index] - times * middle) <= times * tolerance(middle)
    }
    let places = odd.prefix(5).map { index in
      "\(mm(gaps[index])) mm between \(mm(slices[index].height)) and \(mm(slices[index + 1].height)) mm"
    }
    let missing = odd.reduce(0) { $0 + Int((gaps[$1] / middle).rounded()) - 1 }
    throw NNXError(
      .slices,
      isMissing
        ? "\(path) lacks \(missing == 1 ? "a slice" : "\(missing) slices")"
        : "the slices of \(path) lie at different distances",
      details: places + (odd.count > 5 ? ["… and \(odd.count - 5) more"] : [])
        + ["the others are \(mm(middle)) mm apart"],
      fixes: [
        isMissing
          ? "Fetch the series again, with all its slices" : "Give a series of even distances",
        "Or have them made at even distances, as dcm2niix does (_Eq): --allow uneven",
      ])
  }

  /// Why slices that name several frames of reference are no volume; `nil` where they name one.
  private static func frames(_ slices: [Slice], _ path: String) -> NNXError? {
    let frames = Dictionary(grouping: slices.filter { !$0.uids.frameOfReference.isEmpty }) {
      $0.uids.frameOfReference
    }
    guard frames.count > 1 else { return nil }
    let lines = frames.sorted { ($0.value[0].height, $0.key) < ($1.value[0].height, $1.key) }.map {
      "\(counted($1.count, "slice")) from \(mm($1[0].height)) mm on: \($0)"
    }
    return NNXError(
      .slices, "the slices of \(path) name \(frames.count) frames of reference",
      details: lines.prefix(4) + (lines.count > 4 ? ["… and \(lines.count - 4) more"] : [])
        + ["places of different frames have nothing to do with each other"],
      fixes: [
        "Give the series as the scanner made it",
        "Or take the places as they stand, as dcm2niix and SimpleITK do: --allow frames",
      ])
  }

  /// How far slices are shifted along their columns per mm of height; `nil` when they are not.
  private static func lean(_ slices: [Slice]) -> (shift: Float, isSideways: Bool)? {
    let (first, last) = (slices[0], slices[slices.count - 1])
    let way = zip(last.position, first.position).map { $0 - $1 }
    let height = last.height - first.height
    let row = dot(way, Array(first.orientation[0..<3]))
    let column = dot(way, Array(first.orientation[3..<6]))
    // A tenth of a pixel over the whole stack.
    guard abs(row) > 0.1 * first.spacing[1] || abs(column) > 0.1 * first.spacing[0] else {
      return nil
    }
    return (Float(column / height), abs(row) > 0.1 * first.spacing[1])
  }

  private static func tilted(_ shift: Float, _ path: String) -> NNXError {
    NNXError(
      .slices, "the slices of \(path) lean: each lies beside the one below it",
      details: [
        "\(mm(Double(abs(shift)))) mm for each mm of height, as a tilted gantry makes them"
      ],
      fixes: ["Have them shifted upright, as dcm2niix does (_Tilt): --allow tilt"])
  }

  /// Leaves out slices that are there twice, pixel for pixel.
  private static func withoutCopies(
    _ sorted: [Slice], _ path: String, _ notes: inout [String]
  ) throws(NNXError) -> [Slice] {
    var kept: [Slice] = []
    var copies = 0
    for slice in sorted {
      guard let last = kept.last, abs(slice.height - last.height) < 0.005 else {
        kept.append(slice)
        continue
      }
      // Frames of one file are never copies.
      var isCopy = slice.source.path != last.source.path
      if isCopy { isCopy = try SliceReader.values(slice) == (try SliceReader.values(last)) }
      guard isCopy else {
        throw NNXError(
          .slices, "two slices of \(path) lie in one place, and differ",
          details: [
            "at \(mm(slice.height)) mm: \(last.source.path)", "and \(slice.source.path)",
          ],
          fixes: ["Take one of them out, if you know which is meant"])
      }
      copies += 1
    }
    if copies > 0 {
      notes.append("\(copies == 1 ? "a slice" : "\(copies) slices") there twice left out")
    }
    return kept
  }
}

/// Millimetres without needless decimals.
func mm(_ value: Double) -> String {
  let rounded = (value * 1000).rounded() / 1000
  return rounded == rounded.rounded() && abs(rounded) < 1e9 ? "\(Int(rounded))" : "\(rounded)"
}
