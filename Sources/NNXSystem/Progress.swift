/// One report of work under way. Rooms send these; only the console draws them.
package struct ProgressEvent: Equatable, Sendable {
  package enum Stage: String, Sendable {
    case download, verify, unpack, convert, read, preprocess, predict, export, write
  }
  /// What `done` and `total` count.
  package enum Unit: String, Sendable {
    case bytes = "B"
    case patches, folds, files, steps
  }

  package var stage: Stage
  /// What is worked on: a file, a fold, a case.
  package var item: String
  package var done: Int
  /// `nil` while unknown.
  package var total: Int?
  package var unit: Unit

  package init(_ stage: Stage, _ item: String, _ done: Int, of total: Int?, _ unit: Unit) {
    self.stage = stage
    self.item = item
    self.done = done
    self.total = total
    self.unit = unit
  }
}

/// Receives progress. Called from the thread that does the work; must return quickly.
package typealias ProgressHandler = @Sendable (ProgressEvent) -> Void
