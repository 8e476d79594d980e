import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// Every trainer that nnunetv2 2.8.1 ships: what its network is comes from the plans, or it is refused.
@Suite struct TrainerTests {
  /// Names of all classes in nnunetv2/training/nnUNetTrainer of 2.8.1 whose network is that of the plans.
  private static let stock = """
    nnUNetTrainer nnUNetTrainerAdam nnUNetTrainerAdam1en3 nnUNetTrainerAdam3en4 nnUNetTrainerAdan
    nnUNetTrainerAdan1en1 nnUNetTrainerAdan1en3 nnUNetTrainerAdan3en4 nnUNetTrainerAdanCosAnneal
    nnUNetTrainerBN nnUNetTrainerBenchmark_5epochs nnUNetTrainerBenchmark_5epochs_noDataLoading
    nnUNetTrainerCELoss nnUNetTrainerCELoss_5epochs nnUNetTrainerCosAnneal nnUNetTrainerDA5
    nnUNetTrainerDA5Segord0 nnUNetTrainerDA5_10epochs nnUNetTrainerDA5ord0
    nnUNetTrainerDiceCELoss_noSmooth nnUNetTrainerDiceLoss nnUNetTrainerDiceTopK10Loss
    nnUNetTrainerNoDA nnUNetTrainerNoDeepSupervision nnUNetTrainerNoMirroring
    nnUNetTrainerTopk10Loss nnUNetTrainerTopk10LossLS01 nnUNetTrainerVanillaAdam
    nnUNetTrainerVanillaAdam1en3 nnUNetTrainerVanillaAdam3en4 nnUNetTrainer_100epochs
    nnUNetTrainer_10epochs nnUNetTrainer_1epoch nnUNetTrainer_2000epochs
    nnUNetTrainer_2000epochs_NoMirroring nnUNetTrainer_20epochs nnUNetTrainer_250epochs
    nnUNetTrainer_250epochs_NoMirroring nnUNetTrainer_4000epochs
    nnUNetTrainer_4000epochs_NoMirroring nnUNetTrainer_500epochs nnUNetTrainer_50epochs
    nnUNetTrainer_5epochs nnUNetTrainer_750epochs nnUNetTrainer_8000epochs
    nnUNetTrainer_8000epochs_NoMirroring nnUNetTrainer_DASegOrd0
    nnUNetTrainer_DASegOrd0_NoMirroring nnUNetTrainer_noDummy2DDA nnUNetTrainer_onlyMirror01
    nnUNetTrainer_onlyMirror01_1500ep nnUNetTrainer_onlyMirror01_DA5
    nnUNetTrainer_onlyMirror01_DASegOrd0 nnUNetTrainer_probabilisticOversampling
    nnUNetTrainer_probabilisticOversampling_010 nnUNetTrainer_probabilisticOversampling_033
    nnUNetTrainer_warmup nnUNet_Trainer_BS8
    """
  /// The others: transformers.
  private static let foreign = """
    AbstractPrimus _Primus_B_96_BS1 _Primus_L_48_BS1 _Primus_M_96_BS1 _Primus_S_96_BS1
    nnUNet_PrimusV2B_Trainer nnUNet_PrimusV2L_Trainer nnUNet_PrimusV2M_Trainer
    nnUNet_PrimusV2S_Trainer nnUNet_PrimusV3B_Trainer nnUNet_PrimusV3L_Trainer
    nnUNet_PrimusV3M_Trainer nnUNet_PrimusV3S_Trainer nnUNet_Primus_B_Trainer
    nnUNet_Primus_L_Trainer nnUNet_Primus_M_Trainer nnUNet_Primus_M_Trainer_BS8
    nnUNet_Primus_M_Trainer_BS8_2e4 nnUNet_Primus_S_Trainer
    """

  @Test func stockTrainersHaveTheNetworkOfThePlans() {
    for name in Self.stock.split(whereSeparator: \.isWhitespace) {
      #expect(PlansV2.foreignNetwork(of: String(name)) == nil, "\(name)")
    }
  }

  @Test func transformersAreRefusedByName() {
    for name in Self.foreign.split(whereSeparator: \.isWhitespace) {
      #expect(PlansV2.foreignNetwork(of: String(name)) == "Primus", "\(name)")
    }
  }

  @Test func theRefusalTellsHowNNUNetRunsIt() {
    let error = NNXError.unsupported("Primus", from: "Dataset811_Brain")
    #expect(error.message == "cannot run 'Primus' from Dataset811_Brain")
    #expect(error.fixes.contains { $0.contains("nnUNetv2_predict -d Dataset811_Brain") })
    let old = NNXError.unsupported("nnUNetTrainerV2_Foreign", from: "Task042_Brain")
    #expect(old.fixes.contains { $0.contains("nnUNet_predict -t Task042_Brain") })
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
