import NNXDICOM
import NNXImage
import NNXSystem

/// A folder, or zip, of DICOM with several studies: each series that a model of one channel can take is a case.
struct DICOMStudies {
  let cases: [Case]
  let remarks: [String]

  /// - Parameter modalities: of the model's channel; none: it is not known what fits.
  /// - Returns: `nil` where there are not several studies with a series that fits, so that one is meant.
  init?(_ scan: DICOMScan, modalities: Set<String>) {
    let fitting = scan.series.filter { series in
      modalities.contains(series.modality) && !series.volumes.contains(where: \.isLocalizer)
        && (series.problem != nil || series.volumes.contains { $0.count > 1 })
    }
    guard Set(fitting.map { "\($0.patient)|\($0.study)" }).count > 1 else { return nil }
    let top = Folder.trimmed(scan.path)
    let folders = fitting.map { Self.folder(of: $0, in: top) }
    cases = zip(fitting, folders).map { series, folder in
      let place = folder.dropFirst(top.count).drop { $0 == "/" }
      // A folder of its own is its name; of several in one, their numbers or UIDs tell them apart.
      let isAlone = !place.isEmpty && folders.count { $0 == folder } == 1
      let same = zip(fitting, folders).filter { $0.1 == folder && $0.0.number == series.number }
      let own = same.count == 1 && !series.number.isEmpty ? "series-\(series.number)" : series.uid
      let name = isAlone ? String(place) : place.isEmpty ? own : "\(place)/\(own)"
      var item = Case(name: name, images: [series.uid.isEmpty ? folder : "\(folder)#\(series.uid)"])
      item.problem = series.problem
      return item
    }
    let left = scan.series.count - fitting.count
    let kinds = Set(scan.series.map(\.modality)).subtracting(modalities).sorted()
    remarks =
      left == 0
      ? []
      : [
        "\(left) of \(scan.series.count) series in \(top) do not fit and are passed over"
          + (kinds.isEmpty ? ": scouts" : " (\(kinds.joined(separator: ", ")), scouts)")
      ]
  }

  /// The narrowest folder, or zip, that holds all files of a series.
  private static func folder(of series: DICOMSeries, in top: String) -> String {
    let files = series.volumes.flatMap(\.files)
    if let first = files.first, files.allSatisfy({ $0 == first }),
      first.lowercased().hasSuffix(".zip")
    {
      return first
    }
    let folders = files.map { parentFolder($0) }
    guard var common = folders.first else { return top }
    while common.count > top.count, !folders.allSatisfy({ "\($0)/".hasPrefix("\(common)/") }) {
      common = parentFolder(common)
    }
    return common
  }
}
