import ArgumentParser
import NNXSystem

/// The one file that a verb writes: checked before the work, and there when it is complete.
struct AnswerFile {
  let path: String
  private let output: OutputPlan.Output
  private let overwrites: Bool?

  /// - Parameters:
  ///   - inputs: all files that the verb reads.
  ///   - overwrites: `nil` where the verb has no flag for it.
  ///   - author: knows files that the verb wrote before.
  /// - Throws: `output-exists`, `cannot-write`, `usage`.
  init(
    _ path: String, reading inputs: [String?], overwrites: Bool?,
    author: @escaping @Sendable (String) -> OutputPlan.Author
  ) throws(NNXError) {
    self.path = path
    self.overwrites = overwrites
    output = OutputPlan.Output(path, author: author)
    try OutputPlan.check(
      [output], reading: inputs.compactMap { $0.map { .init($0) } }, overwrites: overwrites)
  }

  /// - Throws: `output-exists` when something appeared there meanwhile; `cannot-write`, `no-space`.
  func write(_ bytes: [UInt8]) throws {
    let staged = StagedFiles()
    try staged.write(path) { path in
      try AtomicFile.write(bytes, to: path)
    }
    try OutputPlan.checkExisting([output], overwrites: overwrites)
    try staged.commit(replaces: overwrites == true, seal: path)
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }
}

/// Of verbs that write one file.
struct OverwriteOption: ParsableArguments {
  @Flag(help: "Replace a file that nnx wrote.")
  var overwrite = false
}
