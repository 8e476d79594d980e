internal import CDICOM
import NNXSystem
import NNXTensor
import Synchronization

/// Decodes slices to numbers.
enum SliceReader {
  /// How a frame becomes rows of a volume.
  struct Manner {
    /// Whether the last row comes first.
    var reversesRows = false
    var rescaling = Rescaling.stated
  }

  /// Which numbers, and in what arithmetic, make values of stored ones.
  enum Rescaling {
    /// ITK's, in double, rounded once.
    case itk
    /// What the file says, in float32: dcm2niix's, where slices have scales of their own.
    case stated
    /// As readers do of the file that dcm2niix writes, where slices share a scale and stored numbers are kept: with the
    /// scale of its header, in double.
    case file

    func scale(of slice: Slice) -> LinearScale {
      switch self {
      case .itk: slice.scale.itk
      case .stated: slice.scale.stated
      case .file: slice.scale.file
      }
    }
  }

  /// What a thread needs, kept from one run of slices to the next.
  ///
  /// Threads hand it on to each other, and never share it.
  struct Scratch: @unchecked Sendable {
    /// Stored words of a frame.
    var buffer: [UInt8] = []
    /// The file that was decoded last: a file of many frames says much of each, and is read once.
    var object: DICOMObject?
  }

  /// The numbers of a slice, rows from the top.
  ///
  /// - Throws: `broken-dicom`.
  static func values(_ slice: Slice) throws(NNXError) -> [Float] {
    let tensor = Tensor([1, slice.format.rows, slice.format.columns])
    var scratch = Scratch()
    try read([(slice, plane: 0)], into: tensor, Manner(), &scratch)
    return tensor.values
  }

  /// - Parameter slices: of one file, each with the plane that it goes to.
  static func read(
    _ slices: [(Slice, plane: Int)], into volume: Tensor, _ manner: Manner, _ scratch: inout Scratch
  ) throws(NNXError) {
    let native = try NativePixels(slices[0].0)
    for (slice, plane) in slices {
      let bytes = slice.format.bytes
      if scratch.buffer.count != bytes { scratch.buffer = [UInt8](repeating: 0, count: bytes) }
      if try native?.read(slice.frame, into: &scratch.buffer) != true {
        if scratch.object?.path != slice.source.path {
          scratch.object = nil
          scratch.object = try slice.source.open()
        }
        try scratch.object?.decode(slice.frame, into: &scratch.buffer)
      }
      store(scratch.buffer, of: slice, into: volume, plane: plane, manner)
    }
  }

  private static func store(
    _ buffer: [UInt8], of slice: Slice, into volume: Tensor, plane: Int, _ manner: Manner
  ) {
    let format = slice.format
    let (columns, word) = (format.columns, format.bitsAllocated / 8)
    let scale = manner.rescaling.scale(of: slice)
    // Float32 is faster, and the same for whole numbers.
    let isWide = manner.rescaling != .stated && !scale.isExactInFloat32(bits: format.bitsStored)
    precondition(volume.shape[1] == format.rows && volume.shape[2] == columns)
    unsafe buffer.withUnsafeBytes { words in
      guard let words = words.baseAddress else { return }
      for row in 0..<format.rows {
        let target = manner.reversesRows ? format.rows - 1 - row : row
        unsafe nnx_dicom_floats(
          words + row * columns * word, columns, Int32(format.bitsAllocated),
          Int32(format.bitsStored), Int32(format.highBit), format.isSigned ? 1 : 0,
          isWide ? 1 : 0, scale.slope, scale.intercept,
          volume.base + (plane * format.rows + target) * columns)
      }
    }
  }
}

extension SliceStack {
  /// Between which all voxels lie and are whole numbers, where scales and stored bits tell.
  package func bounds(reversesRows: Bool) -> ClosedRange<Float>? {
    guard !isRepaired else { return nil }
    let rescaling = manner(reversesRows: reversesRows).rescaling
    var (low, high) = (Double.infinity, -Double.infinity)
    for slice in slices {
      let (format, scale) = (slice.format, rescaling.scale(of: slice))
      guard format.bitsStored <= 16, scale.slope == scale.slope.rounded(),
        scale.intercept == scale.intercept.rounded()
      else { return nil }
      let values = Double(1 << format.bitsStored)
      for stored in format.isSigned ? [-values / 2, values / 2 - 1] : [0, values - 1] {
        low = min(low, stored * scale.slope + scale.intercept)
        high = max(high, stored * scale.slope + scale.intercept)
      }
    }
    guard low >= -65536, high <= 65536 else { return nil }
    return Float(low)...Float(high)
  }

