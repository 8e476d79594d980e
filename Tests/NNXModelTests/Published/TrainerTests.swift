import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// Every trainer that nnunetv2 2.8.1 ships, against the networks that its class really builds
/// (Scripts/make-reference/trainers_v2.py): the network that nnx builds of the same plans has the same
/// weights, or the trainer is refused by name.
@Suite struct TrainerV2Tests {
  private let document: OrderedJSON
  private let groups: [OrderedJSON]

  init() throws {
    document = try OrderedJSON(contentsOf: Fixtures.folder + "/trainers-v2.json")
    groups = try #require(document["groups"]?.array)
  }

  @Test func networksAreThoseThatTheClassesBuild() throws {
    var runnable = 0
    for group in groups {
      let trainers = group["trainers"]?.array?.compactMap(\.string) ?? []
      let networks = group["networks"]?.members ?? []
      let names = Set(networks.compactMap { $0.value["network"]?.string })
      let isStock = !names.isEmpty && names.isSubset(of: ["PlainConvUNet", "ResidualEncoderUNet"])
      for trainer in trainers {
        let refused = PlansV2.foreignNetwork(of: trainer)
        #expect((refused == nil) == isStock, "\(trainer)")
        runnable += isStock ? 1 : 0
      }
      guard isStock else { continue }
      for member in networks {
        let spec = try #require(document["plans"]?[member.key])
        let plans = PlansV2(try #require(spec["plans"]), source: member.key)
        let own = try plans.configuration(try #require(spec["configuration"]?.string))
        let isBatch = try #require(member.value["runningStatistics"]?.bool)
        let architecture = try NetworkPlan(try own.object("architecture"), "Dataset899_Case")
          .architecture(
            axes: try own.ints("patch_size").count, inputs: 1, outputs: 4,
            hasRunningStatistics: isBatch)
        let what: Comment = "\(trainers[0]), \(member.key)"
        #expect(architecture.parameterCount == member.value["weights"]?.int, what)
        #expect(
          architecture.norm == (isBatch ? .batch(epsilon: 1e-5) : .instance(epsilon: 1e-5)), what)
        #expect(member.value["epsilon"]?.double == 1e-5, what)
        #expect(member.value["norm"]?.string == (isBatch ? "BatchNorm" : "InstanceNorm"), what)
        #expect(member.value["activation"]?.string == "LeakyReLU", what)
        #expect(architecture.slope == member.value["slope"]?.double, what)
      }
    }
    #expect(runnable == 58)
    #expect(groups.reduce(0) { $0 + ($1["trainers"]?.array?.count ?? 0) } == 77)
  }

  /// docs/trainers.md lists them all; `NNX_UPDATE_SNAPSHOTS=1` writes it anew.
  @Test func theDocumentListsEveryTrainer() throws {
    let path = Fixtures.repository + "/docs/trainers.md"
    let v1 = try OrderedJSON(contentsOf: Fixtures.folder + "/trainers-v1.json").array ?? []
    let text = TrainerTable(v2: groups, v1: v1).markdown
    if ProcessInfo.processInfo.environment["NNX_UPDATE_SNAPSHOTS"] != nil {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect((try? String(contentsOfFile: path, encoding: .utf8)) == text)
  }

  @Test func theRefusalTellsHowNNUNetRunsIt() {
    let error = NNXError.unsupported("Primus", from: "Dataset811_Brain")
    #expect(error.message == "cannot run 'Primus' from Dataset811_Brain")
    var model = PublishedModel(
      generation: .v2, root: "/", folder: "m", dataset: "Dataset811_Brain",
      trainer: "nnUNet_Primus_M_Trainer", plans: "nnUNetPlans", configuration: "3d_fullres",
      folds: [
        .init(name: "0", checkpoint: "m/fold_0/checkpoint_best.pth"),
        .init(name: "all", checkpoint: "m/fold_all/checkpoint_best.pth"),
      ], files: [])
    #expect(
      model.nnUNetCommand
        == "nnUNet_results=\"$(nnx path --results)\" nnUNetv2_predict -d Dataset811_Brain"
        + " -c 3d_fullres -tr nnUNet_Primus_M_Trainer -p nnUNetPlans -f 0"
        + " -chk checkpoint_best.pth -i IN -o OUT")
    model.generation = .v1
    model.dataset = "Task042_Brain"
    model.configuration = "3d_cascade_fullres"
    model.trainer = "nnUNetTrainerV2_ForeignCascadeFullRes"
    model.plans = "nnUNetPlansv2.1"
    model.folds = [.init(name: "all", checkpoint: "m/all/model_final_checkpoint.model")]
    #expect(
      model.nnUNetCommand
        == "RESULTS_FOLDER=\"$(nnx path --results-v1)\" nnUNet_predict -t Task042_Brain"
        + " -m 3d_cascade_fullres -ctr nnUNetTrainerV2_ForeignCascadeFullRes -p nnUNetPlansv2.1"
        + " -f all -i IN -o OUT")
  }
}

/// Every trainer that nnunet 1.7.1 ships, against the network that its class really builds
/// (Scripts/make-reference/trainers_v1.py).
@Suite struct TrainerV1Tests {
  @Test func trainersAreReadAsTheirClassesBuild() throws {
    let groups =
      try OrderedJSON(
        contentsOf: Fixtures.folder + "/trainers-v1.json"
      ).array ?? []
    var seen: Set<String> = []
    for group in groups where group["error"] == nil {
      for name in group["trainers"]?.array?.compactMap(\.string) ?? [] {
        seen.insert(name)
        let trainer = TrainerV1(name)
        let norm: Architecture.Norm? =
          switch group["norm"]?.string {
          case "MyGroupNorm":
            .group(epsilon: 1e-5, groups: try #require(group["groups"]?.int))
          case "FRN3D": .filterResponse(epsilon: try #require(group["epsilon"]?.double))
          case "Identity": Architecture.Norm.none
          default: nil
          }
        #expect(trainer.norm == norm, "\(name)")
        let activation: Architecture.Activation? =
          switch group["activation"]?.string {
          case "LeakyReLU", "ReLU": .leakyReLU
          case "GeLU": .gelu
          case "Mish": .mish
          case "Identity": .identity
          default: nil
          }
        #expect(trainer.activation == activation, "\(name)")
        if activation == .leakyReLU {
          #expect(trainer.slope == group["slope"]?.double ?? 0, "\(name)")
        }
        #expect(trainer.activationFirst == group["activationFirst"]?.bool, "\(name)")
        #expect(trainer.mirrors == group["mirrors"]?.bool, "\(name)")
        #expect(trainer.isCascade == group["cascade"]?.bool, "\(name)")
        #expect(trainer.baseFeatures ?? 8 == group["baseFeatures"]?.int, "\(name)")
        let regions = try trainer.regions("Task001_Test")
        #expect((regions != nil) == group["sigmoid"]?.bool, "\(name)")
        let order = group["regionsClassOrder"]?.array?.compactMap(\.int)
        #expect(regions?.order == order, "\(name)")
      }
    }
    #expect(seen.count >= 100)
  }
}
