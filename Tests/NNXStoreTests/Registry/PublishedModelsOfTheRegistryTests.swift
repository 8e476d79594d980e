import NNXSystem
import TestSupport
import Testing

@testable import NNXModel
@testable import NNXStore

/// The entries that Scripts/make-registry makes of a list of published models.
@Suite struct PublishedModelsOfTheRegistryTests {
  let registry = Result { try Registry.embedded() }

  /// Entries with a file that somebody may fetch, and a host that says what it is.
  @Test func manyModelsLieWhereNnxCanFetchThem() throws {
    let models = try registry.get().models
    let open = models.filter { $0.weights.allSatisfy { $0.access == nil } }
    #expect(open.count >= 150)
    let hosts = publishingHosts()
    for card in open {
      for set in card.weights {
        for file in set.files where file.path == nil {
          let addresses = set.addresses(of: file)
          let isKnown = addresses.contains { address in
            set.record != nil || hosts.contains { $0.record(of: address) != nil }
          }
          #expect(isKnown, "\(card.name): \(addresses)")
        }
      }
    }
  }

  @Test func whatIsHandedOutAgainstANumberIsExplained() throws {
    let closed = try registry.get().models.filter { $0.weights.contains { $0.access != nil } }
    #expect(closed.count == 18)
    for card in closed {
      let error = #expect(throws: NNXError.self, "\(card.name)") {
        try InstallPlan(card, in: registry.get()).checkAccess()
      }
      #expect(error?.code == .needsLicence)
      #expect(error?.fixes.isEmpty == false)
    }
  }

  /// A model without a recipe gives what nnU-Net gives, and says so.
  @Test func whatItsPublisherDoesBesidesIsNamed() throws {
    for card in try registry.get().models where card.collection != "aimi" && card.recipe == nil {
      guard
        card.entry["sources"]?.array?.contains(where: { $0.string?.hasPrefix("zoo-") == true })
          == true
      else { continue }
      #expect(card.requires.contains { $0.hasPrefix("Runs as plain nnU-Net") }, "\(card.name)")
    }
  }

  @Test(arguments: [
    ("ts-total", "totalsegmentator"), ("hd-bet", "hd-bet"), ("hdbet", "hd-bet"),
    ("sct-spinalcord", "sct-spinalcord"), ("totalspineseg", "totalspineseg"),
  ])
  func peopleFindThemByTheNamesTheyKnow(_ typed: String, _ name: String) throws {
    #expect(try registry.get().card(named: typed)?.name == name)
  }

  @Test(arguments: [
    ("femur", ["totalsegmentator", "skellytour-high"]),
    ("sct spinalcord", ["sct-spinalcord"]),
    ("brain extraction", ["hd-bet"]), ("vertebrae", ["ts-vertebrae-mr"]),
  ])
  func structuresFindTheirModels(_ words: String, _ names: [String]) throws {
    let found = try registry.get().search([words]).map(\.name)
    for name in names { #expect(found.contains(name), "\(words): \(found)") }
  }

  @Test func aModalityNeedsNoListOfChannels() throws {
    var filter = ModelFilter()
    filter.modalities = ["MR"]
    let found = try registry.get().search(["spinal cord"]).filter { filter.accepts(ModelFacts($0)) }
    #expect(found.contains { $0.name == "sct-spinalcord" && $0.inputs.isEmpty })
    #expect(found.contains { $0.name == "totalspineseg" })
  }

  @Test func oneOfTwoTrainingsIsMeant() throws {
    func model(_ plans: String, _ configuration: String = "3d_fullres") -> PublishedModel {
      PublishedModel(
        generation: .v2, root: "/", folder: plans + configuration, dataset: "Dataset831_Total",
        trainer: "nnUNetTrainer", plans: plans, configuration: configuration, folds: [], files: [])
    }
    let both = [model("nnUNetPlans"), model("nnUNetResEncUNetLPlans_8")]
    var item = InstallPlan.Item(set: "a", dataset: "Dataset831_Total", files: [])
    #expect(item.chosen(of: both) == both)
    item.training.plans = "nnUNetPlans"
    #expect(item.chosen(of: both) == [both[0]])
    item.training.plans = "others"
    #expect(item.chosen(of: both) == both)
    // Configurations of one training belong together.
    item.training = ("nnUNetTrainer", "nnUNetPlans", "3d_fullres")
    let cascade = [model("nnUNetPlans", "3d_lowres"), model("nnUNetPlans", "3d_cascade_fullres")]
    #expect(item.chosen(of: cascade) == cascade)
  }
}
