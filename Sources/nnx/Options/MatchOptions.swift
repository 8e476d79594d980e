import ArgumentParser
import NNXReport

/// Which labels of two segmentations are the same: what `diff` and `evaluate` share.
struct MatchOptions: ParsableArguments {
  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "Label of the first that is another's of the second, by number or name; repeatable.",
      valueName: "a=b"))
  var map: [String] = []

  var matches: [LabelMatch] { map.compactMap { LabelMatch($0) } }

  func validate() throws {
    for text in map where LabelMatch(text) == nil {
      throw ValidationError("--map takes two labels, as in 3=5 or liver=Leber, not '\(text)'")
    }
  }
}
