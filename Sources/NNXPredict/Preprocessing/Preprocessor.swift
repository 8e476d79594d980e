import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Turns the images of a case into the network's input.
///
/// v2: `DefaultPreprocessor.run_case_npy` (nnunetv2/preprocessing/preprocessors): transpose, crop to
/// nonzero, normalise, resample. v1: `GenericPreprocessor` (nnunet/preprocessing): crop, transpose,
/// resample, normalise. Cropping and transposing commute, so both crop first here.
package struct Preprocessor {
  package struct Result {
    /// `(c, z, y, x)` at the model's spacing.
    package let input: Tensor
    package let properties: CaseProperties
  }

  private let model: ModelDescription
  private let threads: Threads

  package init(_ model: ModelDescription, threads: Threads) {
    self.model = model
    self.threads = threads
  }

  private var settings: PreprocessingSettings { model.preprocessing }

  /// - Parameter images: the channels of one case, on one grid.
  /// - Throws: `empty-grid` when the image has no voxel left at the model's spacing; `wrong-range`.
  package func run(_ images: [Image]) throws -> Result {
    let geometry = images[0].geometry
    let mask = Nonzero.mask(images.map(\.voxels), threads: threads)
    let box = boundingBox(mask) ?? Box(geometry.shape)
    let properties = try CaseProperties(
      model, shape: geometry.shape, spacing: geometry.spacing, box: box)
    let inside = mask.cropped(to: box).transposed(settings.transposeForward, threads: threads)
    let resampling = try ImageResampling(settings.resampling, properties, threads: threads)
    let channels = try images.enumerated().map { index, image in
      let cropped = crop(image.voxels, to: box)
      let scheme = settings.normalization[index]
      let normalizer = Normalizer(scheme, generation: model.generation)
      switch model.generation {
      case .v2:
        try normalizer.apply(to: cropped, mask: scheme.usesMask ? inside : nil)
        return resampling.run(cropped)
      case .v1:
        if settings.replacesNaN { replaceNaN(cropped) }
        let resampled = resampling.run(cropped)
        let region = scheme.usesMask ? resampledRegion(inside, properties) : nil
        try normalizer.apply(to: resampled, mask: region)
        return resampled
      }
    }
    return Result(input: stacked(channels), properties: properties)
  }

  /// The part of an image inside the box, with axes in the model's order, in memory of its own.
  private func crop(_ voxels: Tensor, to box: Box) -> Tensor {
    let part = voxels.cropped(to: box).transposed(settings.transposeForward, threads: threads)
    return part === voxels ? Tensor(part.shape, part.values) : part
  }

  /// v1 resamples the nonzero region as a label map and normalises inside of what becomes of it.
  private func resampledRegion(_ inside: LabelMap, _ properties: CaseProperties) -> LabelMap {
    let axis = separateAxis(
      current: properties.modelSpacing, new: properties.targetSpacing,
      force: settings.segmentationResampling.forceSeparateZ)
    return inside.resampled(to: properties.resampledShape, separateAxis: axis, threads: threads)
  }

  private func replaceNaN(_ channel: Tensor) {
    channel.withMutableSpan { values in
      for index in 0..<values.count where values[index].isNaN { values[index] = 0 }
    }
  }

  private func stacked(_ channels: [Tensor]) -> Tensor {
    let input = Tensor([channels.count] + channels[0].shape)
    input.withMutableSpan { target in
      var next = 0
      for channel in channels {
        channel.withSpan { values in
          for index in 0..<values.count { target[next + index] = values[index] }
        }
        next += channel.count
      }
    }
    return input
  }
}
