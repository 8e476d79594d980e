import CNIfTI
import NNXTensor

/// The types of voxels that nnx reads, with their codes in nifti1.h.
enum VoxelType: Int, CaseIterable {
  case uint8 = 2
  case int16 = 4
  case int32 = 8
  case float32 = 16
  case float64 = 64
  case int8 = 256
  case uint16 = 512
  case uint32 = 768
  case int64 = 1024
  case uint64 = 1280

  /// Bytes of one voxel.
  var size: Int {
    switch self {
    case .uint8, .int8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The least and the largest value where it holds whole numbers alone.
  var integers: ClosedRange<Double>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...65535
    case .int16: -32768...32767
    case .uint32: 0...4_294_967_295
    case .int32: -2_147_483_648...2_147_483_647
    case .uint64: 0...0x1p64
    case .int64: -0x1p63...0x1p63
    case .float32, .float64: nil
    }
  }

  /// Whether float32 holds every value.
  var fitsFloat: Bool {
    switch self {
    case .uint8, .int8, .int16, .uint16, .float32: true
    case .int32, .uint32, .float64, .int64, .uint64: false
    }
  }

  /// The name of a type that is not among these, for messages; by libnifti.
  static func name(_ code: Int) -> String {
    unsafe String(cString: nnx_nifti_type_name(Int32(clamping: code)))
  }
}

/// How stored values become intensities: `stored * slope + intercept`, as ITK 5.4 has it
/// (NiftiImageIO::ReadImageInformation, MustRescale).
struct IntensityScale: Equatable {
  let slope: Double
  let intercept: Double
  /// Whether stored values become float32 before they are scaled.
  let isRoundedFirst: Bool
  /// The intensity of a stored 0.
  var ofZero: Float { Float(0 * slope + intercept) }
  /// Whether stored values are intensities already.
  var isIdentity: Bool { slope == 1 && intercept == 0 }

  /// As nibabel has it (get_fdata): computed in double throughout; nothing is scaled when the slope is 0
  /// or no number.
  init(nibabelSlope slope: Double, intercept: Double) {
    let isUsed = slope.isFinite && slope != 0
    self.slope = isUsed ? slope : 1
    self.intercept = isUsed && intercept.isFinite ? intercept : 0
    isRoundedFirst = false
  }

  init(slope: Double, intercept: Double) {
    isRoundedFirst = true
    let epsilon = Double.ulpOfOne
    let finiteSlope = slope.isFinite && abs(slope) >= epsilon ? slope : 1
    let finiteIntercept = intercept.isFinite ? intercept : 0
    if abs(finiteSlope - 1) <= epsilon && abs(finiteIntercept) <= epsilon {
      self.slope = 1
      self.intercept = 0
    } else {
      self.slope = finiteSlope
      self.intercept = finiteIntercept
    }
  }
}

extension VoxelType {
  /// Makes 0 of stored reals that are no numbers or infinite, as ITK's NIfTI library does (`nifti_read_buffer`
  /// of nifti1_io.c).
  ///
  /// - Parameter raw: stored voxels, in the file's byte order.
  /// - Returns: how many they are.
  func zeroNonFinite(_ raw: UnsafeMutableRawBufferPointer, isSwapped: Bool) -> Int {
    switch self {
    case .float32: unsafe zero(raw, UInt32(0), Float.infinity.bitPattern, isSwapped)
    case .float64: unsafe zero(raw, UInt64(0), Double.infinity.bitPattern, isSwapped)
    default: 0
    }
  }

  /// - Parameter exponent: all bits of the exponent, which only such values have.
  private func zero<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ raw: UnsafeMutableRawBufferPointer, _ zero: Bits, _ exponent: Bits, _ isSwapped: Bool
  ) -> Int {
    let mask = isSwapped ? exponent.byteSwapped : exponent
    return unsafe raw.withMemoryRebound(to: Bits.self) { stored in
      var count = 0
      for index in stored.indices where unsafe stored[index] & mask == mask {
        unsafe stored[index] = zero
        count += 1
      }
      return count
    }
  }

  /// Turns stored voxels into float32 intensities.
  ///
  /// Without a scale, each value is rounded once from its own type. With one, values other than
  /// float64 first become float32; the product and sum are computed in double and rounded again
  /// (ITK's NiftiImageIO::Read: CastCopy, then RescaleFunction).
  ///
  /// - Parameters:
  ///   - raw: the stored voxels; put into this machine's byte order in place.
  ///   - isSwapped: whether they are in the other byte order.
  ///   - output: where the intensities go.
  func convert(
    _ raw: UnsafeMutableRawBufferPointer, isSwapped: Bool, scale: IntensityScale,
    into output: UnsafeMutablePointer<Float>
  ) {
    if isSwapped && size > 1 {
      unsafe nnx_nifti_swap_values(Int64(raw.count / size), Int32(size), raw.baseAddress)
    }
    switch self {
    case .uint8: unsafe run(raw, UInt8.self, scale, output, { Float($0) }, { Double($0) })
    case .int8: unsafe run(raw, Int8.self, scale, output, { Float($0) }, { Double($0) })
    case .int16: unsafe run(raw, Int16.self, scale, output, { Float($0) }, { Double($0) })
    case .uint16: unsafe run(raw, UInt16.self, scale, output, { Float($0) }, { Double($0) })
    case .int32: unsafe run(raw, Int32.self, scale, output, { Float($0) }, { Double($0) })
    case .uint32: unsafe run(raw, UInt32.self, scale, output, { Float($0) }, { Double($0) })
    case .int64: unsafe run(raw, Int64.self, scale, output, { Float($0) }, { Double($0) })
    case .uint64: unsafe run(raw, UInt64.self, scale, output, { Float($0) }, { Double($0) })
    case .float32: unsafe run(raw, Float.self, scale, output, { $0 }, { Double($0) })
    case .float64: unsafe run(raw, Double.self, scale, output, { Float($0) }, { $0 })
    }
  }

  @inline(__always)
  private func run<Stored: BitwiseCopyable>(
    _ raw: UnsafeMutableRawBufferPointer, _: Stored.Type, _ scale: IntensityScale,
    _ output: UnsafeMutablePointer<Float>, _ narrow: (Stored) -> Float,
    _ widen: (Stored) -> Double
  ) {
    unsafe raw.withMemoryRebound(to: Stored.self) { stored in
      if scale.isIdentity {
        for index in stored.indices { unsafe output[index] = narrow(stored[index]) }
      } else {
        let (slope, intercept) = (scale.slope, scale.intercept)
        let isRounded = scale.isRoundedFirst
        for index in stored.indices {
          let value = unsafe stored[index]
          let wide = isRounded ? value as? Double ?? Double(narrow(value)) : widen(value)
          unsafe output[index] = Float(wide * slope + intercept)
        }
      }
    }
  }
}
