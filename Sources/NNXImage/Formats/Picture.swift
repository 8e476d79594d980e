import NNXSystem
import NNXTensor

/// Pictures as nnU-Net's NaturalImage2DIO has them: one slice, grey or three or four channels, without a
/// place in the patient.
enum Picture {
  /// Spacing `(999, 1, 1)` as there; voxel centres from 0 on.
  static func geometry(width: Int, height: Int) -> Geometry {
    Geometry(
      extents: [width, height], spacing: [1, 1], origin: [0, 0], direction: [[1, 0], [0, 1]])
  }

  /// One image per channel.
  ///
  /// - Parameter sample: by its index: all samples of a pixel side by side, row by row from the top.
  static func images(
    channels: Int, width: Int, height: Int, remarks: [String] = [], _ sample: (Int) -> Float
  ) -> [Image] {
    let geometry = geometry(width: width, height: height)
    return (0..<channels).map { channel in
      let voxels = Tensor(geometry.shape)
      voxels.withMutableSpan { span in
        for index in 0..<span.count { span[index] = sample(index * channels + channel) }
      }
      return Image(
        voxels: voxels, geometry: geometry, header: .picture(axes: 2), remarks: remarks)
    }
  }

  /// A kind of picture that nnU-Net has no number of channels for.
  static func unsupported(_ path: String, _ what: String) -> NNXError {
    NNXError(
      .unsupportedImage, "\(path) is \(what)",
      details: ["nnx reads pictures as nnU-Net does: grey, palette, RGB, or RGB and alpha"],
      fixes: ["Convert the picture, for example with: magick IN -alpha off OUT.png"])
  }
}
