import NNXPredict
import NNXSystem

/// One line for each case of a cohort: on stderr what became of it, on stdout the path of its result. A
/// terminal that shows both shows the path once.
final class CaseLines {
  private let context: Context
  private let cases: [Case]
  private let nameWidth: Int

  init(context: Context, _ cases: [Case]) {
    self.context = context
    self.cases = cases
    nameWidth = min(28, cases.map(\.name.count).max() ?? 0)
  }

  func show(_ index: Int, _ outcome: CaseOutcome) {
    let output = context.output
    let number = "\(index + 1)".leftPadding(to: "\(cases.count)".count) + "/\(cases.count)"
    let head = "\(number)  \(cases[index].name.shortened(to: nameWidth).padding(to: nameWidth))"
    let isShown = context.isWatched && !output.isQuiet && !output.isJSON
    func line(_ text: String, _ path: String) {
      let first = "\(head)  \(text.padding(to: 12))"
      output.note((isShown ? "\(first)  \(path)" : first).withoutTrailingSpaces)
      if !isShown { output.text(path) }
    }
    switch outcome {
    case .made(let result):
      line(Quantity.duration(result.seconds), result.segmentation)
      for warning in result.warnings where ReadingNotes.isNew(warning) {
        output.note("  note: \(cases[index].name): \(warning)")
      }
    case .kept(let finished):
      line(
        finished.isCorrected ? "corrected by hand, kept" : "done already",
        finished.files.segmentation)
    case .unchanged(let files): line("done already", files.segmentation)
    case .failed(let error):
      guard !output.isJSON else { return }
      // The closing summary has the reason; here it is for whoever reads along.
      let text = "\(head)  error[\(error.code.name)]: \(error.message)"
      output.problem(isShown ? text.shortened(to: context.width) : text)
    }
  }
}
