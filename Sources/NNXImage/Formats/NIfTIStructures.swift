import CNIfTI

// What of NIfTI's C library takes pointers, in terms of arrays.

extension nifti_1_header {
  /// - Parameters:
  ///   - bytes: of a file, 348.
  ///   - isSwapped: whether they are in the other byte order.
  init(_ bytes: [UInt8], isSwapped: Bool) {
    self = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: Self.self) }
    if isSwapped { unsafe nnx_nifti_swap_1(&self) }
  }

  func bytes(isSwapped: Bool) -> [UInt8] {
    var header = self
    if isSwapped { unsafe nnx_nifti_swap_1(&header) }
    return elements(header, UInt8.self)
  }
}

extension nifti_2_header {
  /// - Parameters:
  ///   - bytes: of a file, 540.
  ///   - isSwapped: whether they are in the other byte order.
  init(_ bytes: [UInt8], isSwapped: Bool) {
    self = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: Self.self) }
    if isSwapped { unsafe nnx_nifti_swap_2(&self) }
  }

  func bytes(isSwapped: Bool) -> [UInt8] {
    var header = self
    if isSwapped { unsafe nnx_nifti_swap_2(&header) }
    return elements(header, UInt8.self)
  }
}

/// The elements of a C array, which Swift sees as a tuple, or of a structure.
func elements<Tuple, Element: BitwiseCopyable>(_ tuple: Tuple, _: Element.Type) -> [Element] {
  unsafe withUnsafeBytes(of: tuple) { unsafe Array($0.bindMemory(to: Element.self)) }
}

/// Writes text into a C array of characters and leaves at least one zero at its end.
func fill<Tuple>(_ field: inout Tuple, _ text: String) {
  unsafe withUnsafeMutableBytes(of: &field) { bytes in
    let characters = text.utf8.filter { $0 < 128 }.prefix(bytes.count - 1)
    unsafe UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(characters.count))
      .copyBytes(from: characters)
  }
}

/// The q-form of a 3 x 4 matrix with unit vectors as columns.
func qform(of rows: [[Double]]) -> nnx_nifti_qform {
  unsafe nnx_nifti_quaternion(Array(rows.joined()))
}

/// The same of an s-form, in float32.
func qform(ofFloats rows: [[Float]]) -> nnx_nifti_qform {
  unsafe nnx_nifti_float_quaternion(Array(rows.joined()))
}

/// The matrix that a q-form describes, three rows of four numbers one after the other.
func quaternionMatrix(
  _ quaternion: [Double], _ offset: [Double], _ spacing: [Double], _ sign: Double
) -> nnx_nifti_matrix {
  unsafe nnx_nifti_quaternion_matrix(quaternion, offset, spacing, sign)
}