  func manner(reversesRows: Bool) -> SliceReader.Manner {
    let isShared = slices.allSatisfy { $0.scale.stated == slices[0].scale.stated }
    return SliceReader.Manner(
      reversesRows: reversesRows, rescaling: reversesRows ? isShared ? .file : .stated : .itk)
  }

  /// The voxels `(slice, row, column)`, slices ascending along row × column.
  ///
  /// - Parameters:
  ///   - reversesRows: whether the last row comes first, and values are those of dcm2niix's file; else they are ITK's.
  ///   - progress: called at the end, with the number of slices.
  /// - Throws: `broken-dicom`, what reading throws.
  package func read(
    reversesRows: Bool, threads: Threads = .all,
    progress: (Int) -> Void = { _ in }
  ) throws(NNXError) -> Tensor {
    let format = slices[0].format
    let volume = Tensor([slices.count, format.rows, format.columns])
    let manner = manner(reversesRows: reversesRows)
    try read(slices.indices, into: volume, manner, threads, Mutex([]))
    progress(slices.count)
    return repaired(volume, reversesRows: reversesRows)
  }

  /// Calls `body` with the voxels of the slices, in the order of `read`, some slices at a time: of a series that needs
  /// no more memory than these. Slices that are made anew are not read so.
  ///
  /// - Throws: as `read`; what `body` throws.
  package func forEachChunk(
    reversesRows: Bool, threads: Threads,
    _ body: (Span<Float>) throws(NNXError) -> Void
  ) throws(NNXError) {
    precondition(!isRepaired)
    let format = slices[0].format
    let count = max(1, min(slices.count, Self.chunk / format.pixels))
    let chunk = Tensor([count, format.rows, format.columns])
    let manner = manner(reversesRows: reversesRows)
    let scratches = Mutex<[SliceReader.Scratch]>([])
    for start in stride(from: 0, to: slices.count, by: count) {
      let run = start..<min(slices.count, start + count)
      try read(run, into: chunk, manner, threads, scratches)
      try chunk.withSpan { (span) throws(NNXError) in
        try body(span.extracting(0..<run.count * format.pixels))
      }
    }
  }

  /// Voxels of a chunk.
  private static let chunk = 1 << 22

  /// Reads some slices, the first of them to the first plane.
  ///
  /// - Parameter scratches: of those that wait for work.
  private func read(
    _ run: Range<Int>, into volume: Tensor, _ manner: SliceReader.Manner, _ threads: Threads,
    _ scratches: borrowing Mutex<[SliceReader.Scratch]>
  ) throws(NNXError) {
    let files = Dictionary(grouping: run) { slices[$0].source.path }
      .values.sorted { $0[0] < $1[0] }
    // What is not compressed waits for memory, not for processors.
    let isNative = slices.allSatisfy(\.format.isNative)
    let workers = isNative ? min(2, threads.count) : threads.count
    // Frames of an open file are decoded one after the other, for it is of one thread.
    let parts = isNative ? files : files.shares(workers)
    try Parallel.forEach(parts.count, workers: workers) { (index) throws(NNXError) in
      var scratch = scratches.withLock { $0.popLast() } ?? SliceReader.Scratch()
      defer { scratches.withLock { $0.append(scratch) } }
      try SliceReader.read(
        parts[index].map { (slices[$0], plane: $0 - run.lowerBound) }, into: volume, manner,
        &scratch)
    }
  }
}

extension [[Int]] {
  /// Where there are fewer lists than workers, each in so many parts that there is one for each worker.
  func shares(_ workers: Int) -> [[Int]] {
    let number = Swift.max(1, workers / Swift.max(1, count))
    var parts: [[Int]] = []
    for list in self {
      let shares = Swift.min(number, list.count)
      for share in 0..<shares {
        let start = share * list.count / shares
        let end = (share + 1) * list.count / shares
        parts.append([Int](list[start..<end]))
      }
    }
    return parts
  }
}
