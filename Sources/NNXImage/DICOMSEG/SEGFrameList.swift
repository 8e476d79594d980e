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
  private let kind: SEGKind
  private var pixels: Int { labels.shape[1] * labels.shape[2] }

  /// The frames that hold a voxel. Of a map without any, all slices of the first label: a segmentation has
  /// one frame at least.
  ///
  /// - Parameters:
  ///   - slices: those of each label, as `LabelMap.slices` has them.
  ///   - values: of the segments, ascending.
  init(_ labels: LabelMap, _ slices: [Int: [Int]], values: [Int], kind: SEGKind) {
    (self.labels, self.kind) = (labels, kind)
    let all: [Frame]
    switch kind {
    case .binary:
      all = values.flatMap { value in
        (slices[value] ?? []).map { Frame(value: value, slice: $0) }
      }
    case .labelmap:
      all = Set(values.flatMap { slices[$0] ?? [] }).sorted().map { Frame(value: 0, slice: $0) }
    }
    frames =
      all.isEmpty
      ? (0..<labels.shape[0]).map { Frame(value: kind == .binary ? values[0] : 0, slice: $0) }
      : all
  }

  /// Bytes that the pixels take: whole words of 16 bits.
  ///
  /// - Parameter isWide: whether labels have 16 bits each in label maps.
  func size(isWide: Bool) -> Int {
    let bits = kind == .binary ? 1 : isWide ? 16 : 8
    return (frames.count * pixels * bits + 15) / 16 * 2
  }

  /// Fills zeros with the pixels of all frames, one after the other without gaps: a bit each, the lowest of a byte
  /// first, or the label.
  func fill(_ bytes: inout MutableSpan<UInt8>, isWide: Bool) {
    switch kind {
    case .binary: fillBits(&bytes)
    case .labelmap: fillLabels(&bytes, isWide)
    }
  }

  private func fillBits(_ bytes: inout MutableSpan<UInt8>) {
    let (pixels, slices) = (pixels, labels.shape[0])
    // Where the frame of each label and slice begins; of each label, by its column.
    var columns = [Int](repeating: -1, count: labels.isWide ? 65536 : 256)
    var places: [Int] = []
    for (index, frame) in frames.enumerated() {
      if columns[frame.value] < 0 {
        columns[frame.value] = places.count
        places += [Int](repeating: -1, count: slices)
      }
      places[columns[frame.value] + frame.slice] = index * pixels
    }
    labels.forEachRun { value, run in
      let column = columns[value]
      guard column >= 0 else { return }
      var start = run.lowerBound
      var slice = start / pixels
      while start < run.upperBound {
        let end = min(run.upperBound, (slice + 1) * pixels)
        let place = places[column + slice] - slice * pixels
        bytes.setBits(place + start..<place + end)
        (start, slice) = (end, slice + 1)
      }
    }
  }

  private func fillLabels(_ bytes: inout MutableSpan<UInt8>, _ isWide: Bool) {
    var place = 0
    for frame in frames {
      for index in frame.slice * pixels..<(frame.slice + 1) * pixels {
        let value = labels[index]
        bytes[place] = UInt8(truncatingIfNeeded: value)
        if isWide { bytes[place + 1] = UInt8(truncatingIfNeeded: value >> 8) }
        place += isWide ? 2 : 1
      }
    }
  }
}

extension LabelMap {
  /// The slices that hold a voxel of each label that occurs but background, ascending.
  var slices: [Int: [Int]] {
    var found: [Int: [Int]] = [:]
    var last = [Int](repeating: -1, count: isWide ? 65536 : 256)
    let pixels = shape[1] * shape[2]
    forEachRun { value, run in
      // Most runs lie where the label was met before; a run may go on through several slices.
      if last[value] >= 0, run.upperBound <= (last[value] + 1) * pixels { return }
      for slice in run.lowerBound / pixels...(run.upperBound - 1) / pixels
      where slice > last[value] {
        last[value] = slice
        found[value, default: []].append(slice)
      }
    }
    return found
  }

  /// Calls `body` with each label but background and the voxels in C order that it has one after the other.
  func forEachRun(_ body: (_ value: Int, _ run: Range<Int>) -> Void) {
    // One part: the labels lie in one piece.
    try? forEachPart { (bytes) throws(NNXError) in
      var index = 0
      while index < count {
        let start = index
        let value = bytes.skip(&index, count, isWide)
        if value > 0 { body(value, start..<index) }
      }
    }
  }
}

extension RawSpan {
  private func label(_ index: Int, _ isWide: Bool) -> Int {
    isWide ? Int(littleEndian(UInt16.self, at: 2 * index)) : Int(byte(at: index))
  }

  /// Moves on over the voxels that have the label of the first, eight bytes at a time where there are as many; says
  /// which it is.
  fileprivate func skip(_ index: inout Int, _ count: Int, _ isWide: Bool) -> Int {
    let value = label(index, isWide)
    let (step, size) = isWide ? (4, 2) : (8, 1)
    let same = UInt64(value) &* (isWide ? 0x0001_0001_0001_0001 : 0x0101_0101_0101_0101)
    while index + step <= count {
      let others = littleEndian(UInt64.self, at: size * index) ^ same
      guard others == 0 else {
        index += others.trailingZeroBitCount / (8 * size)
        return value
      }
      index += step
    }
    while index < count, label(index, isWide) == value { index += 1 }
    return value
  }
}

extension MutableSpan<UInt8> {
  /// Sets a run of bits, the lowest of a byte first.
  mutating func setBits(_ run: Range<Int>) {
    let (first, last) = (run.lowerBound >> 3, (run.upperBound - 1) >> 3)
    let head = UInt8.max << UInt8(run.lowerBound & 7)
    let tail = UInt8.max >> UInt8(7 - (run.upperBound - 1) & 7)
    if first == last {
      self[first] |= head & tail
      return
    }
    self[first] |= head
    for index in first + 1..<last { self[index] = 255 }
    self[last] |= tail
  }
}
