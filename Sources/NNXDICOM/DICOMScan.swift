import NNXArchive
import NNXSystem
import Synchronization

/// What DICOM there is in a folder and those below it, in a file or in a zip.
package struct DICOMScan: Sendable {
  package let path: String
  /// Series of images, in the order of their numbers.
  package let series: [DICOMSeries]
  /// Segmentations (DICOM-SEG).
  package let segmentations: [SliceSource]
  /// How many other objects there are, by their modality.
  package let others: [String: Int]
  /// Files that are DICOM and cannot be read, and why.
  package let damaged: [(path: String, error: NNXError)]

  private enum Found: Sendable {
    case image(ImageFile)
    case segmentation(SliceSource)
    case other(String)
    case damaged(String, NNXError)
  }

  /// Segmentation Storage, and Label Map Segmentation Storage (DICOM PS3.4, annex B.5).
  static let segmentationClasses: Set<String> = [
    "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7",
  ]
  private static let directoryClass = "1.2.840.10008.1.3.10"

  /// - Parameter path: of a folder, a DICOM file or a zip.
  /// - Throws: `file-not-found`, `unreadable`; `missing-library`; for a zip, what reading it throws.
  package init(_ path: String) throws(NNXError) {
    try self.init(path, of: Self.files(path))
  }

  /// - Parameter files: what `files` finds there.
  init(_ path: String, of files: [(path: String, size: Int)]) throws(NNXError) {
    var sources: [SliceSource] = []
    for file in files {
      sources +=
        Self.isZip(file.path) ? try Self.members(file.path) : [.file(file.path, size: file.size)]
    }
    let found = Mutex<[Int: Found]>([:])
    try Parallel.forEach(sources.count) { (index) throws(NNXError) in
      guard let one = try Self.look(sources[index]) else { return }
      found.withLock { $0[index] = one }
    }
    var files: [ImageFile] = []
    var segmentations: [SliceSource] = []
    var others: [String: Int] = [:]
    var damaged: [(path: String, error: NNXError)] = []
    for (_, one) in found.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      switch one {
      case .image(let file): files.append(file)
      case .segmentation(let source): segmentations.append(source)
      case .other(let modality): others[modality, default: 0] += 1
      case .damaged(let path, let error): damaged.append((path, error))
      }
    }
    self.path = path
    series = DICOMSeries.all(files)
    (self.segmentations, self.others, self.damaged) = (segmentations, others, damaged)
  }

  /// The files that are looked at: all in a folder and those below it, or the one at the path.
  static func files(_ path: String) throws(NNXError) -> [(path: String, size: Int)] {
    guard let isFolder = Folder.isFolder(path) else {
      throw NNXError(.fileNotFound, "there is no file \(path)")
    }
    guard isFolder else { return [(path, try FileReader(path).count)] }
    return try Folder.files(below: path).map { ("\(path)/\($0.path)", $0.size) }
  }

  static func isZip(_ path: String) -> Bool {
    path.lowercased().hasSuffix(".zip")
  }

  private static func members(_ path: String) throws(NNXError) -> [SliceSource] {
    let zip = try MappedZip(try MappedFile(path), .modelArchive())
    return zip.entries.filter { !$0.isFolder }.map { .member(zip, $0, zip: path) }
  }

  /// What a file is; `nil` for what is no DICOM, and for directories of file sets.
  private static func look(_ source: SliceSource) throws(NNXError) -> Found? {
    guard source.size >= 132, try source.isDICOM() else { return nil }
    let object: DICOMObject
    do throws(NNXError) { object = try source.open(until: .pixelData) } catch {
      if error.code == .missingLibrary { throw error }
      return .damaged(source.path, error)
    }
    let (data, meta) = (object.dataset, object.meta)
    let sopClass =
      data.text(.sopClass).flatMap { $0.isEmpty ? nil : $0 } ?? meta.text(.mediaStorageClass) ?? ""
    if sopClass == directoryClass || meta.text(.mediaStorageClass) == directoryClass { return nil }
    if segmentationClasses.contains(sopClass) { return .segmentation(source) }
    let modality = data.text(.modality) ?? ""
    let isImage = data.text(.rows) != nil && data.text(.columns) != nil
    guard isImage, !["SEG", "RTDOSE"].contains(modality) else {
      // A file of which nothing was read is none of the others.
      guard !modality.isEmpty || !sopClass.isEmpty else {
        return .damaged(source.path, .brokenDICOM(source.path, "it says nothing of what it is"))
      }
      return .other(modality.isEmpty ? "?" : modality)
    }
    return .image(ImageFile(object, source))
  }
}
