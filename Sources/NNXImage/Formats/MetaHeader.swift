import NNXSystem

/// The header of a MetaImage file (`.mha`, `.mhd`), field by field.
///
/// Source: https://itk.org/Wiki/ITK/MetaIO/Documentation and metaImage.cxx of ITK 5.4.
package struct MetaHeader: Equatable, Sendable {
  struct Field: Equatable, Sendable {
    let name: String
    let value: String
    /// The line of the file.
    let line: String
  }

  let fields: [Field]
  /// Number of axes: 2 or 3.
  package let axes: Int

  /// The field that ends a header.
  static let last = "ElementDataFile"
}

extension MetaHeader {
  /// - Parameter lines: all of the header; the last is `ElementDataFile`.
  /// - Throws: `broken-image` for what is no such header; `unsupported-image` for other than one image
  ///   of two or three axes with one value per voxel.
  init(_ lines: [String], path: String) throws(NNXError) {
    var fields: [Field] = []
    var names: Set<String> = []
    for line in lines where !line.trimmed.isEmpty {
      guard let field = MetaHeader.field(line) else {
        throw .badHeader(path, "the line '\(line.prefix(60))' is no field")
      }
      guard names.insert(field.name).inserted else {
        throw .badHeader(path, "it has two fields '\(field.name.prefix(60))'")
      }
      fields.append(field)
    }
    self.fields = fields
    axes = fields.first { $0.name == "NDims" }.flatMap { Int($0.value) } ?? 0
    guard (1...16).contains(axes) else {
      throw .badHeader(path, "it does not tell its number of axes (NDims)")
    }
    let components = value("ElementNumberOfChannels") ?? "1"
    let kind = value("ObjectType") ?? "Image"
    guard (2...3).contains(axes), components == "1", kind == "Image" else {
      throw NNXError(
        .unsupportedImage, "\(path) does not hold one image with one value per voxel",
        details: ["\(kind), \(axes) axes, \(components) values per voxel"],
        fixes: ["Write each volume or component to a file of its own"])
    }
  }

  /// `name = value`, or with a colon.
  static func field(_ line: String) -> Field? {
    guard let mark = line.utf8.firstIndex(where: { "=:".utf8.contains($0) }) else { return nil }
    let name = line[..<mark].trimmed
    guard !name.isEmpty else { return nil }
    return Field(name: name, value: line[line.index(after: mark)...].trimmed, line: line)
  }

  func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  private func isTrue(_ name: String, otherwise: Bool, path: String) throws(NNXError) -> Bool {
    guard let text = value(name) else { return otherwise }
    switch text.lowercased() {
    case "true", "1", "t": return true
    case "false", "0", "f": return false
    default: throw .badHeader(path, "its field '\(name)' is \(text.excerpt)")
    }
  }
}

extension MetaHeader {
  /// The type of the voxels; `MET_LONG` has 32 bits, as MetaIO has it on every machine.
  ///
  /// - Throws: `broken-image`, `unsupported-image`.
  func voxelType(path: String) throws(NNXError) -> VoxelType {
    guard let name = value("ElementType") else {
      throw .badHeader(path, "it has no field 'ElementType'")
    }
    switch name {
    case "MET_CHAR": return .int8
    case "MET_UCHAR": return .uint8
    case "MET_SHORT": return .int16
    case "MET_USHORT": return .uint16
    case "MET_INT", "MET_LONG": return .int32
    case "MET_UINT", "MET_ULONG": return .uint32
    case "MET_LONG_LONG": return .int64
    case "MET_ULONG_LONG": return .uint64
    case "MET_FLOAT": return .float32
    case "MET_DOUBLE": return .float64
    default:
      throw NNXError(
        .unsupportedImage, "\(path) has voxels of type \(name)",
        details: ["nnx reads integers and real numbers of 8 to 64 bits"],
        fixes: ["Convert the image to one real value per voxel"])
    }
  }

  /// Whether the voxels are in the other byte order than this machine's (little-endian).
  func isSwapped(path: String) throws(NNXError) -> Bool {
    let older = try isTrue("ElementByteOrderMSB", otherwise: false, path: path)
    return try isTrue("BinaryDataByteOrderMSB", otherwise: older, path: path)
  }

