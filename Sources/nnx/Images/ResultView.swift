import NNXImage
import NNXPredict
import NNXSystem

/// The result of `nnx predict` for one case, as a person reads it.
struct ResultView {
  let context: Context

  /// Volumes and what was written.
  func show(_ result: Predictor.Result) {
    let output = context.output
    for warning in result.warnings where ReadingNotes.isNew(warning) {
      output.note("note: \(warning)")
    }
    guard !output.isQuiet else { return output.text(result.segmentation) }
    output.text([""] + LabelVolumesView(result.labels).lines + [""])
    for label in result.labels where !label.touches.isEmpty && label.structure.kind != .part {
      output.note(
        "note: \(label.name) reaches the \(listed(label.touches)) edge"
          + "\(label.touches.count == 1 ? "" : "s") of the image;"
          + " its volume is a lower bound")
    }
    if result.uncertainty != nil {
      let numbers = result.labels.map { label in
        "\(label.name) " + (label.agreement.map { Quantity.fixed($0, 3) } ?? "-")
      }
      output.note("agreement of the folds (mean pairwise Dice): " + numbers.joined(separator: ", "))
    }
    let files = result.files.told.joined(separator: ", ")
    output.note("Wrote \(files)   (\(Quantity.duration(result.seconds)))")
    if !context.isWatched { output.text(result.segmentation) }
  }

  /// What an earlier run wrote.
  func show(_ finished: FinishedCase) {
    let output = context.output
    output.note(
      finished.isCorrected
        ? "\(finished.files.segmentation) is done already, and was corrected by hand: it is kept"
        : "\(finished.files.segmentation) is done already, and the same")
    for kind in finished.missing {
      guard let path = finished.files[kind] else { continue }
      output.note("Wrote \(kind == .structures ? "\(parentFolder(path))/" : path)")
    }
    if output.isQuiet || !context.isWatched { output.text(finished.files.segmentation) }
  }
}
