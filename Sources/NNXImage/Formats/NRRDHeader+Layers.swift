import NNXSystem

extension NRRDHeader {
  /// Fields with an entry for each axis.
  private static let ofAxes: Set = [
    "sizes", "spacings", "thicknesses", "axismins", "axismaxs", "spacedirections", "centers",
    "centerings", "kinds",
  ]

  /// Whether the first of four axes runs over the layers of a segmentation of 3D Slicer.
  static func isLayered(_ fields: [Field], _ keys: [Key]) -> Bool {
    func words(_ name: String) -> [String] {
      fields.first { $0.name == name }?.value.lowercased().words ?? []
    }
    guard words("dimension") == ["4"], !keys.isEmpty else { return false }
    let kinds = words("kinds")
    return kinds.isEmpty ? words("spacedirections").first == "none" : kinds[0] == "list"
  }

  /// The fields of the only layer of a segmentation, which has three axes.
  ///
  /// - Throws: `unsupported-image` when there are several.
  static func onlyLayer(_ fields: [Field], path: String) throws(NNXError) -> [Field] {
    let count = fields.first { $0.name == "sizes" }?.value.words.first ?? "?"
    guard count == "1" else {
      throw NNXError(
        .unsupportedImage, "\(path) holds \(count) layers of overlapping segments",
        details: ["a label map has one label per voxel"],
        fixes: [
          "Save segments that do not overlap: in 3D Slicer, export them to a labelmap volume,"
            + " or write each layer to a file of its own"
        ])
    }
    return fields.compactMap { field in
      if field.name == "dimension" {
        return Field(name: field.name, value: "3", line: "dimension: 3")
      }
      // Texts in quotes, which say nothing of the place.
      if ["labels", "units"].contains(field.name) { return nil }
      guard ofAxes.contains(field.name) else { return field }
      let rest = field.value.drop { $0 != " " && $0 != "\t" }.trimmed
      let name = field.line.prefix { $0 != ":" }
      return Field(name: field.name, value: rest, line: "\(name): \(rest)")
    }
  }
}
