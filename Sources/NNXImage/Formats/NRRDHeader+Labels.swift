extension NRRDHeader {
  /// Fields that tell where voxels lie; a label map repeats their lines.
  private static let ofPlace: Set = [
    "dimension", "space", "spacedimension", "sizes", "spacings", "thicknesses", "axismins",
    "axismaxs", "spacedirections", "centers", "centerings", "kinds", "labels", "units",
    "spaceunits", "spaceorigin", "measurementframe",
  ]

  /// The header of a label map on this image's grid, packed with gzip.
  ///
  /// Lines that tell where voxels lie are those of the image's file; what describes its intensities,
  /// keys of other programs and comments do not come along. What labels stand for is told as 3D Slicer
  /// does.
  ///
  /// - Parameters:
  ///   - labels: that follow.
  ///   - table: becomes the fields of segments; none when it is empty.
  ///   - description: a comment, one line of ASCII.
  /// - Returns: all bytes before the labels.
  func bytesForLabels(
    _ labels: LabelMap, _ table: LabelTable, description: String
  ) -> [UInt8] {
    bytes(
      type: labels.isWide ? "unsigned short" : "unsigned char", isWide: labels.isWide,
      NRRDSegments.lines(table, labels), description: description)
  }

  /// The header of voxels on this image's grid, packed with gzip.
  ///
  /// - Parameters:
  ///   - type: as NRRD calls it.
  ///   - isWide: whether a voxel has several bytes.
  ///   - keys: lines of keys and values.
  func bytes(type: String, isWide: Bool, _ keys: [String], description: String) -> [UInt8] {
    // Space directions came with version 4; an older header has none, and stays true in a newer one.
    var lines = [max(magic, "NRRD0004"), "# " + description.filter { $0.isASCII && $0 != "\n" }]
    lines.append("type: " + type)
    lines += fields.filter { NRRDHeader.ofPlace.contains($0.name) }.map(\.line)
    if isWide { lines.append("endian: little") }
    lines.append("encoding: gzip")
    lines += keys
    return Array((lines.joined(separator: "\n") + "\n\n").utf8)
  }

  /// A header that tells a grid's place, for an image that came in a file of another kind.
  ///
  /// - Parameter axes: 2 for a single slice from a file of two axes, else 3.
  init(_ geometry: Geometry, axes: Int) {
    let axes = geometry.axesNeeded(of: axes)
    func vector(_ values: [Double]) -> String {
      "(" + values.map(numberText).joined(separator: ",") + ")"
    }
    let directions = (0..<axes).map { axis in
      vector(
        (0..<axes).map { geometry.direction[3 * $0 + axis] * geometry.fileSpacing[axis] })
    }
    let sizes = geometry.shape.reversed().prefix(axes).map(String.init)
    magic = "NRRD0004"
    keys = []
    self.axes = axes
    fields = [
      ("dimension", "\(axes)"),
      axes == 3 ? ("space", "left-posterior-superior") : ("space dimension", "2"),
      ("sizes", sizes.joined(separator: " ")),
      ("space directions", directions.joined(separator: " ")),
      ("kinds", [String](repeating: "domain", count: axes).joined(separator: " ")),
      ("space origin", vector(Array(geometry.origin.prefix(axes)))),
    ].map { name, value in
      Field(name: name.filter { $0 != " " }, value: value, line: "\(name): \(value)")
    }
  }
}

/// A number as text that reads back as the same number; without a fraction if it has none.
func numberText(_ value: Double) -> String {
  let text = "\(value == 0 ? 0 : value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
