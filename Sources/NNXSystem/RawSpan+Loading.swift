/// Reading numbers from bytes that need not be aligned.
extension RawSpan {
  /// The byte at `offset`; stops the program when it lies outside.
  @inlinable package func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  /// The integer that begins at `offset`, least significant byte first; stops the program when it
  /// lies outside.
  @inlinable package func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type, at offset: Int
  ) -> Value {
    Value(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }

  /// A copy of the bytes in `range`; stops the program when they lie outside.
  package func copy(_ range: Range<Int>) -> [UInt8] {
    let part = extracting(range)
    return unsafe part.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Whether both have the same bytes.
  package func isEqual(to other: RawSpan) -> Bool {
    unsafe withUnsafeBytes { bytes in
      unsafe other.withUnsafeBytes { unsafe bytes.elementsEqual($0) }
    }
  }
}

extension Span where Element: BitwiseCopyable {
  /// Calls `body` with the bytes of all elements.
  package func withRawSpan<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe bytes)
  }
}

extension [UInt8] {
  /// Appends a copy of bytes.
  package mutating func append(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }

  /// Calls `body` with all bytes.
  package func withRawSpan<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe span.bytes)
  }
}
