import NNXDICOM
import NNXImage
import NNXSystem

/// A folder with images and, maybe, with DICOM: which are meant is not guessed, for the others would be lost.
struct MixedInput {
  private let folder: String
  /// Images in the folder itself, or folders below it that hold some.
  private let images: [String]

  init(_ folder: String, _ images: [String]) { (self.folder, self.images) = (folder, images) }

  /// Refuses images of which slices of a series lie beside.
  ///
  /// - Throws: `which-series`.
  func refuse() throws(NNXError) {
    // What cannot be looked at is told of as a file that is not read.
    let scan = try? DICOMScan.of(folder)
    let series = scan?.series.first { series in
      series.volumes.contains { volume in
        volume.count > 1 && volume.files.contains { parentFolder($0) == folder }
      }
    }
    if let series { throw error(series) }
  }

  /// Whether all series of DICOM that there are lie in or below the folders of images, and none in the folder itself.
  ///
  /// - Throws: `which-series` where they lie apart: some patients would be lost with either.
  var isBelow: Bool {
    get throws(NNXError) {
      guard let address = SeriesAddress(folder), address.holdsDICOM else { return true }
      for series in try DICOMScan.of(folder).series {
        let files = series.volumes.flatMap(\.files)
        if files.contains(where: { parentFolder($0) == folder }) { return false }
        if files.contains(where: { file in !images.contains { file.hasPrefix("\($0)/") } }) {
          throw error(series)
        }
      }
      return true
    }
  }

  private func error(_ series: DICOMSeries) -> NNXError {
    let shown = images.prefix(3).joined(separator: ", ") + (images.count > 3 ? ", …" : "")
    return NNXError(
      .series, "\(folder) holds DICOM and other images, and one kind is asked for",
      details: ["DICOM of \(series.files) files: \(series.description)", shown],
      fixes: [
        "Take the series: -i \(folder)#\(series.name)", "Or the others: -i \(images[0])",
        "Or give each kind a folder of its own",
      ])
  }
}
