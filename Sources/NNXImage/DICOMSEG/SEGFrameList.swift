import NNXSystem

/// Which frames a segmentation has, and their pixels.
struct SEGFrameList {
  struct Frame: Equatable {
    /// Value of the label; 0 in label maps.
    let value: Int
    let slice: Int
  }

  /// By segment, then by slice; in label maps by slice.
  let frames: [Frame]
  private let labels: LabelMap
  private var pixels: Int { labels.shape[1] * labels.shape[2] }

  /// The frames that hold a voxel. Of a map without any, all slices of the first label: a segmentation has
  /// one frame at least.
  ///
  /// - Parameter values: of the segments, ascending.
  init(_ labels: LabelMap, values: [Int], kind: SEGKind) {
    self.labels = labels
    let slices = labels.shape[0]
    var isThere = [Bool](repeating: false, count: (labels.isWide ? 65536 : 256) * slices)
    let pixels = labels.shape[1] * labels.shape[2]
    labels.forEachRun { value, run in
      // A run may go on through several slices.
      for slice in run.lowerBound / pixels...(run.upperBound - 1) / pixels {
        isThere[value * slices + slice] = true
      }
    }
    let all: [Frame]
    switch kind {
    case .binary:
      all = values.flatMap { value in
        (0..<slices).filter { isThere[value * slices + $0] }.map { Frame(value: value, slice: $0) }
      }
    case .labelmap:
      all = (0..<slices).filter { slice in
        values.contains { isThere[$0 * slices + slice] }
      }.map { Frame(value: 0, slice: $0) }
    }
    frames =
      all.isEmpty
      ? (0..<slices).map { Frame(value: kind == .binary ? values[0] : 0, slice: $0) } : all
  }

  /// A bit for each pixel of each frame, one after the other without gaps, the lowest of a byte first; an
  /// even number of bytes.
  var bits: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (frames.count * pixels + 15) / 16 * 2)
    let (pixels, slices) = (pixels, labels.shape[0])
    // Where the frame of each label and slice begins.
    var places = [Int](repeating: -1, count: (labels.isWide ? 65536 : 256) * slices)
    for (index, frame) in frames.enumerated() {
      places[frame.value * slices + frame.slice] = index * pixels
    }
    labels.forEachRun { value, run in
      var start = run.lowerBound
      while start < run.upperBound {
        let slice = start / pixels
        let end = min(run.upperBound, (slice + 1) * pixels)
        let place = places[value * slices + slice]
        if place >= 0 {
          bytes.setBits((place + start - slice * pixels)..<(place + end - slice * pixels))
        }
        start = end
      }
    }
    return bytes
  }

  /// The labels of each frame, in 8 or 16 bits; an even number of bytes.
  func words(isWide: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(frames.count * pixels * (isWide ? 2 : 1) + 1)
    for frame in frames {
      for index in frame.slice * pixels..<(frame.slice + 1) * pixels {
        let value = labels[index]
        bytes.append(UInt8(truncatingIfNeeded: value))
        if isWide { bytes.append(UInt8(truncatingIfNeeded: value >> 8)) }
      }
    }
    if !bytes.count.isMultiple(of: 2) { bytes.append(0) }
    return bytes
  }
}

extension LabelMap {
  /// Calls `body` with each label but background and the voxels in C order that it has one after the other.
  func forEachRun(_ body: (_ value: Int, _ run: Range<Int>) -> Void) {
    // One part: the labels lie in one piece.
    try? forEachPart { (bytes) throws(NNXError) in
      var index = 0
      while index < count {
        if bytes.skipsZeros(&index, count, isWide) { continue }
        let value = bytes.label(index, isWide)
        let start = index
        repeat { index += 1 } while index < count && bytes.label(index, isWide) == value
        body(value, start..<index)
      }
    }
  }
}

extension RawSpan {
  fileprivate func label(_ index: Int, _ isWide: Bool) -> Int {
    isWide ? Int(littleEndian(UInt16.self, at: 2 * index)) : Int(byte(at: index))
  }

  /// Moves on over background, eight bytes at a time where there are as many; says whether it did.
  fileprivate func skipsZeros(_ index: inout Int, _ count: Int, _ isWide: Bool) -> Bool {
    let step = isWide ? 4 : 8
    let start = index
    while index + step <= count, littleEndian(UInt64.self, at: isWide ? 2 * index : index) == 0 {
      index += step
    }
    while index < count, label(index, isWide) == 0 { index += 1 }
    return index > start
  }
}

extension [UInt8] {
  /// Sets a run of bits, the lowest of a byte first.
  mutating func setBits(_ run: Range<Int>) {
    var bit = run.lowerBound
    while bit < run.upperBound, bit & 7 != 0 {
      self[bit >> 3] |= 1 << UInt8(bit & 7)
      bit += 1
    }
    while bit + 8 <= run.upperBound {
      self[bit >> 3] = 255
      bit += 8
    }
    while bit < run.upperBound {
      self[bit >> 3] |= 1 << UInt8(bit & 7)
      bit += 1
    }
  }
}
