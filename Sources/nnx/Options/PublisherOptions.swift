import ArgumentParser
import NNXModel
import NNXSystem

/// What of a publisher's recipe is wanted, in the words that TotalSegmentator's users know.
struct PublisherOptions: ParsableArguments {
  @OptionGroup var parts: PartOptions

  @Option(
    name: [.customLong("remove-small-blobs"), .customLong("remove_small_blobs")],
    defaultAsFlag: 200,
    help: ArgumentHelp(
      "Clear components of each structure up to this volume (default: 200).", valueName: "mm3"))
  var smallBlobs: Double?

  @Flag(
    name: [.customLong("v1-order"), .customLong("v1_order")],
    help: "Number structures as TotalSegmentator 1 does.")
  var v1Order = false

  @Option(
    name: [.customLong("localizer"), .customLong("loc")],
    help: ArgumentHelp(
      "Labels of a former run, by which discs are named: file or folder (TotalSpineSeg).",
      valueName: "path"))
  var localizer: String?

  @Option(
    name: [.customLong("split-level"), .customLong("split_level")],
    help: ArgumentHelp(
      "Halve images so often from feet to head (MRSegmentator).", valueName: "number"))
  var splitLevel: Int?

  @Option(
    name: [.customLong("split-margin"), .customLong("split_margin")],
    help: ArgumentHelp("Planes beyond each cut (MRSegmentator: 3).", valueName: "planes"))
  var splitMargin: Int?

  func validate() throws {
    guard (1...8).contains(splitLevel ?? 1), (0...1000).contains(splitMargin ?? 0) else {
      throw ValidationError("--split-level is from 1 to 8, --split-margin from 0 to 1000")
    }
    guard splitMargin == nil || splitLevel != nil else {
      throw ValidationError("--split-margin belongs to --split-level; give both")
    }
    if let smallBlobs, !(smallBlobs > 0 && smallBlobs.isFinite) {
      throw ValidationError("--remove-small-blobs takes a volume in mm³, above 0")
    }
  }

  /// Flags in use.
  var flags: [String] {
    parts.flags
      + [
        smallBlobs == nil ? nil : "--remove-small-blobs",
        splitLevel == nil ? nil : "--split-level", localizer == nil ? nil : "--localizer",
        v1Order ? "--v1-order" : nil,
      ].compactMap(\.self)
  }

  /// - Parameter card: whose structures are meant.
  /// - Throws: `usage` for a structure that it has not.
  func wish(of card: ModelCard) throws(NNXError) -> Recipe.Wish {
    var wish = try parts.wish(of: card)
    (wish.specks, wish.halvings, wish.halvesMargin) = (smallBlobs, splitLevel, splitMargin)
    return wish
  }
}
