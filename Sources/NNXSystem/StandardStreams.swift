/// `-`, which stands for stdin or stdout elsewhere: nnx reads and writes files.
package enum StandardStream: String {
  case input = "stdin"
  case output = "stdout"

  /// - Throws: `usage` when a path is `-`.
  package func refuse(_ path: String) throws(NNXError) {
    guard path == "-" else { return }
    throw NNXError(
      .usage, "nnx \(self == .input ? "reads" : "writes") files, not \(rawValue) (-)",
      fixes: [
        self == .input
          ? "Save the image to a file first, and give its name"
          : "Give the name of a file, and print that: nnx … -o FILE && cat FILE",
        "A file that is called - is ./-",
      ])
  }
}
