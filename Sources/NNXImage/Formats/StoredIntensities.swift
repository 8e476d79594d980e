import NNXSystem
import NNXTensor

/// The voxels of an image as they are stored: whole numbers in the smaller type that holds them all, else float32.
struct StoredIntensities {
  let type: VoxelType
  private let voxels: Tensor

  /// Voxels a part.
  private static let part = 1 << 18

  init(_ voxels: Tensor) {
    self.voxels = voxels
    let (low, high, isWhole) = voxels.withSpan { span in
      var (low, high) = (Float.infinity, -Float.infinity)
      var isWhole = true
      for index in span.indices {
        let value = span[index]
        low = min(low, value)
        high = max(high, value)
        isWhole = isWhole && value == value.rounded(.towardZero)
      }
      return (low, high, isWhole)
    }
    if isWhole, low >= -32768, high <= 32767 {
      type = .int16
    } else if isWhole, low >= 0, high <= 65535 {
      type = .uint16
    } else {
      type = .float32
    }
  }

  /// As NRRD calls the type.
  var nrrdType: String { type == .int16 ? "short" : type == .uint16 ? "unsigned short" : "float" }
  /// As MetaImage calls the type.
  var metaType: String {
    type == .int16 ? "MET_SHORT" : type == .uint16 ? "MET_USHORT" : "MET_FLOAT"
  }

  /// Hands out all voxels as bytes, least byte first, part by part.
  func forEachPart(_ body: ByteSink) throws(NNXError) {
    switch type {
    case .int16: try convert(body) { Int16($0) }
    case .uint16: try convert(body) { UInt16($0) }
    default: try convert(body) { $0 }
    }
  }

  private func convert<Stored: BitwiseCopyable>(
    _ body: ByteSink, _ store: (Float) -> Stored
  ) throws(NNXError) {
    try voxels.withSpan { (span) throws(NNXError) in
      for start in stride(from: 0, to: span.count, by: Self.part) {
        let count = min(Self.part, span.count - start)
        let stored = unsafe [Stored](unsafeUninitializedCapacity: count) { buffer, filled in
          for index in 0..<count { unsafe buffer[index] = store(span[start + index]) }
          filled = count
        }
        try stored.span.withRawSpan(body)
      }
    }
  }
}
