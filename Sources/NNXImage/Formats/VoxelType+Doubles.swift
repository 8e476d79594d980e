extension VoxelType {
  /// Turns stored voxels into intensities in double, as nibabel's `get_fdata` has them: times the slope unless
  /// that is 1, plus the intercept unless that is 0.
  ///
  /// - Parameters:
  ///   - raw: stored voxels, in this machine's byte order.
  ///   - output: where the intensities go.
  func widen(
    _ raw: UnsafeMutableRawBufferPointer, scale: IntensityScale,
    into output: UnsafeMutablePointer<Double>
  ) {
    switch self {
    case .uint8: unsafe run(raw, UInt8.self, scale, output) { Double($0) }
    case .int8: unsafe run(raw, Int8.self, scale, output) { Double($0) }
    case .int16: unsafe run(raw, Int16.self, scale, output) { Double($0) }
    case .uint16: unsafe run(raw, UInt16.self, scale, output) { Double($0) }
    case .int32: unsafe run(raw, Int32.self, scale, output) { Double($0) }
    case .uint32: unsafe run(raw, UInt32.self, scale, output) { Double($0) }
    case .int64: unsafe run(raw, Int64.self, scale, output) { Double($0) }
    case .uint64: unsafe run(raw, UInt64.self, scale, output) { Double($0) }
    case .float32: unsafe run(raw, Float.self, scale, output) { Double($0) }
    case .float64: unsafe run(raw, Double.self, scale, output) { $0 }
    }
  }

  private func run<Stored: BitwiseCopyable>(
    _ raw: UnsafeMutableRawBufferPointer, _: Stored.Type, _ scale: IntensityScale,
    _ output: UnsafeMutablePointer<Double>, _ widen: (Stored) -> Double
  ) {
    let (slope, intercept) = (scale.slope, scale.intercept)
    unsafe raw.withMemoryRebound(to: Stored.self) { stored in
      for index in stored.indices {
        var value = unsafe widen(stored[index])
        if slope != 1 { value *= slope }
        if intercept != 0 { value += intercept }
        unsafe output[index] = value
      }
    }
  }
}
