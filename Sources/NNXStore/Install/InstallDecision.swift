/// What an install has to do, judged by what is there already: `preview` tells it, `install` carries it out.
struct InstallDecision {
  /// The model that is there, to be completed or left as it is.
  let base: InstalledModel?
  /// Folds to bring; `nil` when all that were asked for are here.
  let folds: FoldSelection?
  /// Whether published checkpoints go once they are converted.
  let isSlim: Bool

  /// Whether there is nothing to do.
  var isDone: Bool {
    guard let base else { return false }
    return folds == nil && (!isSlim || base.isSlim)
  }
}
