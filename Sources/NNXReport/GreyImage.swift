import NNXImage
import NNXSystem
import NNXTensor

/// Reads an image as one channel: of a picture in colour the mean of red, green and blue.
///
/// - Parameters:
///   - labels: that it is looked at with.
///   - series: how DICOM is read; `nil`: in the order in which the labels lie.
/// - Throws: as `readImages`; `other-patient`.
func readGreyImage(
  _ path: String, under labels: Segmentation?, series: SeriesReading? = nil
) throws(NNXError) -> Image {
  try labels?.checkPatient(ofImage: path)
  let channels = try readImages(
    path, series: series ?? SeriesReading(seriesOrder(path, under: labels)))
  guard channels.count > 1 else { return channels[0] }
  let sum = Tensor(channels[0].voxels.shape)
  sum.withMutableSpan { total in
    for channel in channels.prefix(3) {
      channel.voxels.withSpan { values in
        for index in values.indices { total[index] += values[index] / 3 }
      }
    }
  }
  var image = channels[0]
  image.voxels = sum
  return image
}

/// The order of a series' array in which labels lie that were made of it: a model's own is not told by its files, and
/// in the other one they would be mirrored.
private func seriesOrder(_ path: String, under labels: Segmentation?) -> SeriesReading.Order {
  guard let labels, !labels.coversPart, (try? ImageFormat(path: path)) == .dicom else {
    return .dcm2niix
  }
  let fitting = SeriesReading.Order.allCases.first { order in
    let grid = Remarks.quietly { try? readGeometry(path, series: SeriesReading(order)) }
    return grid.map { labels.geometry.hasGrid(of: $0) && labels.geometry.hasPlace(of: $0) } ?? false
  }
  return fitting ?? .dcm2niix
}