  /// Whether the voxels are one zlib stream.
  ///
  /// - Throws: `unsupported-image` when they are text.
  func isPacked(path: String) throws(NNXError) -> Bool {
    guard try isTrue("BinaryData", otherwise: true, path: path) else {
      throw NNXError(
        .unsupportedImage, "\(path) has its voxels as text",
        fixes: ["Write the image again with SimpleITK or 3D Slicer"])
    }
    return try isTrue("CompressedData", otherwise: false, path: path)
  }

  /// A size in bytes; -1 where the header says so, `nil` when the field is absent.
  func size(_ name: String, path: String) throws(NNXError) -> Int? {
    guard let text = value(name) else { return nil }
    guard let count = Int(text), count >= -1, count <= 1 << 48 else {
      throw .badHeader(path, "its field '\(name)' is \(text.excerpt)")
    }
    return count
  }

  /// The grid and its place in the patient, and what is odd about them.
  ///
  /// - Throws: `broken-image` for what is no number or cannot be; `geometry` when the axes do not span
  ///   space.
  func geometry(path: String) throws(NNXError) -> (geometry: Geometry, remarks: [String]) {
    let extents = try numbers(["DimSize"], count: axes, path: path)?.compactMap { Int(exactly: $0) }
    guard let extents, extents.count == axes,
      extents.allSatisfy({ $0 > 0 && $0 <= Int(Int32.max) })
    else { throw .badHeader(path, "its DimSize is \(value("DimSize") ?? "missing")") }
    let given = try numbers(["ElementSpacing", "ElementSize"], count: axes, path: path)
    let signed = given ?? .init(repeating: 1, count: axes)
    let spacing = signed.map { abs($0) }
    try GridBounds.check(spacing: spacing, extents: extents, "ElementSpacing", path: path)
    let origin = try numbers(["Offset", "Position", "Origin"], count: axes, path: path)
    // Row after row one axis of the file: the transpose of a direction matrix.
    let matrix = try numbers(
      ["TransformMatrix", "Rotation", "Orientation"], count: axes * axes, path: path)
    let geometry = Geometry(
      extents: extents, spacing: spacing, origin: origin ?? .init(repeating: 0, count: axes),
      direction: (0..<axes).map { row in
        (0..<axes).map { column in
          let value = matrix?[axes * column + row] ?? (row == column ? 1 : 0)
          return (signed[column] < 0 ? -value : value) + 0
        }
      })
    guard spansSpace(geometry.direction) else {
      throw NNXError(
        .geometry, "\(path) does not say where its voxels lie in the patient",
        details: ["TransformMatrix = \(value("TransformMatrix") ?? "")"],
        fixes: ["Export the image again, or correct its TransformMatrix"])
    }
    // ITK takes axes of any length for directions.
    if let matrix {
      let steps = (0..<axes).map { axis in
        let squares = (0..<axes).map { matrix[axes * axis + $0] * matrix[axes * axis + $0] }
        return squares.reduce(0, +).squareRoot() * spacing[axis]
      }
      try GridBounds.check(spacing: steps, extents: extents, "TransformMatrix", path: path)
    }
    try GridBounds.check(origin: geometry.origin, path: path)
    return (geometry, (given == nil ? [GridBounds.noSpacing] : []) + unitRemarks)
  }

  /// ITK reads no unit: whatever the numbers are, they count as mm.
  private var unitRemarks: [String] {
    guard let unit = value("DistanceUnits"), !["mm", "?", ""].contains(unit.lowercased()) else {
      return []
    }
    return [GridBounds.ignored(unit: String(unit.prefix(20)), by: "ITK")]
  }

  /// The numbers of the first of these fields that is there.
  private func numbers(
    _ names: [String], count: Int, path: String
  ) throws(NNXError) -> [Double]? {
    guard let name = names.first(where: { value($0) != nil }) else { return nil }
    let words = value(name)?.words ?? []
    let values = words.compactMap { $0.decimal }.filter(\.isFinite)
    guard values.count == count, words.count == count else {
      throw .badHeader(path, "its field '\(name)' is not \(count) numbers")
    }
    return values
  }
}
