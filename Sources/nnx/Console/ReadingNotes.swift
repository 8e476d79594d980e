import NNXImage
import Synchronization

/// Says once of each image that a command reads what is odd about it: as a note to people, in the
/// envelope of an answer to programs.
enum ReadingNotes {
  private static let said = Mutex<[String]>([])

  /// - Parameter output: where notes go.
  static func begin(_ output: Output, _ progressBar: ProgressBar) {
    Remarks.listen { path, remark in
      let line = "\(path): \(remark)"
      guard isNew(line) else { return }
      progressBar.finish()
      output.note("note: \(line)")
    }
  }

  /// Whether a line is said for the first time; it counts as said then.
  static func isNew(_ line: String) -> Bool {
    said.withLock { said in
      guard !said.contains(line) else { return false }
      said.append(line)
      return true
    }
  }

  /// What was said, for the answer to a program.
  static var warnings: [Output.Warning] {
    said.withLock { $0.map { Output.Warning(code: "odd-image", message: $0) } }
  }
}
