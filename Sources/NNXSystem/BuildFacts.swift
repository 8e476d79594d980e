import CResources

/// What this file was built from: told by releases, which carry their libraries.
package enum BuildFacts {
  /// Source, compilers and libraries inside, each with its version; empty for a build from a checkout.
  package static let all: [(name: String, version: String)] = unsafe String(cString: nnx_built())
    .split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.count == 2 ? (String(words[0]), String(words[1])) : nil
    }

  /// The libraries inside: all but the source and the compilers.
  package static var libraries: [(name: String, version: String)] {
    all.filter { !["nnx", "swift", "zig"].contains($0.name) }
  }

  /// One line: `release of 0123abcd, swift 6.3.1, zig 0.17.1`, or what other builds are.
  package static var summary: String {
    let words = all.filter { ["swift", "zig"].contains($0.name) }.map { "\($0.name) \($0.version)" }
    guard let source = all.first(where: { $0.name == "nnx" })?.version else {
      return "a checkout, with the libraries of this machine"
    }
    return (["release of \(source)"] + words).joined(separator: ", ")
  }
}
