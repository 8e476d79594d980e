import NNXSystem

extension LabelTable {
  /// The table with names as a DICOM segmentation has them (`SEGText.plain`): those that are the same only because
  /// they were cut have their value at the end.
  var inDICOM: LabelTable {
    let names = Dictionary(grouping: entries) { SEGText.plain($0.name) }
    return LabelTable(
      entries.map { entry in
        var entry = entry
        let short = SEGText.plain(entry.name)
        let isShared = Set((names[short] ?? []).map(\.name)).count > 1
        let end = isShared ? " \(entry.value)" : ""
        entry.name = SEGText.plain(short, most: SEGText.longest - end.count) + end
        return entry
      }, regions: regions, isOfSegments: isOfSegments)
  }

  /// Whether all its names and meanings are ASCII.
  var isASCII: Bool {
    entries.allSatisfy { entry in
      SEGText.isASCII(entry.name) && entry.terms.allSatisfy { SEGText.isASCII($0.meaning) }
    }
  }
}
