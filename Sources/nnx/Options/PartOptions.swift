import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

/// Which networks of a publisher's recipe are wanted, in the words that TotalSegmentator's users know.
struct PartOptions: ParsableArguments {
  @Flag(help: "The recipe's coarser network (TotalSegmentator: 3 mm).")
  var fast = false

  @Flag(help: "The recipe's coarsest network (TotalSegmentator: 6 mm).")
  var fastest = false

  @Flag(name: .customLong("step1"), help: "The recipe's first step alone (TotalSpineSeg).")
  var firstStep = false

  @Option(
    name: [.customLong("roi-subset"), .customLong("roi_subset")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Structures that are wanted; networks that know none of them are left out.",
      valueName: "name"))
  var structures: [String] = []

  func validate() throws {
    let variants = [
      fast ? "--fast" : nil, fastest ? "--fastest" : nil, firstStep ? "--step1" : nil,
    ].compactMap(\.self)
    guard variants.count < 2 else {
      throw ValidationError("\(variants.joined(separator: " and ")) are two things; give one")
    }
  }

  /// Flags in use.
  var flags: [String] {
    [
      fast ? "--fast" : nil, fastest ? "--fastest" : nil, firstStep ? "--step1" : nil,
      structures.isEmpty ? nil : "--roi-subset",
    ].compactMap(\.self)
  }

  /// - Parameter card: whose structures are meant.
  /// - Throws: `usage` for a structure that it has not.
  func wish(of card: ModelCard) throws(NNXError) -> Recipe.Wish {
    var values: Set<Int> = []
    for name in structures {
      guard let label = card.labels.first(where: { $0.name == name }) else {
        let near = card.labels.compactMap(\.name).filter {
          $0.contains(name.lowercased()) || name.lowercased().contains($0)
        }
        throw NNXError(
          .usage, "\(card.name) has no structure '\(name.excerpt)'",
          fixes: (near.isEmpty ? [] : ["Perhaps: \(near.prefix(6).joined(separator: ", "))"]) + [
            "All of them: nnx info \(card.name) labels"
          ])
      }
      values.insert(label.value)
    }
    return Recipe.Wish(
      variant: fast ? "fast" : fastest ? "fastest" : firstStep ? "step1" : nil,
      labels: structures.isEmpty ? nil : values.sorted())
  }

  /// Ids of the sets of weights that run for this; `nil`: nothing is said of them.
  ///
  /// - Throws: `usage` for a structure that the model has not, and a recipe that cannot.
  func sets(of card: ModelCard) throws(NNXError) -> [String]? {
    guard !flags.isEmpty, let recipe = card.recipe else { return nil }
    return try recipe.tailored(wish(of: card)).weights
  }

  /// The plan for the networks that run for this.
  ///
  /// - Throws: `usage` for a model without a recipe, and as `sets`.
  func limiting(_ plan: InstallPlan, _ registry: Registry) throws(NNXError) -> InstallPlan {
    guard !flags.isEmpty else { return plan }
    let card = plan.kind == .registry ? registry.card(named: plan.name) : nil
    guard let card, card.version == plan.version, let sets = try sets(of: card) else {
      throw NNXError(
        .usage, "\(flags.joined(separator: ", ")): \(plan.name) follows no recipe",
        details: ["These flags choose among the networks of a publisher's recipe."],
        fixes: ["Leave them out"])
    }
    return plan.limited(to: sets)
  }
}
