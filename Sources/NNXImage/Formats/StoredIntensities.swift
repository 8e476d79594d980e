import NNXSystem
import NNXTensor

/// The voxels of an image as they are stored: whole numbers in the smaller type that holds them all, else float32.
struct StoredIntensities {
  /// Hands out all voxels in order, in one piece or several.
  typealias Source = (_ body: (Span<Float>) throws(NNXError) -> Void) throws(NNXError) -> Void

  let type: VoxelType
  private let source: Source
  private let threads: Threads

  /// Voxels a part.
  private static let part = 1 << 18

  /// - Parameter bounds: between which all voxels lie and are whole numbers, where that is known.
  init(_ voxels: Tensor, bounds: ClosedRange<Float>? = nil, threads: Threads = .all) {
    self.threads = threads
    source = { (body) throws(NNXError) in
      try voxels.withSpan { (span) throws(NNXError) in try body(span) }
    }
    if let bounds, Self.type(bounds) == .int16 {
      type = .int16
    } else {
      type = Self.type(Self.bounds(voxels, threads)) ?? .float32
    }
  }

  /// Of voxels that are not read before they are stored.
  ///
  /// - Parameter bounds: between which all of them lie and are whole numbers.
  /// - Returns: `nil` where these do not tell the type.
  init?(bounds: ClosedRange<Float>, threads: Threads, _ source: @escaping Source) {
    guard Self.type(bounds) == .int16 else { return nil }
    (type, self.source, self.threads) = (.int16, source, threads)
  }

  /// The type for whole numbers between bounds; `nil` when none holds them.
  private static func type(_ bounds: ClosedRange<Float>) -> VoxelType? {
    if bounds.lowerBound >= -32768, bounds.upperBound <= 32767 { return .int16 }
    return bounds.lowerBound >= 0 && bounds.upperBound <= 65535 ? .uint16 : nil
  }

  /// The least and the greatest voxel, if all are whole numbers.
  private static func bounds(_ voxels: Tensor, _ threads: Threads) -> ClosedRange<Float> {
    let infinite = -Float.infinity ... .infinity
    let parts = threads.map((voxels.count + part - 1) / part) { index in
      voxels.withSpan { span in
        let run = index * part..<min(span.count, (index + 1) * part)
        return WholeNumbers.bounds(span.extracting(run)) ?? infinite
      }
    }
    let low = parts.map(\.lowerBound).min() ?? 0
    return low...(parts.map(\.upperBound).max() ?? low)
  }

  /// As NRRD calls the type.
  var nrrdType: String { type == .int16 ? "short" : type == .uint16 ? "unsigned short" : "float" }
  /// As MetaImage calls the type.
  var metaType: String {
    type == .int16 ? "MET_SHORT" : type == .uint16 ? "MET_USHORT" : "MET_FLOAT"
  }

  /// Hands out all voxels as bytes, least byte first, part by part.
  func forEachPart(_ body: ByteSink) throws(NNXError) {
    let step = type == .float32 ? Self.part : Self.part * 4 * threads.count
    // Signed and unsigned whole numbers have the same bits.
    var words: [UInt16] = []
    try source { (voxels) throws(NNXError) in
      for start in stride(from: 0, to: voxels.count, by: step) {
        let values = voxels.extracting(start..<min(voxels.count, start + step))
        guard type != .float32 else {
          try values.withRawSpan(body)
          continue
        }
        if words.count < values.count { words = [UInt16](repeating: 0, count: values.count) }
        fill(&words, values)
        try words.span.extracting(0..<values.count).withRawSpan(body)
      }
    }
  }

  private func fill(_ words: inout [UInt16], _ values: Span<Float>) {
    unsafe words.withUnsafeMutableBufferPointer { buffer in
      let words = unsafe buffer
      threads.forEachBlock(of: values.count) { run in
        var target = unsafe UnsafeMutableBufferPointer(rebasing: words[run]).mutableSpan
        WholeNumbers.store(values.extracting(run), in: &target)
      }
    }
  }
}
