import NNXSystem
import NNXTensor

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
  private var columns: Int { labels.shape[2] }
  private var pixels: Int { labels.shape[1] * columns }

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

  /// Bytes that the pixels take before they are packed: whole words of 16 bits.
  ///
  /// - Parameter isWide: whether labels have 16 bits each in label maps.
  func size(isWide: Bool) -> Int {
    let bits = kind == .binary ? 1 : isWide ? 16 : 8
    return (frames.count * pixels * bits + 15) / 16 * 2
  }

  /// The pixels of each frame, as they stand in the file but for where they begin: a bit each, the lowest of a byte
  /// first; or packed labels, of 16 bits if `isWide`.
  func content(isWide: Bool, _ threads: Threads) -> [[UInt8]] {
    var found: [Int: [Int]] = [:]
    for (index, frame) in frames.enumerated() { found[frame.slice, default: []].append(index) }
    // Read by several threads.
    let places = found
    let slices = threads.map(labels.shape[0]) { slice -> [(index: Int, bytes: [UInt8])] in
      guard let own = places[slice] else { return [] }
      switch kind {
      case .binary: return bits(of: slice, own)
      case .labelmap: return own.map { ($0, packed(slice, isWide)) }
      }
    }
    var content = [[UInt8]](repeating: [], count: frames.count)
    for (index, bytes) in slices.joined() { content[index] = bytes }
    return content
  }

  /// - Parameter own: the frames of this slice.
  private func bits(of slice: Int, _ own: [Int]) -> [(index: Int, bytes: [UInt8])] {
    var bits = own.map { (index: $0, bytes: [UInt8](repeating: 0, count: (pixels + 7) / 8)) }
    let start = slice * pixels
    var last = (value: -1, place: 0)
    labels.forEachRun(in: start..<start + pixels) { value, run in
      if value != last.value {
        guard let place = own.firstIndex(where: { frames[$0].value == value }) else { return }
        last = (value, place)
      }
      var span = bits[last.place].bytes.mutableSpan
      span.setBits(run.lowerBound - start..<run.upperBound - start)
    }
    return bits
  }

  private func packed(_ slice: Int, _ isWide: Bool) -> [UInt8] {
    let values = (slice * pixels..<(slice + 1) * pixels).map {
      UInt16(truncatingIfNeeded: labels[$0])
    }
    return RunLengths.pack(values, columns: columns, isWide: isWide)
  }
}

extension LabelMap {
  /// The slices that hold a voxel of each label that occurs but background, ascending.
  func slices(_ threads: Threads) -> [Int: [Int]] {
    let pixels = shape[1] * shape[2]
    let values = threads.map(shape[0]) { slice -> Set<Int> in
      var found: Set<Int> = []
      var last = 0
      forEachRun(in: slice * pixels..<(slice + 1) * pixels) { value, _ in
        guard value != last else { return }
        last = value
        found.insert(value)
      }
      return found
    }
    var found: [Int: [Int]] = [:]
    for (slice, values) in values.enumerated() {
      for value in values { found[value, default: []].append(slice) }
    }
    return found
  }

  /// Calls `body` with each label but background and the voxels in C order that it has one after the other.
  func forEachRun(_ body: (_ value: Int, _ run: Range<Int>) -> Void) {
    forEachRun(in: 0..<count, body)
  }

  /// The same of some voxels.
  func forEachRun(in voxels: Range<Int>, _ body: (_ value: Int, _ run: Range<Int>) -> Void) {
    // One part: the labels lie in one piece.
    try? forEachPart { (bytes) throws(NNXError) in
      var index = voxels.lowerBound
      while index < voxels.upperBound {
        let start = index
        let value = bytes.skip(&index, voxels.upperBound, isWide)
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
