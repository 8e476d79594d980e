/// `-`, which stands for stdin or stdout elsewhere: nnx reads and writes files. And no name at all, which a script
/// gives whose variable is not set.
package enum StandardStream: String {
  case input = "stdin"
  case output = "stdout"

  /// - Throws: `usage` when a path is `-`, or empty.
  package func refuse(_ path: String) throws(NNXError) {
    guard !path.isEmpty else {
      throw NNXError(
        .usage, "the name of \(self == .input ? "an input" : "the output") is empty",
        fixes: ["In a script: is the variable set that it is to come from?"])
    }
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
