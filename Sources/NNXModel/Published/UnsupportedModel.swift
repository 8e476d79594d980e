import NNXSystem

extension NNXError {
  /// A sound model that nnx has no engine for.
  ///
  /// - Parameters:
  ///   - name: the class that cannot be run.
  ///   - dataset: the model's dataset or task folder.
  ///   - details: what exactly is missing.
  static func unsupported(_ name: String, from dataset: String, details: [String] = []) -> NNXError
  {
    NNXError(
      .unsupportedNetwork, "cannot run '\(name.excerpt)' from \(dataset)",
      details: details + [
        "nnx runs PlainConvUNet and ResidualEncoderUNet (nnU-Net v2), Generic_UNet and FabiansUNet (v1)",
        "The archive is fine; nnU-Net itself can run it",
      ],
      fixes: [
        dataset.hasPrefix("Task")
          ? "RESULTS_FOLDER=\"$(nnx path --results-v1)\" nnUNet_predict -t \(dataset) -i IN -o OUT"
          : "nnUNet_results=\"$(nnx path --results)\" nnUNetv2_predict -d \(dataset)"
            + " -i IN -o OUT"
      ])
  }
}
