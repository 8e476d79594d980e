import NNXSystem
import NNXTensor

/// The voxels of one volume in a file that is open: of one type, x fastest, nothing after them.
final class StoredVoxels {
  private let stream: ByteStream
  private let type: VoxelType
  private let isSwapped: Bool
  private let shape: [Int]
  private let scale: IntensityScale
  private let zeroesNonFinite: Bool
  /// How many stored values were no numbers or infinite and became 0 before they were scaled.
  private(set) var zeroed = 0
  /// The intensities in double, where float32 rounds them and `read` was asked to keep them.
  private(set) var exact: Buffer<Double>?
  /// The intensity of a stored 0.
  var ofZero: Float { scale.ofZero }
  /// The type of the intensities where numbers are scaled: float32 as ITK has it, float64 as nibabel does.
  var intensityType: VoxelType {
    scale.isIdentity || type == .float64 ? type : scale.isRoundedFirst ? .float32 : .float64
  }
  /// Of the file that they lie in.
  var path: String { stream.path }

  /// - Parameters:
  ///   - stream: about to give the first voxel.
  ///   - isSwapped: whether voxels are in the other byte order.
  ///   - shape: `(z, y, x)`.
  ///   - zeroesNonFinite: whether values that are no numbers or infinite become 0.
  /// - Throws: `broken-image` when the file cannot hold so many voxels; `memory`.
  init(
    _ stream: ByteStream, _ type: VoxelType, isSwapped: Bool, shape: [Int],
    scale: IntensityScale = IntensityScale(slope: 1, intercept: 0), zeroesNonFinite: Bool = false
  ) throws(NNXError) {
    self.stream = stream
    self.type = type
    self.isSwapped = isSwapped
    self.shape = shape
    self.scale = scale
    self.zeroesNonFinite = zeroesNonFinite
    try checkSize(
      shape, bytesPerVoxel: type.size, available: stream.largestContent, path: stream.path)
  }

  /// Voxels that are read at a time.
  private static let chunk = 1 << 19

  /// Reads all voxels as float32 intensities and hands them out in order, some at a time.
  ///
  /// - Throws: as `read`, and what `body` throws.
  func forEachChunk(
    _ progress: ProgressHandler, _ body: (Span<Float>) throws(NNXError) -> Void
  ) throws(NNXError) {
    let total = shape.reduce(1, *)
    let values = Tensor([min(Self.chunk, total)])
    var buffer = [UInt8](repeating: 0, count: values.count * type.size)
    for done in stride(from: 0, to: total, by: Self.chunk) {
      let count = min(Self.chunk, total - done)
      try read(count, &buffer, into: values, at: 0)
      try values.withSpan { (span) throws(NNXError) in try body(span.extracting(0..<count)) }
      tell(progress, done + count, of: total)
    }
    try stream.expectEnd()
  }

  /// Whether voxels are stored as labels are: a byte each, and not scaled.
  var areBytes: Bool { type == .uint8 && scale.isIdentity }

  /// Hands out all voxels as they are stored, where they are bytes, in order, some at a time.
  ///
  /// - Throws: as `read`.
  func forEachByteChunk(
    _ progress: ProgressHandler, _ body: (Span<UInt8>) -> Void
  ) throws(NNXError) {
    precondition(areBytes)
    let total = shape.reduce(1, *)
    var buffer = [UInt8](repeating: 0, count: min(Self.chunk, total))
    for done in stride(from: 0, to: total, by: Self.chunk) {
      let count = min(Self.chunk, total - done)
      try stream.read(count, into: &buffer, "voxels")
      body(buffer.span.extracting(0..<count))
      tell(progress, done + count, of: total)
    }
    try stream.expectEnd()
  }

  private func tell(_ progress: ProgressHandler, _ done: Int, of total: Int) {
    progress(ProgressEvent(.read, stream.path, done * type.size, of: total * type.size, .bytes))
  }

  /// Reads the next voxels.
  private func read(
    _ count: Int, _ buffer: inout [UInt8], into tensor: Tensor, at start: Int
  ) throws(NNXError) {
    try stream.read(count * type.size, into: &buffer, "voxels")
    unsafe buffer.withUnsafeMutableBytes { buffer in
      let raw = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * type.size)])
      if zeroesNonFinite { zeroed += unsafe type.zeroNonFinite(raw, isSwapped: isSwapped) }
      unsafe type.convert(raw, isSwapped: isSwapped, scale: scale, into: tensor.base + start)
      if let exact { unsafe type.widen(raw, scale: scale, into: exact.base + start) }
    }
  }

  /// Reads all voxels as float32 intensities, `(z, y, x)`.
  ///
  /// - Parameter keepsExact: whether `exact` is filled, too.
  /// - Throws: `broken-image` when there are fewer or more bytes than the header says; `unreadable`.
  func read(
    keepsExact: Bool = false, progress: ProgressHandler
  ) throws(NNXError) -> Tensor {
    let tensor = Tensor(shape)
    // ITK rounds whole numbers that it scales to float32 itself.
    let isExact =
      scale.isRoundedFirst ? intensityType.fitsFloat : scale.isIdentity && type.fitsFloat
    if keepsExact, !isExact { exact = Buffer(tensor.count) }
    var buffer = [UInt8](repeating: 0, count: min(Self.chunk, tensor.count) * type.size)
    for done in stride(from: 0, to: tensor.count, by: Self.chunk) {
      let count = min(Self.chunk, tensor.count - done)
      try read(count, &buffer, into: tensor, at: done)
      tell(progress, done + count, of: tensor.count)
    }
    try stream.expectEnd()
    return tensor
  }
}

/// Checks that an image can lie in its file and in memory, before anything is allocated.
///
/// - Parameters:
///   - shape: extents, each at least 1.
///   - beside: bytes of a voxel that lie in memory beside its float while it is read.
///   - available: the most bytes that the file can hold.
/// - Throws: `broken-image`, `memory`.
func checkSize(
  _ shape: [Int], bytesPerVoxel: Int, beside: Int = 0, available: Int, path: String
) throws(NNXError) {
  let extents = list(shape.reversed())
  guard let bytes = (shape + [bytesPerVoxel]).product, bytes <= available else {
    throw NNXError(
      .brokenImage, "\(path) is cut off, or its header is wrong",
      details: [
        "\(extents) voxels of \(bytesPerVoxel) bytes are more than a file of this size can hold"
      ],
      fixes: ["Copy, download or export the file again"])
  }
  let perVoxel = MemoryLayout<Float>.size + beside
  let needed = Int(saturating: Double(bytes / bytesPerVoxel) * Double(perVoxel))
  guard needed <= ProcessFacts.physicalMemory else {
    throw NNXError(
      .memory,
      "\(path) needs \(needed >> 30) GB of memory, \(ProcessFacts.physicalMemory >> 30) GB are there",
      details: ["\(extents) voxels, \(perVoxel) bytes each"],
      fixes: ["Check that the image is what you expect, or use a larger machine"])
  }
}
