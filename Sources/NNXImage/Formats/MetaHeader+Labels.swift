extension MetaHeader {
  /// Fields that tell where voxels lie; a label map repeats their lines.
  private static let ofPlace: Set = [
    "NDims", "TransformMatrix", "Rotation", "Orientation", "Offset", "Position", "Origin",
    "CenterOfRotation", "AnatomicalOrientation", "ElementSpacing", "ElementSize", "DimSize",
    "DistanceUnits",
  ]

  /// The header of a label map on this image's grid, packed, in one file.
  ///
  /// - Parameters:
  ///   - isWide: whether labels are `UInt16`, not `UInt8`.
  ///   - packedSize: bytes of the zlib stream that follows.
  /// - Returns: all bytes before the labels.
  func bytesForLabels(isWide: Bool, description: String, packedSize: Int) -> [UInt8] {
    bytes(
      type: isWide ? "MET_USHORT" : "MET_UCHAR", description: description, packedSize: packedSize)
  }

  /// The header of voxels on this image's grid, packed, in one file.
  ///
  /// - Parameter type: as MetaImage calls it.
  func bytes(type: String, description: String, packedSize: Int) -> [UInt8] {
    let comment = description.filter { $0.isASCII && $0 != "\n" }
    let lines =
      ["ObjectType = Image"]
      + fields.filter { MetaHeader.ofPlace.contains($0.name) }.map(\.line)
      + [
        "Comment = \(comment)", "BinaryData = True", "BinaryDataByteOrderMSB = False",
        "CompressedData = True", "CompressedDataSize = \(packedSize)",
        "ElementType = " + type, "\(MetaHeader.last) = LOCAL",
      ]
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  /// A header that tells a grid's place, for an image that came in a file of another kind.
  ///
  /// - Parameter axes: 2 for a single slice from a file of two axes, else 3.
  init(_ geometry: Geometry, axes: Int) {
    let axes = geometry.axesNeeded(of: axes)
    func text(_ values: some Sequence<Double>) -> String {
      values.map(numberText).joined(separator: " ")
    }
    let matrix = (0..<axes).flatMap { axis in
      (0..<axes).map { geometry.direction[3 * $0 + axis] }
    }
    self.axes = axes
    fields = [
      ("NDims", "\(axes)"), ("TransformMatrix", text(matrix)),
      ("Offset", text(geometry.origin.prefix(axes))),
      ("CenterOfRotation", text([Double](repeating: 0, count: axes))),
      ("ElementSpacing", text(geometry.fileSpacing.prefix(axes))),
      (
        "DimSize",
        geometry.shape.reversed().prefix(axes).map(String.init).joined(separator: " ")
      ),
    ].map { Field(name: $0, value: $1, line: "\($0) = \($1)") }
  }
}
