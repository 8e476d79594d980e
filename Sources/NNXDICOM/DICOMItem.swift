internal import CDICOM
import NNXSystem

/// A data set, or an item of a sequence.
@safe package struct DICOMItem {
  /// Keeps the file alive.
  private let object: DICOMObject
  private let handle: OpaquePointer
  private var functions: nnx_dicom { object.library.functions }

  init(_ object: DICOMObject, _ handle: OpaquePointer) {
    self.object = object
    unsafe self.handle = handle
  }

  // MARK: - Reading

  /// A value as text, several values with `\` between them, without the blanks around it; `nil` without such an
  /// element and for sequences. Numbers of binary elements are in decimal.
  package func text(_ tag: DICOMTag) -> String? {
    var length = 0
    guard let start = unsafe functions.text(handle, tag.number, &length) else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
    let isPadding: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0 }
    let trimmed = unsafe bytes.drop(while: isPadding)
    let end = unsafe trimmed.lastIndex { !isPadding($0) }.map { $0 + 1 } ?? trimmed.startIndex
    return unsafe DICOMText.decode(Array(trimmed[trimmed.startIndex..<end]))
  }

  /// The values of an element as texts; none without it.
  package func texts(_ tag: DICOMTag) -> [String] {
    guard let text = text(tag), !text.isEmpty else { return [] }
    return text.split(separator: "\\", omittingEmptySubsequences: false).map {
      DICOMText.trimmed($0)
    }
  }

  /// The values of an element as finite numbers; `nil` where one of them is none, or the element is not there.
  package func numbers(_ tag: DICOMTag) -> [Double]? {
    let texts = texts(tag)
    let numbers = texts.compactMap(Double.init).filter(\.isFinite)
    return texts.isEmpty || numbers.count < texts.count ? nil : numbers
  }

  /// The first value as a finite number.
  package func number(_ tag: DICOMTag) -> Double? {
    texts(tag).first.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
  }

  /// The first value as a whole number.
  package func integer(_ tag: DICOMTag) -> Int? { texts(tag).first.flatMap { Int($0) } }

  /// Calls `body` with the bytes of a value, in the order of this machine; `nil` without such an element.
  package func withBytes<Result>(
    _ tag: DICOMTag, _ body: (RawSpan) throws(NNXError) -> Result
  ) throws(NNXError) -> Result? {
    var count = 0
    guard let start = unsafe functions.bytes(handle, tag.number, &count) else { return nil }
    return try body(unsafe UnsafeRawBufferPointer(start: start, count: count).bytes)
  }

  /// The items of a sequence, in order; none without it.
  package func items(_ tag: DICOMTag) -> [DICOMItem] {
    var found: [DICOMItem] = []
    var last: OpaquePointer?
    while let next = unsafe functions.next(handle, tag.number, last) {
      found.append(unsafe DICOMItem(object, next))
      unsafe last = next
    }
    return found
  }

  /// The first item of a sequence.
  package func item(_ tag: DICOMTag) -> DICOMItem? {
    unsafe functions.next(handle, tag.number, nil).map { unsafe DICOMItem(object, $0) }
  }

  // MARK: - Writing

  /// Sets an element from text, as `text` gives it.
  ///
  /// - Parameter vr: its value representation, two letters.
  /// - Throws: `bug` when the value does not fit the element.
  package func put(_ tag: DICOMTag, _ vr: String, _ text: String) throws(NNXError) {
    try unsafe check(functions.put(handle, tag.number, vr, text), tag)
  }

  /// Appends an item to a sequence, which is made with its first.
  ///
  /// - Throws: `bug`.
  package func append(_ tag: DICOMTag) throws(NNXError) -> DICOMItem {
    guard let item = unsafe functions.append(handle, tag.number) else {
      throw NNXError(.bug, "cannot set the DICOM element \(tag)")
    }
    return unsafe DICOMItem(object, item)
  }

  /// Copies an element of another data set with all that is in it, if there is one: says whether.
  @discardableResult
  package func copy(_ tag: DICOMTag, from other: DICOMItem) -> Bool {
    unsafe functions.copy(handle, other.handle, tag.number) != 0
  }

  private func check(_ why: UnsafePointer<CChar>?, _ tag: DICOMTag) throws(NNXError) {
    guard let why = unsafe why else { return }
    throw NNXError(
      .bug, "cannot set the DICOM element \(tag)", details: [unsafe object.library.said(why)])
  }
}
