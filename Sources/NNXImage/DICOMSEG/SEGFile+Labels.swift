import NNXDICOM
import NNXSystem
import NNXTensor

extension SEGFile {
  /// The segments as one label map, on the grid of the file; values are the numbers of segments.
  ///
  /// - Parameters:
  ///   - chosen: the segments to take; all when `nil`.
  ///   - threshold: from which share on a voxel of a fractional segmentation belongs.
  /// - Throws: `broken-dicom`; `unsupported-image` where segments overlap, and for a fractional one without
  ///   a threshold.
  package func segmentation(
    segments chosen: Set<Int>? = nil, threshold: Double? = nil
  ) throws(NNXError) -> Segmentation {
    guard kind != .fractional || threshold != nil else {
      throw NNXError(
        .unsupportedImage, "\(path) holds shares of voxels (FRACTIONAL), no labels",
        details: [
          "segments: " + segments.map { "\($0.number) \($0.label)" }.joined(separator: ", ")
        ],
        fixes: [
          "Say from which share on a voxel belongs: nnx convert \(path) -o x.nii.gz --threshold 0.5"
        ])
    }
    let numbers = segments.map(\.number).filter { chosen?.contains($0) ?? true }
    let largest = kind == .labelmap && bits == 16 ? 65535 : numbers.max() ?? 0
    let labels = LabelMap(grid.geometry.shape, largestLabel: largest)
    var pairs: Set<[Int]> = []
    switch kind {
    case .binary: try readBits(into: labels, chosen, &pairs)
    case .labelmap: try readLabels(into: labels, chosen)
    case .fractional: try readShares(into: labels, chosen, from: threshold ?? 1, &pairs)
    }
    if let pair = pairs.min(by: { $0.lexicographicallyPrecedes($1) }) {
      let names = pair.map { number in
        "\(number) (\(segments.first { $0.number == number }?.label ?? ""))"
      }
      throw NNXError(
        .unsupportedImage, "segments of \(path) overlap, and a label map has one label per voxel",
        details: [
          "\(names.joined(separator: " and "))"
            + (pairs.count > 1 ? ", and \(pairs.count - 1) more pairs" : "")
        ],
        fixes: ["Take one: nnx convert \(path) -o x.nii.gz --segment \(pair[0])"])
    }
    var result = Segmentation(
      labels: labels, geometry: grid.geometry,
      header: .meta(MetaHeader(grid.geometry, axes: 3)))
    result.table = LabelTable(
      segments.filter { chosen?.contains($0.number) ?? true }.map(\.entry), isOfSegments: true)
    result.coversPart = true
    result.leavesOutSlices = grid.thinness != nil
    if let thinness = grid.thinness {
      let (distance, thickness) = (lengths([grid.geometry.spacing[0]]), lengths([thinness]))
      Remarks.tell(
        [
          "its slices lie \(distance) mm apart and are \(thickness) mm thick: alone, volumes count the distance"
        ],
        of: path)
    }
    func known(_ tag: DICOMTag) -> String? {
      object.dataset.text(tag).flatMap { $0.isEmpty ? nil : $0 }
    }
    (result.patientID, result.frameOfReference) = (known(.patientID), known(.frameOfReference))
    return result
  }

  private var pixels: Int { rows * columns }

  /// Bits of all frames lie one after the other, the lowest of a byte first (DICOM PS3.5, 8.1.1).
  private func readBits(
    into labels: LabelMap, _ chosen: Set<Int>?, _ pairs: inout Set<[Int]>
  ) throws(NNXError) {
    let (pixels, owners, slices, path) = (pixels, owners, grid.slices, path)
    var found = pairs
    let read: Void? = try object.dataset.withBytes(DICOMTag.pixelData) { (bytes) throws(NNXError) in
      guard bytes.byteCount >= (owners.count * pixels + 7) / 8 else {
        throw .badSegmentation(
          path, "it holds \(bytes.byteCount) bytes for \(owners.count) frames of \(pixels) bits")
      }
      // Frames of one slice meet in their order; slices know nothing of each other.
      let frames = owners.indices.filter { chosen?.contains(owners[$0]) ?? true }
      let ofSlices = Array(Dictionary(grouping: frames) { slices[$0] })
      let overlaps = Threads.all.map(ofSlices.count) { index -> Set<[Int]> in
        var found: Set<[Int]> = []
        let (slice, frames) = ofSlices[index]
        for frame in frames {
          let owner = owners[frame]
          labels.set(
            owner, atBits: frame * pixels, of: bytes, count: pixels, from: slice * pixels
          ) {
            found.insert([min($0, owner), max($0, owner)])
          }
        }
        return found
      }
      for pairs in overlaps { found.formUnion(pairs) }
    }
    guard read != nil else {
      throw NNXError(
        .unsupportedDICOM, "\(path) has its bits compressed, which nnx does not read",
        details: ["transfer syntax \(object.transferSyntax)"],
        fixes: ["Save it uncompressed, or as a label map (LABELMAP)"])
    }
    pairs = found
  }

  private func readLabels(into labels: LabelMap, _ chosen: Set<Int>?) throws(NNXError) {
    let known = Set(segments.map(\.number))
    var seen: Set<Int> = []
    try forEachFrame { frame, words in
      let target = grid.slices[frame] * pixels
      var last = (word: 0, isTaken: true)
      for index in 0..<pixels {
        let word =
          bits == 8
          ? Int(words[index]) : Int(words[2 * index]) | Int(words[2 * index + 1]) << 8
        if word == 0 { continue }
        if word != last.word {
          seen.insert(word)
          last = (word, chosen?.contains(word) ?? true)
        }
        if last.isTaken { labels[target + index] = word }
      }
    }
    if let stray = seen.subtracting(known).min() {
      throw .badSegmentation(path, "it has pixels of segment \(stray), which is not described")
    }
  }

  private func readShares(
    into labels: LabelMap, _ chosen: Set<Int>?, from threshold: Double, _ pairs: inout Set<[Int]>
  ) throws(NNXError) {
    // Shares are what is stored divided by the largest: 55 of 100 are 0.55, whose hundredfold is more than 55.
    let least =
      (1...largestFraction).first { Double($0) / Double(largestFraction) >= threshold }
      ?? largestFraction + 1
    var found = pairs
    try forEachFrame { frame, words in
      let owner = owners[frame]
      guard chosen?.contains(owner) ?? true else { return }
      let target = grid.slices[frame] * pixels
      for index in 0..<pixels where Int(words[index]) >= least {
        let other = labels[target + index]
        if other == 0 {
          labels[target + index] = owner
        } else if other != owner {
          found.insert([min(other, owner), max(other, owner)])
        }
      }
    }
    pairs = found
  }

  private func forEachFrame(_ body: (Int, [UInt8]) -> Void) throws(NNXError) {
    var words = [UInt8](repeating: 0, count: pixels * bits / 8)
    for frame in owners.indices {
      try object.decode(frame, into: &words)
      body(frame, words)
    }
  }
}
