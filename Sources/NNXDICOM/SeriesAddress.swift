import NNXSystem

/// Where a volume of DICOM is: `PATH`, `PATH#SERIES` or `PATH#SERIES#N`.
///
/// `PATH` is a folder, a file or a zip; `SERIES` a SeriesInstanceUID, the beginning of one that no other has (or its
/// beginning and end, with `…` between them), or a series number; `N` the number of a volume within the series.
package struct SeriesAddress: Equatable, Sendable {
  package let path: String
  package let series: String?
  package let volume: Int?

  /// - Returns: `nil` when nothing is at `text`, nor at what stands before a `#` of it.
  package init?(_ text: String) {
    if Folder.isFolder(text) != nil {
      (path, series, volume) = (text, nil, nil)
      return
    }
    var start = text.startIndex
    while let hash = text[start...].firstIndex(of: "#") {
      let path = String(text[..<hash])
      if !path.isEmpty, Folder.isFolder(path) != nil {
        let parts = text[text.index(after: hash)...].split(separator: "#").map(String.init)
        guard let series = parts.first, parts.count <= 2 else { return nil }
        let volume = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count == 1 || volume != nil else { return nil }
        (self.path, self.series, self.volume) = (path, series, volume)
        return
      }
      start = text.index(after: hash)
    }
    return nil
  }

  /// Whether DICOM can be there: a folder that holds some, a DICOM file, a zip.
  package var holdsDICOM: Bool {
    guard Folder.isFolder(path) == true else {
      return DICOMScan.isZip(path) || DICOMStart.isOne(path)
    }
    let files = (try? Folder.files(below: path)) ?? []
    return files.contains { DICOMScan.isZip($0.path) || DICOMStart.isOne("\(path)/\($0.path)") }
  }
}

extension DICOMScan {
  /// The volume that an address tells, or the only one there is.
  ///
  /// - Parameter modalities: of several series, those of one of these count, if that leaves one; none: all.
  /// - Throws: `which-series`; why the series cannot be read; `broken-dicom` when files beside the volume's are damaged.
  package func volume(
    _ address: SeriesAddress, modalities: Set<String> = []
  ) throws(NNXError) -> (series: DICOMSeries, volume: DICOMVolume) {
    let series = try chosen(address, modalities)
    if let problem = series.problem { throw problem }
    let volume = try chosen(address.volume, of: series)
    let folders = Set(volume.slices.map { parentFolder($0.source.path) })
    if let broken = damaged.first(where: { folders.contains(parentFolder($0.path)) }) {
      var error = broken.error
      error.details.append("it lies among the slices of the series, and may be one of them")
      throw error
    }
    return (series, volume)
  }

  private func chosen(
    _ address: SeriesAddress, _ modalities: Set<String>
  ) throws(NNXError) -> DICOMSeries {
    guard !series.isEmpty else { throw nothing }
    guard let name = address.series else {
      // Screenshots beside a scan are not meant.
      let scans = self.series.filter { !$0.isCapture }
      let series = scans.isEmpty ? self.series : scans
      if series.count == 1 { return series[0] }
      let fitting = series.filter { modalities.contains($0.modality) && $0.problem == nil }
      if fitting.count == 1 { return fitting[0] }
      throw NNXError(
        .series, "\(path) holds \(series.count) series of images, and one is asked for",
        details: series.prefix(20).map(\.line) + (series.count > 20 ? ["…"] : []),
        fixes: ["Choose one: \(path)#\(series[0].name)", "See them all: nnx dicom ls \(path)"])
    }
    let exact = series.filter { $0.uid == name || $0.number == name }
    let found = exact.isEmpty ? series.filter { $0.isCalled(name) } : exact
    if found.count == 1 { return found[0] }
    throw NNXError(
      .series,
      found.isEmpty
        ? "\(path) holds no series '\(name.excerpt)'"
        : "\(found.count) series of \(path) are called '\(name.excerpt)'",
      details: (found.isEmpty ? series : found).prefix(20).map(\.line),
      fixes: ["See them all: nnx dicom ls \(path)"])
  }

  private func chosen(
    _ number: Int?, of series: DICOMSeries
  ) throws(NNXError) -> DICOMVolume {
    let volumes = series.volumes
    if let number {
      if let volume = volumes.first(where: { $0.number == number }) { return volume }
      throw NNXError(
        .series, "the series \(series.name) of \(path) has no volume \(number)",
        details: volumes.map(\.line), fixes: ["Their numbers are 1 to \(volumes.count)"])
    }
    if volumes.count == 1 { return volumes[0] }
    throw NNXError(
      .series, "the series \(series.name) of \(path) holds \(volumes.count) volumes",
      details: volumes.prefix(20).map(\.line),
      fixes: ["Choose one: \(path)#\(series.name)#1"])
  }

  private var nothing: NNXError {
    if let first = damaged.first { return first.error }
    var seen = others.sorted { $0.key < $1.key }.map { "\($0.value) of modality \($0.key)" }
    if !segmentations.isEmpty { seen.append(counted(segmentations.count, "segmentation")) }
    return NNXError(
      .series, "\(path) holds no series of images",
      details: seen.isEmpty ? [] : ["it holds \(seen.joined(separator: ", "))"],
      fixes: segmentations.count == 1
        ? ["Where a segmentation is asked for, give its file: \(segmentations[0].path)"]
        : ["Give the folder that the scan's slices lie in"])
  }
}

extension DICOMSeries {
  /// What to call it by: its UID, or its number where it has none.
  package var name: String { uid.isEmpty ? number : uid }
  /// Whether a text is the beginning of its UID, or, with `…` between them as in tables, beginning and end.
  func isCalled(_ text: String) -> Bool {
    let parts = text.split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return uid.hasPrefix(text) }
    return uid.hasPrefix(parts[0]) && uid.hasSuffix(parts[1])
      && uid.utf8.count >= parts[0].utf8.count + parts[1].utf8.count
  }
  var line: String {
    let words = [modality, number.isEmpty ? "" : "series \(number)", description]
    return "\(uid.isEmpty ? "(no UID)" : uid)  \(counted(files, "file"))  "
      + words.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension DICOMVolume {
  var line: String { "\(number): \(mark ?? "")  \(counted(count, "slice"))" }
}
