import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Turns the images of a case into the network's input.
///
/// v2: `DefaultPreprocessor.run_case_npy` (nnunetv2/preprocessing/preprocessors): transpose, crop to
/// nonzero, normalise, resample. v1: `GenericPreprocessor` (nnunet/preprocessing): crop, transpose,
/// resample, normalise. Cropping and transposing commute, so both crop first here.
struct Preprocessor {
  struct Result {
    /// `(c, z, y, x)` at the model's spacing.
    let input: Tensor
    /// What the network sees of the stage before, in a cascade.
    let previous: PreviousLabels?
    let properties: CaseProperties
  }

  private let model: ModelDescription
  private let threads: Threads

  init(_ model: ModelDescription, threads: Threads) {
    self.model = model
    self.threads = threads
  }

  private var settings: PreprocessingSettings { model.preprocessing }

  /// - Parameters:
  ///   - images: the channels of one case, on one grid.
  ///   - previous: on the same grid, file order: the labels of the stage before, in a cascade.
  /// - Throws: `empty-grid` when the image has no voxel left at the model's spacing; `wrong-range`.
  func run(_ images: [Image], previous: LabelMap? = nil) throws -> Result {
    precondition((previous != nil) == (model.previousStage != nil))
    let geometry = images[0].geometry
    let mask = Nonzero.mask(images.map(\.voxels), threads: threads)
    let box = boundingBox(mask) ?? Box(geometry.shape)
    let properties = try CaseProperties(
      model, shape: geometry.shape, spacing: geometry.spacing, box: box)
    let nonzero = cropped(mask, to: box)
    let combined =
      model.generation == .v1
      ? nil
      : previous.map {
        PreviousLabels.withOutside(cropped($0, to: box), inside: nonzero, threads: threads)
      }
    let inside = combined ?? nonzero
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
        // The nonzero region becomes a label map's, and normalisation happens inside of what is left.
        let region =
          scheme.usesMask
          ? try inside.resampled(settings.segmentationResampling, properties, threads: threads)
          : nil
        try normalizer.apply(to: resampled, mask: region)
        return resampled
      }
    }
    return Result(
      input: stacked(channels), previous: try labels(combined, previous, properties),
      properties: properties)
  }

  private func labels(
    _ combined: LabelMap?, _ previous: LabelMap?, _ properties: CaseProperties
  ) throws -> PreviousLabels? {
    if let combined {
      let map = try combined.resampled(
        settings.segmentationResampling, properties, threads: threads)
      return PreviousLabels(v2: map, model)
    }
    return previous.map { PreviousLabels(v1: $0, model, properties, threads: threads) }
  }

  private func cropped(_ map: LabelMap, to box: Box) -> LabelMap {
    map.cropped(to: box).transposed(settings.transposeForward, threads: threads)
  }

  /// The part of an image inside the box, with axes in the model's order, in memory of its own.
  private func crop(_ voxels: Tensor, to box: Box) -> Tensor {
    let part = voxels.cropped(to: box).transposed(settings.transposeForward, threads: threads)
    guard part === voxels else { return part }
    let copy = Tensor(part.shape)
    part.withSpan { source in
      copy.withMutableSpan { target in
        for index in source.indices { target[index] = source[index] }
      }
    }
    return copy
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
