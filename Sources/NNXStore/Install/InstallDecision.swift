/// What an install has to do, judged by what is there already: `preview` tells it, `install` carries it out.
struct InstallDecision {
  /// The model that is there, to be completed or left as it is.
  let base: InstalledModel?
  /// Folds to bring, by the id of their set of weights; sets of which all is here that was asked for are left out.
  let folds: [String: FoldSelection]
  /// Whether published checkpoints go once they are converted.
  let isSlim: Bool

  /// Whether there is nothing to do.
  var isDone: Bool {
    guard let base else { return false }
    return folds.isEmpty && (!isSlim || base.isSlim)
  }
}
