import NNXTensor

/// A label for each voxel of a grid `(z, y, x)`, all background (0) at first.
///
/// One byte a voxel where labels allow, else two: nnU-Net's rule for the files that it writes. A
/// class, so that threads can fill different parts of one map; whoever does keeps the parts apart.
@safe package final class LabelMap: @unchecked Sendable {
  /// Number of voxels along `(z, y, x)`.
  package let shape: [Int]
  /// Number of voxels.
  package let count: Int
  /// Whether labels are stored as `UInt16`, not `UInt8`.
  package let isWide: Bool
  private let buffer: Buffer<UInt8>

  /// Bytes of one label.
  var size: Int { isWide ? 2 : 1 }
  var base: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(buffer.base) }

  /// - Parameters:
  ///   - shape: voxels along `(z, y, x)`.
  ///   - largestLabel: the largest that will ever be stored; up to 65535.
  package init(_ shape: [Int], largestLabel: Int) {
    precondition(shape.count == 3 && shape.allSatisfy { $0 >= 0 }, "no grid: \(shape)")
    precondition((0...65535).contains(largestLabel), "no label: \(largestLabel)")
    self.shape = shape
    isWide = largestLabel >= 255
    buffer = Buffer(grid: shape + [isWide ? 2 : 1])
    count = shape.reduce(1, *)
    if isWide { unsafe base.bindMemory(to: UInt16.self, capacity: max(count, 1)) }
  }

  package convenience init(_ shape: [Int], _ labels: [Int]) {
    self.init(shape, largestLabel: labels.max() ?? 0)
    precondition(labels.count == count, "\(labels.count) labels for shape \(shape)")
    for index in labels.indices { self[index] = labels[index] }
  }

  /// The label of the voxel with this index in C order.
  package subscript(index: Int) -> Int {
    get {
      precondition(index >= 0 && index < count)
      return isWide
        ? Int(unsafe base.load(fromByteOffset: 2 * index, as: UInt16.self))
        : Int(unsafe base.load(fromByteOffset: index, as: UInt8.self))
    }
    set {
      precondition(index >= 0 && index < count)
      if isWide {
        unsafe base.storeBytes(of: UInt16(newValue), toByteOffset: 2 * index, as: UInt16.self)
      } else {
        unsafe base.storeBytes(of: UInt8(newValue), toByteOffset: index, as: UInt8.self)
      }
    }
  }

  /// Stores the labels of a run of voxels, such as a row along x.
  ///
  /// - Parameter start: the index of the first one in C order.
  package func store(_ labels: Span<UInt16>, at start: Int) {
    precondition(start >= 0 && start + labels.count <= count)
    if isWide {
      let target = unsafe wide
      for index in labels.indices { unsafe target[start + index] = labels[index] }
    } else {
      let target = unsafe narrow
      for index in labels.indices { unsafe target[start + index] = UInt8(labels[index]) }
    }
  }

  /// Stores labels that are whole numbers, as files have them.
  ///
  /// - Parameter start: the index of the first one in C order.
  func store(_ labels: Span<Float>, at start: Int) {
    precondition(start >= 0 && start + labels.count <= count)
    if isWide {
      let words = unsafe UnsafeMutableBufferPointer(start: wide + start, count: labels.count)
      var target = unsafe words.mutableSpan
      WholeNumbers.store(labels, in: &target)
    } else {
      let words = unsafe UnsafeMutableBufferPointer(start: narrow + start, count: labels.count)
      var target = unsafe words.mutableSpan
      WholeNumbers.store(labels, in: &target)
    }
  }

  /// Stores labels of a byte each.
  ///
  /// - Parameter start: the index of the first one in C order.
  func store(_ labels: Span<UInt8>, at start: Int) {
    precondition(start >= 0 && start + labels.count <= count)
    if isWide {
      let target = unsafe wide
      for index in labels.indices { unsafe target[start + index] = UInt16(labels[index]) }
    } else {
      unsafe labels.withUnsafeBytes { bytes in
        let place = unsafe UnsafeMutableRawBufferPointer(start: narrow + start, count: bytes.count)
        unsafe place.copyMemory(from: bytes)
      }
    }
  }

  /// The same labels in memory of their own.
  ///
  /// - Parameter label: one more that shall find room.
  package func copy(holding label: Int = 0) -> LabelMap {
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : label)
    if result.isWide == isWide {
      result.copy(0..<count, of: self, to: 0)
    } else {
      for index in 0..<count { result[index] = self[index] }
    }
    return result
  }

  /// The same with all other labels made background.
  package func keeping(_ kept: Set<Int>) -> LabelMap {
    let result = copy()
    forEachRun { label, run in
      if !kept.contains(label) { for index in run { result[index] = 0 } }
    }
    return result
  }

  /// Copies a run of labels of another map that stores them in as many bytes.
  func copy(_ run: Range<Int>, of source: LabelMap, to start: Int) {
    precondition(source.isWide == isWide && run.lowerBound >= 0 && run.upperBound <= source.count)
    precondition(start >= 0 && start + run.count <= count)
    unsafe (base + start * size).copyMemory(
      from: source.base + run.lowerBound * size, byteCount: run.count * size)
  }

  /// Gives a label to those of eight voxels whose bit is set, the lowest for the first, unless one has another label
  /// or labels are wide: says whether it did.
  func setEight(_ label: Int, _ bits: UInt8, at start: Int) -> Bool {
    precondition(start >= 0 && start + 8 <= count && label >= 0)
    guard !isWide, label < 256 else { return false }
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Each bit in a byte of its own, then all bits of that byte.
    let apart = (UInt64(bits) &* ones) & 0x8040_2010_0804_0201
    let mask = (((apart &+ 0x7F7F_7F7F_7F7F_7F7F) >> 7) & ones) &* 255
    let new = mask & (UInt64(label) &* ones)
    let place = unsafe base + start
    let old = unsafe UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
    guard old & mask == 0 || old & mask == new else { return false }
    unsafe place.storeBytes(of: (old | new).littleEndian, as: UInt64.self)
    return true
  }

  /// Exchanges two runs of labels that do not overlap.
  func exchange(_ run: Range<Int>, with start: Int) {
    precondition(run.lowerBound >= 0 && run.upperBound <= count)
    precondition(start >= 0 && start + run.count <= count)
    precondition(start >= run.upperBound || start + run.count <= run.lowerBound)
    let (first, second) = unsafe (base + run.lowerBound * size, base + start * size)
    for index in 0..<run.count * size {
      let byte = unsafe first.load(fromByteOffset: index, as: UInt8.self)
      unsafe first.storeBytes(
        of: second.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index,
        as: UInt8.self)
      unsafe second.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
  }

  /// A copy of all labels, for tests and small maps.
  package var labels: [Int] { (0..<count).map { self[$0] } }

  /// How many voxels each label has; the count of label `i` at index `i`, up to the largest present.
  package var histogram: [Int] {
    var counts = [Int](repeating: 0, count: 65536)
    counts[0] = count
    forEachRun { label, run in
      counts[label] += run.count
      counts[0] -= run.count
    }
    let last = counts.lastIndex { $0 > 0 } ?? 0
    return Array(counts[...last])
  }

  var narrow: UnsafeMutablePointer<UInt8> { unsafe buffer.base }
  var wide: UnsafeMutablePointer<UInt16> {
    unsafe base.assumingMemoryBound(to: UInt16.self)
  }
}
