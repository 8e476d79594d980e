import NNXImage
import NNXSystem

/// Converts an image for `nnx convert`, and tells of it.
struct ImageConversionView {
  let context: Context

  private func furtherInputs(_ path: String?) throws(NNXError) -> [String] {
    guard let path else { return [] }
    return try allFiles(ofImage: path)
  }

  /// - Throws: `output-exists`; what `ImageConversion` throws.
  func run(
    _ input: String, to output: String, _ options: ImageConversionOptions,
    _ segments: SegmentOptions, overwrites: Bool
  ) throws {
    let address = options.series.map { "\(Folder.trimmed(input))#\($0)" } ?? input
    let labels = try segments.labels(of: input)
    let inputs =
      try (SEGFile.isOne(input) ? [input] : allFiles(ofImage: address))
      + furtherInputs(options.like)
    try StandardStream.output.refuse(output)
    _ = try ImageFormat(writtenPath: output)
    let isSEG = SEGOrigin.isTarget(output)
    let planned = OutputPlan.Output(output, author: isSEG ? SEGOrigin.author : ImageMark.author)
    try OutputPlan.check(
      [planned], reading: inputs.map { .init($0) }, overwrites: overwrites)
    let staged = StagedFiles()
    var result: ImageConversion?
    try staged.write(output) { path in
      result = try ImageConversion(
        address, series: options.reading, like: options.like, to: path, labels: labels,
        origin: segments.origin(like: options.like, of: input),
        progress: context.progressBar.handler)
    }
    context.progressBar.finish()
    try OutputPlan.checkExisting([planned], overwrites: overwrites)
    try staged.commit(replaces: overwrites, seal: output)
    guard let result else { return }
    let shape = result.geometry.shape.reversed().map(String.init).joined(separator: " x ")
    context.output.note("\(shape) voxels, axes \(result.geometry.orientation)")
    context.output.text(output)
    context.output.json(
      "convert",
      [
        "output": output, "shape": Array(result.geometry.shape.reversed()),
        "spacing": result.geometry.fileSpacing, "axes": result.geometry.orientation,
        "order": options.order.rawValue,
      ])
  }
}
