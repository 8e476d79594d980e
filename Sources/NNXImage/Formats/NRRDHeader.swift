import NNXArchive
import NNXSystem

/// The header of an NRRD file (http://teem.sourceforge.net/nrrd/format.html), field by field.
package struct NRRDHeader: Equatable, Sendable {
  struct Field: Equatable, Sendable {
    /// In lower case and without spaces, so that spellings agree: `spacedirections`.
    let name: String
    let value: String
    /// The line of the file.
    let line: String
  }

  /// `SegmentN_NAME:=VALUE`, which 3D Slicer keeps for itself.
  struct Key: Equatable, Sendable {
    let segment: Int
    let name: String
    let value: String
  }

  /// The first line, `NRRD0001` to `NRRD0006`.
  let magic: String
  let fields: [Field]
  let keys: [Key]
  /// Number of axes: 2 or 3.
  package let axes: Int

  /// All that the format knows; after nrrd/enumsNrrd.c of teem.
  private static let names: Set = [
    "content", "number", "type", "blocksize", "dimension", "space", "spacedimension", "sizes",
    "spacings", "thicknesses", "axismins", "axismaxs", "spacedirections", "centers", "centerings",
    "kinds", "labels", "units", "min", "max", "oldmin", "oldmax", "endian", "encoding", "lineskip",
    "byteskip", "keyvalue", "sampleunits", "spaceunits", "spaceorigin", "measurementframe",
    "datafile",
  ]
}

extension NRRDHeader {
  /// - Parameter lines: all of the header, without the empty line at its end.
  /// - Throws: `broken-image` for what is no NRRD header; `unsupported-image` for other than one image
  ///   of two or three axes with one value per voxel.
  init(_ lines: [String], path: String) throws(NNXError) {
    guard let first = lines.first, let version = Int(first.dropFirst(4)), first.hasPrefix("NRRD"),
      first.utf8.count == 8
    else {
      throw NNXError(
        .brokenImage, "\(path) is not an NRRD file", details: ["it does not begin with NRRD000"],
        fixes: ["Convert the image to NIfTI (.nii.gz)"])
    }
    guard (1...6).contains(version) else {
      throw NNXError(.unsupportedImage, "\(path) is of version \(version) of NRRD; 1 to 6 are read")
    }
    magic = first
    var fields: [Field] = []
    var keys: [Key] = []
    for line in lines.dropFirst() where !line.hasPrefix("#") {
      if let key = NRRDSegments.key(line) { keys.append(key) }
      if let field = try NRRDHeader.field(line, path: path) {
        guard !fields.contains(where: { $0.name == field.name }) else {
          throw .badHeader(path, "it has two fields '\(field.name.excerpt)'")
        }
        fields.append(field)
      }
    }
    if NRRDHeader.isLayered(fields, keys) { fields = try NRRDHeader.onlyLayer(fields, path: path) }
    self.fields = fields
    self.keys = keys
    axes = fields.first { $0.name == "dimension" }.flatMap { Int($0.value) } ?? 0
    guard (1...16).contains(axes) else { throw .badHeader(path, "its dimension is no number") }
    guard (2...3).contains(axes), kindsAreSpatial else {
      throw NNXError(
        .unsupportedImage, "\(path) does not hold one image with one value per voxel",
        details: ["dimension: \(axes)"] + fields.filter { $0.name == "kinds" }.map(\.line),
        fixes: ["Write each volume or component to a file of its own"])
    }
  }

  /// `name: value`; `nil` for a `key:=value` that a program keeps for itself.
  private static func field(_ line: String, path: String) throws(NNXError) -> Field? {
    guard let colon = line.firstIndex(of: ":") else {
      throw .badHeader(path, "the line '\(line.prefix(60))' is no field")
    }
    let rest = line[line.index(after: colon)...]
    if rest.first == "=" { return nil }
    let name = line[..<colon].lowercased().filter { $0 != " " }
    guard names.contains(name) else {
      throw .badHeader(path, "NRRD has no field '\(line[..<colon].prefix(60))'")
    }
    return Field(name: name, value: rest.trimmed, line: line)
  }

  func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  /// Whether no axis runs over the components of a voxel.
  private var kindsAreSpatial: Bool {
    let spatial: Set = ["domain", "space", "time", "none", "???"]
    return value("kinds")?.words.allSatisfy { spatial.contains($0.lowercased()) } ?? true
  }
}

extension NRRDHeader {
  /// The type of the voxels.
  ///
  /// - Throws: `broken-image`, `unsupported-image`.
  func voxelType(path: String) throws(NNXError) -> VoxelType {
    guard let name = value("type")?.lowercased() else {
      throw .badHeader(path, "it has no field 'type'")
    }
    // A C type's name in any of its spellings: signed and int may be left out.
    let words = name.words.filter { $0 != "int" && $0 != "signed" }
    switch words.joined(separator: " ") {
    case "char", "int8", "int8_t": return .int8
    case "uchar", "unsigned char", "uint8", "uint8_t": return .uint8
    case "short", "int16", "int16_t": return .int16
    case "ushort", "unsigned short", "uint16", "uint16_t": return .uint16
    case "" where !name.isEmpty, "int32", "int32_t": return .int32
    case "uint", "unsigned", "uint32", "uint32_t": return .uint32
    case "longlong", "long long", "int64", "int64_t": return .int64
    case "ulonglong", "unsigned long long", "uint64", "uint64_t": return .uint64
    case "float": return .float32
    case "double": return .float64
    default:
      throw NNXError(
        .unsupportedImage, "\(path) has voxels of type \(name)",
        details: ["nnx reads integers and real numbers of 8 to 64 bits"],
        fixes: ["Convert the image to one real value per voxel"])
    }
  }

  /// Whether the voxels are in the other byte order than this machine's (little-endian).
  ///
  /// - Throws: `broken-image` when it is not told and matters.
  func isSwapped(_ type: VoxelType, path: String) throws(NNXError) -> Bool {
    switch value("endian")?.lowercased() {
    case "little": return false
    case "big": return true
    case nil where type.size == 1: return false
    default: throw .badHeader(path, "it does not tell the byte order of its voxels (endian)")
    }
  }

  /// How the voxels are packed; `nil` when they are not.
  ///
  /// - Throws: `unsupported-image` for text and bzip2.
  func packing(path: String) throws(NNXError) -> Inflater.Frame? {
    switch value("encoding")?.lowercased() {
    case "raw": return nil
    case "gzip", "gz": return .gzip
    case nil: throw .badHeader(path, "it has no field 'encoding'")
    case let encoding?:
      throw NNXError(
        .unsupportedImage, "\(path) has voxels in the encoding \(encoding)",
        details: ["nnx reads raw and gzip, as SimpleITK writes them"],
        fixes: ["Write the image again with SimpleITK or 3D Slicer"])
    }
  }

  /// A number of lines or bytes to pass over; 0 when the field is absent.
  func skip(_ name: String, path: String) throws(NNXError) -> Int {
    guard let text = value(name) else { return 0 }
    guard let count = Int(text), count >= -1, count <= 1 << 40 else {
      throw .badHeader(path, "its field '\(name)' is \(text.excerpt)")
    }
    return count
  }
}
