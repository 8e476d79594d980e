/// A structure, and the file that its mask alone is: what TotalSegmentator writes without `--ml`.
package struct StructureFile: Equatable, Sendable {
  package let structure: LabelTable.Structure
  /// The file's name without an ending: the structure's name, without what a file cannot be called. Structures of
  /// one name have their values behind it.
  package let name: String

  /// One for each structure of a table, in its order.
  package static func all(of table: LabelTable) -> [StructureFile] {
    let structures = table.structures
    let names = structures.map { fileName($0.name) }
    let counts = Dictionary(names.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
    return zip(structures, names).map { structure, name in
      let isAlone = counts[name.lowercased()] == 1
      return StructureFile(
        structure: structure, name: isAlone ? name : "\(name)-\(structure.valueText)")
    }
  }

  /// File systems take 255 bytes; a value and an ending stand behind the name.
  private static let longest = 200

  private static func fileName(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      let isOdd = scalar == "/" || scalar.properties.generalCategory == .control
      guard text.utf8.count + scalar.utf8.count <= longest else { break }
      text.unicodeScalars.append(isOdd ? "-" : scalar)
    }
    return text.hasPrefix(".") ? "_" + text : text
  }
}

extension Segmentation {
  /// The voxels of a structure as 1, as a file of its own.
  ///
  /// TotalSegmentator's masks have the image's header and extensions, and no table; nnx's own keep the name.
  package func mask(of structure: LabelTable.Structure) -> Segmentation {
    var mask = Segmentation(
      labels: labels.mask(of: structure.values), geometry: geometry, header: header)
    (mask.form, mask.hasFreshHeader) = (form, hasFreshHeader)
    if form == .own {
      let terms = structure.value.flatMap { table[$0]?.terms } ?? []
      mask.table = LabelTable([
        .init(value: 1, name: structure.name, rgb: structure.colours.first, terms: terms)
      ])
    }
    return mask
  }

  /// As it was before it was written as TotalSegmentator does: without the table that this added to the image's
  /// extensions.
  package var withoutWrittenTable: Segmentation {
    guard form == .totalSegmentator, case .nifti(var header) = header else { return self }
    header.dropLastTable()
    var result = self
    result.header = .nifti(header)
    return result
  }
}

extension LabelMap {
  /// 1 where it has one of these labels.
  func mask(of values: [Int]) -> LabelMap {
    let result = LabelMap(shape, largestLabel: 1)
    forEachRun { value, run in
      guard values.contains(value) else { return }
      for index in run { result[index] = 1 }
    }
    return result
  }
}
