import NNXDICOM
import NNXSystem

/// A DICOM segmentation (DICOM PS3.3, A.51 and A.101): frames of segments, each with its place.
package struct SEGFile {
  enum Kind: String {
    /// A bit for each pixel; a frame belongs to one segment.
    case binary = "BINARY"
    /// The segment's number for each pixel.
    case labelmap = "LABELMAP"
    /// How much of a pixel belongs to a segment.
    case fractional = "FRACTIONAL"
  }

  package let path: String
  let object: DICOMObject
  let kind: Kind
  let rows: Int
  let columns: Int
  /// Of a stored pixel: 1, 8 or 16.
  let bits: Int
  package let segments: [SEGSegment]
  /// The segment of each frame; 0 in label maps.
  let owners: [Int]
  let grid: SEGGrid
  /// What stands for all of a pixel, in fractional ones.
  let largestFraction: Int
  /// UIDs of the series that it was made of, if it tells.
  package let referencedSeries: [String]

  /// Segmentation Storage and Label Map Segmentation Storage (DICOM PS3.4, B.5).
  private static let classes: Set = [
    "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7",
  ]
  private static let mostFrames = 100_000

  /// Whether a file says of itself that it is one: its meta information, which is never compressed and comes
  /// first, names the class.
  package static func isOne(_ path: String) -> Bool {
    guard let file = try? FileReader(path),
      let head = try? file.bytes(at: 0, count: min(file.count, 1024)), head.count > 132,
      Array(head[128..<132]) == Array("DICM".utf8)
    else { return false }
    let begin = Array("1.2.840.10008.5.1.4.1.1.66.".utf8)
    let kinds = [UInt8(ascii: "4"), UInt8(ascii: "7")]
    for index in head.indices where head[index...].starts(with: begin) {
      let kind = index + begin.count
      if kind < head.count, kinds.contains(head[kind]) { return true }
    }
    return false
  }

  /// - Throws: `broken-dicom`; `unsupported-dicom` for what is no segmentation, or of a kind that nnx does
  ///   not read.
  package init(_ path: String) throws(NNXError) {
    try self.init(DICOMObject(path), fileSize: FileReader(path).count, path: path)
  }

  /// - Parameter fileSize: bytes; what the sizes that the file tells are measured by.
  package init(_ object: DICOMObject, fileSize: Int, path: String) throws(NNXError) {
    self.path = path
    self.object = object
    let data = object.dataset
    guard SEGFile.classes.contains(data.text(DICOMTag.sopClass) ?? "") else {
      throw NNXError(
        .unsupportedDICOM, "\(path) is no DICOM segmentation",
        details: ["its class is \(data.text(DICOMTag.sopClass) ?? "not told")"])
    }
    guard let kind = data.text(SEGTag.kind).flatMap(Kind.init) else {
      throw NNXError(
        .unsupportedDICOM, "\(path) is a segmentation of a kind that nnx does not read",
        details: ["SegmentationType is \(data.text(SEGTag.kind) ?? "not told")"])
    }
    func size(_ tag: DICOMTag, _ most: Int) throws(NNXError) -> Int {
      guard let value = data.integer(tag), (1...most).contains(value) else {
        throw .badSegmentation(path, "\(tag) is \(data.text(tag) ?? "missing")")
      }
      return value
    }
    self.kind = kind
    rows = try size(DICOMTag.rows, 65535)
    columns = try size(DICOMTag.columns, 65535)
    let count = try size(DICOMTag.frameCount, SEGFile.mostFrames)
    bits = try size(DICOMTag.bitsAllocated, 64)
    let fitting = kind == .binary ? [1] : kind == .labelmap ? [8, 16] : [8]
    guard fitting.contains(bits), try size(DICOMTag.samples, 1) == 1 else {
      throw NNXError(
        .unsupportedDICOM, "\(path) is a \(kind.rawValue) segmentation of \(bits) bits a pixel",
        details: ["nnx reads \(fitting.map(String.init).joined(separator: " or "))"])
    }
    largestFraction =
      kind == .fractional ? try size(SEGTag.largestFraction, 255) : 1
    segments = data.items(SEGTag.segments).compactMap { SEGSegment($0) }
    let frames = try SEGFrames(data, count: count, hasOwners: kind != .labelmap, path: path)
    owners = frames.owners
    let known = Set(segments.map(\.number))
    if kind != .labelmap, let stray = owners.first(where: { !known.contains($0) || $0 == 0 }) {
      throw .badSegmentation(path, "a frame belongs to segment \(stray), which is not described")
    }
    grid = try SEGGrid(
      frames.planes, rows: rows, columns: columns, fileSize: fileSize, path: path)
    referencedSeries = data.items(SEGTag.referencedSeries).compactMap {
      $0.text(DICOMTag.seriesInstance)
    }
  }

  /// Whether nnx wrote the DICOM file at a path: as its manufacturer says.
  static func isOurs(_ path: String) -> Bool {
    let object = try? DICOMObject(path, until: SEGTag.referringPhysician)
    return object?.dataset.text(SEGTag.manufacturer) == "nnx"
  }

  /// What the segments stand for.
  package var table: LabelTable { LabelTable(segments.map(\.entry), isOfSegments: true) }

  /// Who made it, if all segments say the same.
  package var algorithm: SEGAlgorithm? {
    let all = segments.filter { $0.number > 0 }.map(\.algorithm)
    return all.allSatisfy { $0 == all[0] } ? all.first ?? nil : nil
  }

  /// The segments that a person names, by number or label.
  ///
  /// - Throws: `usage`.
  package func numbers(of text: String) throws(NNXError) -> [Int] {
    if let value = Int(text), segments.contains(where: { $0.number == value }) { return [value] }
    let key = LabelTable.key(text)
    let found = segments.filter { LabelTable.key($0.label) == key }.map(\.number)
    guard found.isEmpty else { return found }
    throw NNXError(
      .usage, "\(path) has no segment '\(text.excerpt)'",
      details: ["it has " + segments.map { "\($0.number) \($0.label)" }.joined(separator: ", ")])
  }
}

