internal import CDICOM
import NNXSystem

/// A DICOM file in memory: a tree of elements, and frames. Large values stay on disk until they are asked for.
///
/// One thread at a time; its items belong to it.
@safe package final class DICOMObject {
  /// Where it was read from, for errors; empty for a new one.
  package let path: String
  let library: DICOMLibrary
  let file: OpaquePointer

  /// Opens a file.
  ///
  /// - Parameter until: the element to stop before; `nil` reads everything.
  /// - Throws: `broken-dicom`, `missing-library`.
  package init(_ path: String, until: DICOMTag? = nil) throws(NNXError) {
    let library = try DICOMLibrary.load()
    var file: OpaquePointer?
    let why = unsafe library.functions.open(path, until?.number ?? 0, &file)
    guard let file = unsafe file else {
      throw .brokenDICOM(path, unsafe why.map { unsafe library.said($0) } ?? "no reason given")
    }
    (self.path, self.library) = (path, library)
    unsafe self.file = file
  }

  /// Opens bytes, which are copied.
  ///
  /// - Parameters:
  ///   - path: what to call them in errors.
  ///   - until: the element to stop before; `nil` reads everything.
  /// - Throws: `broken-dicom`, `missing-library`.
  package init(_ bytes: RawSpan, path: String, until: DICOMTag? = nil) throws(NNXError) {
    let library = try DICOMLibrary.load()
    var file: OpaquePointer?
    let why = unsafe bytes.withUnsafeBytes { buffer -> String? in
      guard let start = buffer.baseAddress else { return "it is empty" }
      let why = unsafe library.functions.open_bytes(
        start, buffer.count, until?.number ?? 0, &file)
      return unsafe why.map { unsafe library.said($0) }
    }
    guard let file = unsafe file else { throw .brokenDICOM(path, why ?? "no reason given") }
    (self.path, self.library) = (path, library)
    unsafe self.file = file
  }

  /// An empty file, to be filled and written.
  ///
  /// - Throws: `missing-library`, `broken-dicom` when there is no memory for it.
  package init() throws(NNXError) {
    let library = try DICOMLibrary.load()
    guard let file = unsafe library.functions.create() else {
      throw .brokenDICOM("a new file", "there is not enough memory")
    }
    (path, self.library) = ("", library)
    unsafe self.file = file
  }

  deinit { unsafe library.functions.close(file) }

  /// The data set.
  package var dataset: DICOMItem {
    unsafe DICOMItem(self, library.functions.dataset(file))
  }
  /// The meta information at the head of the file (group 2); empty for a new one.
  package var meta: DICOMItem { unsafe DICOMItem(self, library.functions.meta(file)) }
  /// The byte behind what was read: where the value of the element begins that reading stopped before; `nil` for a
  /// new file.
  var stop: Int? {
    let stop = unsafe Int(library.functions.stop(file))
    return stop > 0 ? stop : nil
  }
  /// UID of the transfer syntax the file is in.
  package var transferSyntax: String { unsafe library.said(library.functions.syntax(file)) }

  /// Decodes a frame: stored words of BitsAllocated (8, 16 or 32) in the order of this machine, row after row.
  ///
  /// Bits above BitsStored are as stored: mask them, and extend the sign oneself.
  ///
  /// - Parameters:
  ///   - index: 0 for the first.
  ///   - buffer: as many bytes as rows × columns × samples × bytes of a word.
  /// - Throws: `broken-dicom` when it cannot be decoded or is of another size.
  package func decode(_ index: Int, into buffer: inout [UInt8]) throws(NNXError) {
    let count = buffer.count
    let why = unsafe buffer.withUnsafeMutableBytes { bytes -> String? in
      guard let start = bytes.baseAddress else { return "it has no pixels" }
      let why = unsafe library.functions.frame(file, UInt32(clamping: index), start, count)
      return unsafe why.map { unsafe library.said($0) }
    }
    if let why { throw .brokenDICOM(path, "frame \(index + 1) cannot be decoded: \(why)") }
  }

  /// The bytes of the file, which has no pixels, in explicit VR little endian.
  ///
  /// - Parameter syntax: UID of the transfer syntax that it names.
  /// - Throws: `cannot-write` when the library refuses; `unreadable` when there is no memory for it.
  package func bytes(syntax: String) throws(NNXError) -> [UInt8] {
    let memory = try unsafe FileReader(
      inMemory: "a DICOM file", UnsafeRawBufferPointer(start: nil, count: 0))
    // The library writes to names alone.
    let path = "/proc/self/fd/\(memory.descriptor)"
    if let why = unsafe library.functions.save(file, path, syntax) {
      throw NNXError(
        .cannotWrite, "cannot make a DICOM file", details: [unsafe library.said(why)])
    }
    let written = try FileReader(path)
    return try written.bytes(at: 0, count: written.count)
  }
}
