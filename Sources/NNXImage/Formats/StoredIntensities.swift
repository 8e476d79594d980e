import NNXSystem
import NNXTensor

/// The voxels of an image as they are stored: whole numbers in the smaller type that holds them all, else float32.
struct StoredIntensities {
  let type: VoxelType
  private let voxels: Tensor
  private let threads: Threads

  /// Voxels a part.
  private static let part = 1 << 18

  /// - Parameter bounds: between which all voxels lie and are whole numbers, where that is known.
  init(_ voxels: Tensor, bounds: ClosedRange<Float>? = nil, threads: Threads = .all) {
    (self.voxels, self.threads) = (voxels, threads)
    type = Self.type(bounds ?? .infinite) ?? Self.type(Self.bounds(voxels, threads)) ?? .float32
  }

  /// The type for whole numbers between bounds; `nil` when none holds them.
  private static func type(_ bounds: ClosedRange<Float>) -> VoxelType? {
    if bounds.lowerBound >= -32768, bounds.upperBound <= 32767 { return .int16 }
    return bounds.lowerBound >= 0 && bounds.upperBound <= 65535 ? .uint16 : nil
  }

  /// The least and the greatest voxel, if all are whole numbers.
  private static func bounds(_ voxels: Tensor, _ threads: Threads) -> ClosedRange<Float> {
    let parts = threads.map((voxels.count + part - 1) / part) { index in
      voxels.withSpan { span in
        let run = index * part..<min(span.count, (index + 1) * part)
        return WholeNumbers.bounds(span.extracting(run)) ?? .infinite
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
    guard type != .float32 else {
      return try voxels.withSpan { (span) throws(NNXError) in
        for start in stride(from: 0, to: span.count, by: Self.part) {
          let run = start..<min(span.count, start + Self.part)
          try span.extracting(run).withRawSpan(body)
        }
      }
    }
    // Signed and unsigned ones have the same bits.
    let stage = Self.part * 4 * threads.count
    var words = [UInt16](repeating: 0, count: min(stage, voxels.count))
    for start in stride(from: 0, to: voxels.count, by: stage) {
      let count = min(stage, voxels.count - start)
      fill(&words, from: start, count)
      try words.span.extracting(0..<count).withRawSpan(body)
    }
  }

  private func fill(_ words: inout [UInt16], from start: Int, _ count: Int) {
    unsafe words.withUnsafeMutableBufferPointer { buffer in
      let words = unsafe buffer
      threads.forEachBlock(of: count) { run in
        voxels.withSpan { span in
          let values = span.extracting(start + run.lowerBound..<start + run.upperBound)
          var target = unsafe UnsafeMutableBufferPointer(rebasing: words[run]).mutableSpan
          for index in values.indices {
            target[index] = UInt16(truncatingIfNeeded: WholeNumbers.bits(values[index]))
          }
        }
      }
    }
  }
}

extension ClosedRange<Float> {
  /// No type but that of all numbers holds these.
  fileprivate static var infinite: ClosedRange<Float> { -.infinity ... .infinity }
}