/// What the functional groups of the frames tell: whose they are, and where.
struct SEGFrames {
  private(set) var owners: [Int] = []
  private(set) var planes: [SEGGrid.Plane] = []

  /// - Throws: `broken-dicom`.
  init(_ data: DICOMItem, count: Int, hasOwners: Bool, path: String) throws(NNXError) {
    let shared = data.item(DICOMTag.sharedGroups)
    let groups = data.items(DICOMTag.frameGroups)
    guard groups.count == count else {
      throw .badSegmentation(
        path, "it has \(count) frames, and says of \(groups.count) what they are")
    }
    // Shared groups are read once.
    let orientation = shared?.item(SEGTag.planeOrientation)?.numbers(DICOMTag.orientation)
    let measures = shared?.item(SEGTag.pixelMeasures).map(Measures.init)
    let position = shared?.item(SEGTag.planePosition)?.numbers(DICOMTag.position)
    let owner = shared?.item(SEGTag.identification)?.integer(SEGTag.referencedNumber)
    owners.reserveCapacity(count)
    planes.reserveCapacity(count)
    for (index, group) in groups.enumerated() {
      let own = group.item(SEGTag.pixelMeasures).map(Measures.init) ?? measures
      guard
        let place = group.item(SEGTag.planePosition)?.numbers(DICOMTag.position) ?? position,
        let axes = orientation
          ?? group.item(SEGTag.planeOrientation)?.numbers(DICOMTag.orientation),
        let spacing = own?.spacing, place.count == 3, axes.count == 6, spacing.count == 2,
        place.allSatisfy({ abs($0) < 1e7 })
      else { throw .badSegmentation(path, "nothing says where frame \(index + 1) lies") }
      planes.append(
        .init(
          position: place, orientation: axes, spacing: spacing, between: own?.between,
          thickness: own?.thickness))
      guard hasOwners else {
        owners.append(0)
        continue
      }
      guard
        let number = group.item(SEGTag.identification)?.integer(SEGTag.referencedNumber) ?? owner
      else { throw .badSegmentation(path, "nothing says whose frame \(index + 1) is") }
      owners.append(number)
    }
  }

  private struct Measures {
    let spacing: [Double]?
    let between: Double?
    let thickness: Double?

    /// Distances of series that are counted the other way are negative, and writers copy them.
    init(_ item: DICOMItem) {
      func length(_ tag: DICOMTag) -> Double? {
        item.number(tag).map(abs).flatMap { $0 > 0 ? $0 : nil }
      }
      spacing = item.numbers(DICOMTag.pixelSpacing)
      between = length(SEGTag.sliceSpacing)
      thickness = length(DICOMTag.sliceThickness)
    }
  }
}
