import NNXArchive
import NNXSystem

/// Where a DICOM file is: on disk, or in a zip.
package enum SliceSource: Sendable {
  case file(String, size: Int)
  case member(MappedZip, ArchiveEntry, zip: String)

  /// For people; of a member, the zip's with its own behind a colon.
  package var path: String {
    switch self {
    case .file(let path, _): path
    case .member(_, let entry, let zip): "\(zip):\(entry.path)"
    }
  }
  /// The file on disk that it lies in.
  package var file: String {
    switch self {
    case .file(let path, _): path
    case .member(_, _, let zip): zip
    }
  }
  /// Bytes.
  var size: Int {
    switch self {
    case .file(_, let size): size
    case .member(_, let entry, _): entry.size
    }
  }

  /// - Parameter until: the element to stop before; `nil` reads everything.
  /// - Throws: `broken-dicom`; what reading throws.
  package func open(until: DICOMTag? = nil) throws(NNXError) -> DICOMObject {
    switch self {
    case .file(let path, _): return try DICOMObject(path, until: until)
    case .member(let zip, let entry, _):
      return try zip.withContent(of: entry) { (bytes) throws(NNXError) in
        try DICOMObject(bytes, path: self.path, until: until)
      }
    }
  }

  /// Whether it begins as DICOM does.
  ///
  /// - Throws: what reading throws.
  func isDICOM() throws(NNXError) -> Bool {
    switch self {
    case .file(let path, let size):
      return DICOMStart.isOne(try FileReader(path).bytes(at: 0, count: min(size, 132)))
    case .member(let zip, let entry, _):
      return try zip.withContent(of: entry) { (bytes) throws(NNXError) in
        DICOMStart.isOne(bytes.copy(0..<min(bytes.byteCount, 132)))
      }
    }
  }
}

/// How DICOM files begin.
package enum DICOMStart {
  /// Whether these may be the first bytes of a DICOM file: 128 of anything and `DICM` (DICOM PS3.10, section 7.1),
  /// or without these, as old programs write, the first element of the meta information or of the data set.
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    if bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) { return true }
    guard bytes.count >= 132, bytes[1] == 0, bytes[3] == 0 else { return false }
    let vr = bytes[4..<6]
    let isExplicit = ["UL", "OB", "UI", "CS"].contains { vr.elementsEqual($0.utf8) }
    switch (bytes[0], bytes[2]) {
    case (2, 0...2): return isExplicit
    case (8, 0), (8, 5), (8, 8), (8, 0x16):
      // Implicit: a length in place of the VR.
      return isExplicit || (bytes[4] <= 64 && bytes[5..<8].allSatisfy { $0 == 0 })
    default: return false
    }
  }

  /// Whether the file at `path` begins so.
  package static func isOne(_ path: String) -> Bool {
    guard Folder.isFile(path), let file = try? FileReader(path), file.count >= 132 else {
      return false
    }
    return (try? file.bytes(at: 0, count: 132)).map(isOne) ?? false
  }

  /// Whether the file at `path` is a segmentation (DICOM-SEG).
  ///
  /// - Throws: `missing-library`.
  static func isSegmentation(_ path: String) throws(NNXError) -> Bool {
    guard isOne(path) else { return false }
    do throws(NNXError) {
      let object = try DICOMObject(path, until: DICOMTag(0x0008_0018))
      let sopClass = object.dataset.text(.sopClass) ?? object.meta.text(.mediaStorageClass) ?? ""
      return DICOMScan.segmentationClasses.contains(sopClass)
    } catch {
      if error.code == .missingLibrary { throw error }
      return false
    }
  }
}
