import NNXImage
import NNXSystem
import NNXTensor

/// Reads an image as one channel: of a picture in colour the mean of red, green and blue.
///
/// - Throws: as `readImages`.
func readGreyImage(_ path: String) throws(NNXError) -> Image {
  let channels = try readImages(path)
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
