import NNXTensor

/// The mean of the volumes of a file, as TotalSpineSeg takes it (`average4d.py`): summed in double in their order, and
/// in the file's own type of voxel, of which fractions are cut off.
enum VolumeMean {
  /// - Parameters:
  ///   - voxels: of all volumes, one after the other along z.
  ///   - exact: the same in double, where float32 rounds them.
  ///   - shape: of a volume, `(z, y, x)`.
  ///   - type: of the intensities.
  static func of(
    _ voxels: Tensor, _ exact: Buffer<Double>?, _ shape: [Int], _ type: VoxelType
  ) -> (Tensor, Buffer<Double>?) {
    let source = ZoomSource(voxels, exact: exact)
    let result = Tensor(shape)
    let doubles = exact.map { _ in Buffer<Double>(grid: shape) }
    let volumes = voxels.count / max(result.count, 1)
    result.withMutableSpan { span in
      for index in 0..<result.count {
        var sum = 0.0
        for volume in 0..<volumes { sum += source[volume * result.count + index] }
        var mean = sum / Double(volumes)
        if type.integers != nil { mean = mean.rounded(.towardZero) }
        span[index] = Float(mean)
        if let doubles { unsafe doubles.base[index] = mean }
      }
    }
    return (result, doubles)
  }
}
