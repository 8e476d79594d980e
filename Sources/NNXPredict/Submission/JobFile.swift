import NNXSystem

/// What the files for all engines are made of.
package struct JobFile: Sendable {
  /// `nnx predict …`, as it was asked for, without `--claim` and threads.
  package let command: [String]
  /// Where relative paths begin.
  package let folder: String
  /// Absolute path of the folder of results.
  package let results: String
  /// Of the model.
  package let name: String
  package let request: JobRequest

  package init(
    command: [String], folder: String, results: String, name: String, request: JobRequest
  ) {
    (self.command, self.folder, self.results) = (command, folder, results)
    self.request = request
    self.name = String(
      name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "-" }.prefix(40))
  }

  /// Where the output of jobs goes; it has to be there before a job begins.
  package var logs: String { "\(results)/.nnx/logs" }

  /// Where a job file that is submitted at once is kept.
  package var script: String { "\(logs)/job.sh" }

  func comments(_ mark: String) -> [String] { request.arithmetic.map { "\(mark) \($0)" } }
}
