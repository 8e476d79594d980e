import NNXSystem

/// A structure, and the file that its mask alone is: what TotalSegmentator writes without `--ml`.
package struct StructureFile: Equatable, Sendable {
  package let structure: LabelTable.Structure
  /// Whether it was put together of the masks of labels: such files have new headers.
  var isDerived = false
  /// Of the structure, which is written instead of it.
  package var shell: Shell?
  /// The file's name without an ending: the structure's name, without what a file cannot be called. Structures of
  /// one name have their values behind it.
  package let name: String

  /// One for each structure of a table, in its order, and then of those that are derived from them.
  ///
  /// - Parameter derived: those whose labels the table lacks are left out.
  package static func all(
    of table: LabelTable, and derived: [(structure: LabelTable.Structure, shell: Shell?)] = []
  ) -> [StructureFile] {
    let own = table.structures
    let further = derived.filter { $0.structure.values.allSatisfy { table[$0] != nil } }
    let structures = own + further.map(\.structure)
    let names = structures.map { fileName($0.name) }
    let counts = Dictionary(names.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
    return structures.indices.map { index in
      let (structure, name) = (structures[index], names[index])
      let isAlone = counts[name.lowercased()] == 1
      return StructureFile(
        structure: structure, isDerived: index >= own.count,
        shell: index < own.count ? nil : further[index - own.count].shell,
        name: isAlone ? name : "\(name)-\(structure.valueText)")
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
  ///
  /// - Parameter image: that the labels were made from, asked for where intensities count.
  /// - Throws: what `image` throws; `geometry` when it has another grid.
  package func mask(
    of file: StructureFile, in image: () throws(NNXError) -> Image
  ) throws(NNXError) -> Segmentation {
    let structure = file.structure
    let map =
      if let shell = file.shell { try self.shell(shell, of: structure, in: image()) } else {
        labels.mask(of: structure.values)
      }
    var mask = Segmentation(labels: map, geometry: geometry, header: header)
    (mask.form, mask.hasFreshHeader) = (form, hasFreshHeader || file.isDerived)
    if form == .own {
      let terms = structure.value.flatMap { table[$0]?.terms } ?? []
      mask.table = LabelTable([
        .init(value: 1, name: structure.name, rgb: structure.colours.first, terms: terms)
      ])
    }
    return mask
  }

  private func shell(
    _ shell: Shell, of structure: LabelTable.Structure, in image: Image
  ) throws(NNXError) -> LabelMap {
    guard image.fileGeometry.shape == labels.shape else {
      throw NNXError(
        .geometry, "the image does not have the grid of its segmentation: no \(structure.name)",
        fixes: ["Run it again, when nobody writes the image any more"])
    }
    return labels.shell(shell, of: structure.values, in: image)
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
