import NNXSystem
import NNXTensor

/// The voxels of one volume in a file that is open: of one type, x fastest, nothing after them.
final class StoredVoxels {
  private let stream: ByteStream
  private let type: VoxelType
  private let isSwapped: Bool
  private let shape: [Int]
  private let scale: IntensityScale

  /// - Parameters:
  ///   - stream: about to give the first voxel.
  ///   - isSwapped: whether voxels are in the other byte order.
  ///   - shape: `(z, y, x)`.
  /// - Throws: `broken-image` when the file cannot hold so many voxels; `memory`.
  init(
    _ stream: ByteStream, _ type: VoxelType, isSwapped: Bool, shape: [Int],
    scale: IntensityScale = IntensityScale(slope: 1, intercept: 0)
  ) throws(NNXError) {
    self.stream = stream
    self.type = type
    self.isSwapped = isSwapped
    self.shape = shape
    self.scale = scale
    try checkSize(
      shape, bytesPerVoxel: type.size, available: stream.largestContent, path: stream.path)
  }

  /// Reads all voxels as float32 intensities, `(z, y, x)`.
  ///
  /// - Throws: `broken-image` when there are fewer or more bytes than the header says; `unreadable`.
  func read(progress: ProgressHandler) throws(NNXError) -> Tensor {
    let tensor = Tensor(shape)
    let chunk = 1 << 19
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: chunk * type.size, alignment: 64)
    defer { unsafe buffer.deallocate() }
    var done = 0
    while done < tensor.count {
      let count = min(chunk, tensor.count - done)
      let raw = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * type.size)])
      try unsafe stream.fill(raw, "voxels")
      unsafe type.convert(raw, isSwapped: isSwapped, scale: scale, into: tensor.base + done)
      done += count
      progress(
        ProgressEvent(.read, stream.path, done * type.size, of: tensor.count * type.size, .bytes))
    }
    try stream.expectEnd()
    return tensor
  }
}

/// Checks that an image can lie in its file and in memory, before anything is allocated.
///
/// - Parameters:
///   - shape: extents, each at least 1.
///   - available: the most bytes that the file can hold.
/// - Throws: `broken-image`, `memory`.
func checkSize(
  _ shape: [Int], bytesPerVoxel: Int, available: Int, path: String
) throws(NNXError) {
  let extents = list(shape.reversed())
  guard let bytes = product(shape + [bytesPerVoxel]), bytes <= available else {
    throw NNXError(
      .brokenImage, "\(path) is cut off, or its header is wrong",
      details: [
        "\(extents) voxels of \(bytesPerVoxel) bytes are more than a file of this size can hold"
      ],
      fixes: ["Copy, download or export the file again"])
  }
  let needed = bytes / bytesPerVoxel * MemoryLayout<Float>.size
  guard needed <= ProcessFacts.physicalMemory else {
    throw NNXError(
      .memory,
      "\(path) needs \(needed >> 30) GB of memory, \(ProcessFacts.physicalMemory >> 30) GB are there",
      details: ["\(extents) voxels, 4 bytes each"],
      fixes: ["Check that the image is what you expect, or use a larger machine"])
  }
}

/// The product, unless it does not fit into an integer.
func product(_ factors: [Int]) -> Int? {
  var product = 1
  for factor in factors {
    let (next, overflow) = product.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    product = next
  }
  return product
}
