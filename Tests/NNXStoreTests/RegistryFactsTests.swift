import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

private let v1 = ModelDescription.Generation.v1
private let v2 = ModelDescription.Generation.v2

/// What was found out about the published weights, to compare the registry with: it may gain facts,
/// never lose or change one unseen.
private struct Fact: Sendable {
  let model, weights: String
  let record: Int
  let concept: Int?
  let key: String
  let size: Int?
  let md5, sha256: String?
  let generation: ModelDescription.Generation
  let dataset: String

  init(
    _ model: String, _ weights: String, record: Int, concept: Int?, _ key: String, size: Int?,
    md5: String?, sha256: String?, _ generation: ModelDescription.Generation, _ dataset: String
  ) {
    self.model = model
    self.weights = weights
    self.record = record
    self.concept = concept
    self.key = key
    self.size = size
    self.md5 = md5
    self.sha256 = sha256
    self.generation = generation
    self.dataset = dataset
  }
}

private let facts = [
  Fact(
    "kidney-ct", "kidney-ct", record: 8_277_846, concept: nil, "Task779_Kidney.zip", size: nil,
    md5: nil,
    sha256: nil, v1,
    "Task779_Kidneys_KIRC"),
  Fact(
    "liver-ct", "liver-ct", record: 8_274_976, concept: 8_270_230, "Task773_Liver.zip", size: nil,
    md5: nil,
    sha256: nil, v1,
    "Task773_Liver"),
  Fact(
    "liver2-ct", "liver2-ct", record: 11_582_728, concept: nil, "Dataset006_Liver.zip",
    size: 1_166_251_076,
    md5: "efbcf11ed43bc86a115f0f07ec7b669f",
    sha256: "3d8b3f038a1b0a4054e6359bc4f45d0836ef791696b8375239f138588401d4b6", v2,
    "Dataset006_Liver"),
  Fact(
    "liver-mr", "liver-mr", record: 8_290_124, concept: nil, "Task882_MR_Liver.zip", size: nil,
    md5: "0f76371ee4fac619f78881d607943773",
    sha256: nil, v1,
    "Task822_Liver_AMD"),
  Fact(
    "lung-ct", "lung-ct.lung", record: 8_290_169, concept: nil, "Task775_CT_NSCLC_RG.zip",
    size: nil,
    md5: "132c34158aab8e09464d65470d8638b0",
    sha256: nil, v1,
    "Task775_CT_NSCLC_RG"),
  Fact(
    "lung-ct", "lung-ct.nodules", record: 8_290_147, concept: nil, "Task777_CT_Nodules.zip",
    size: nil,
    md5: "243c9425bf2db677ea733cacaa1f558c",
    sha256: nil, v1,
    "Task777_CT_Nodules"),
  Fact(
    "lung2-ct", "lung2-ct", record: 11_582_738, concept: nil, "Dataset007_Nodules.zip", size: nil,
    md5: nil,
    sha256: nil, v2,
    "Dataset007_Nodules"),
  Fact(
    "lung-fdg-pet-ct", "fdg-pet-ct", record: 8_290_055, concept: nil, "Task762_PET_CT_Breast.zip",
    size: nil,
    md5: "48ed2ef050257e664ede71b18fff6c9b",
    sha256: nil, v1,
    "Task762_PET_CT_Breast"),
  Fact(
    "breast-fdg-pet-ct", "fdg-pet-ct", record: 8_290_055, concept: nil, "Task762_PET_CT_Breast.zip",
    size: nil,
    md5: "48ed2ef050257e664ede71b18fff6c9b",
    sha256: nil, v1,
    "Task762_PET_CT_Breast"),
  Fact(
    "breast-mr", "breast-mr.breast-fgt", record: 11_998_679, concept: nil, "Dataset009_Breast.zip",
    size: nil,
    md5: "40442b1f4dab2b9e14f52f716f3957fc",
    sha256: nil, v2,
    "Dataset009_Breast"),
  Fact(
    "breast-mr", "breast-mr.tumor", record: 11_998_632, concept: nil, "Dataset011_Breast.zip",
    size: nil,
    md5: nil,
    sha256: nil, v2,
    "Dataset011_Breast"),
  Fact(
    "brain-mr", "brain-mr", record: 11_582_627, concept: nil, "Dataset002_BRATS19.zip",
    size: 1_155_915_349,
    md5: "23a3f55dead4a6642271a08d1a503bbb",
    sha256: "f45eff0624604333a80ca5e6ea9c71153d908a4c2082df9038051dd7c4b2491f", v2,
    "Dataset002_BRATS19"),
  Fact(
    "prostate-mr", "prostate-mr", record: 8_290_093, concept: 8_290_092, "Task788_Prostate.zip",
    size: nil,
    md5: "e45f25cd9e50d1a756428dfcc2f5759e",
    sha256: nil, v1,
    "Task788_ProstateX"),
  Fact(
    "task002-heart", "task002-heart", record: 4_003_545, concept: nil, "Task002_Heart.zip",
    size: 2_250_439_042,
    md5: "47918532eabe17478eb29335b90b6604",
    sha256: "1d600680dc5e95f47a8d1a0a92033166112d0df118d659c387181330a7bbf012", v1,
    "Task002_Heart"),
  Fact(
    "task003-liver", "task003-liver", record: 4_003_545, concept: nil, "Task003_Liver.zip",
    size: 5_049_539_577,
    md5: "552e1ee740ef47fa8d8025246c84b5da",
    sha256: "32a27141a328059dd570ecff3fbddbf61edd2b582527310f26f417496ae11419", v1,
    "Task003_Liver"),
  Fact(
    "task004-hippocampus", "task004-hippocampus", record: 4_003_545, concept: nil,
    "Task004_Hippocampus.zip", size: 284_204_269,
    md5: "44dad55102901e203f5cda68084f0c5c",
    sha256: "9b79415d303b38f66bd84c90281736c4ef7b5bb94ad6aa058f569a926cbd37fe", v1,
    "Task004_Hippocampus"),
  Fact(
    "task006-lung", "task006-lung", record: 4_003_545, concept: nil, "Task006_Lung.zip",
    size: 5_006_898_593,
    md5: "9c7f89f3b2153292f69d6478da6a218f",
    sha256: "8917d3df7cbc2f31c228c2e392bd65b0b5a790cb0a92cf8b03f5b645b99c6792", v1,
    "Task006_Lung"),
  Fact(
    "task007-pancreas", "task007-pancreas", record: 4_003_545, concept: nil, "Task007_Pancreas.zip",
    size: 5_002_701_016,
    md5: "f8983162ffb28664221e74bc63dc5c99",
    sha256: "56f6cc3a5606bd5ebb253cb5bab1f92ffa468a768c3305f5bbe67430f840cc9b", v1,
    "Task007_Pancreas"),
  Fact(
    "task008-hepaticvessel", "task008-hepaticvessel", record: 4_003_545, concept: nil,
    "Task008_HepaticVessel.zip", size: 5_002_919_698,
    md5: "5cb797f542b43f882e1873129cd11021",
    sha256: "462f96e9bb5385e7539550bc2748171ad14a5821fdb38476130063ed062655a1", v1,
    "Task008_HepaticVessel"),
  Fact(
    "task009-spleen", "task009-spleen", record: 4_003_545, concept: nil, "Task009_Spleen.zip",
    size: 5_025_132_998,
    md5: "3a7bef6d372b6fd9e1d7454a23bd793f",
    sha256: "67c06536dbad35f1dc4642a6bab5f62a5ba885bae18b216ad0d5edc6da273de5", v1,
    "Task009_Spleen"),
  Fact(
    "task010-colon", "task010-colon", record: 4_003_545, concept: nil, "Task010_Colon.zip",
    size: 5_003_911_923,
    md5: "ffa6a2ee13a41cdbde3addc151d3c773",
    sha256: "9386885df312888fe4f15ecac1eeb175c35ea584b034e89cdb6729c8eee96700", v1,
    "Task010_Colon"),
  Fact(
    "task017-abdominalorgansegmentation", "task017-abdominalorgansegmentation", record: 4_003_545,
    concept: nil, "Task017_AbdominalOrganSegmentation.zip", size: 4_987_156_551,
    md5: "017e463a292b396882302dfa643f62f8",
    sha256: "fa9f3179b9b80a041e617a9e68d22a3380bab7976d2b86ebb35af91e6ba7d62e", v1,
    "Task017_AbdominalOrganSegmentation"),
  Fact(
    "task024-promise", "task024-promise", record: 4_003_545, concept: nil, "Task024_Promise.zip",
    size: 2_258_526_938,
    md5: "c8dfacef77d4390786572194aa506595",
    sha256: "298e046239db831194a7ac6f194c6c62077b103577e650cf6d3462e543311f8e", v1,
    "Task024_Promise"),
  Fact(
    "task027-acdc", "task027-acdc", record: 4_003_545, concept: nil, "Task027_ACDC.zip",
    size: 1_830_026_265,
    md5: "70723b2d5dd7237e38461128b5d5c601",
    sha256: "e612908b37753ba32d436d17c12e3c33d955880a33c033b3a8dda1b59fd7c93a", v1,
    "Task027_ACDC"),
  Fact(
    "task029-lits", "task029-lits", record: 4_003_545, concept: nil, "Task029_LITS.zip",
    size: 5_051_274_279,
    md5: "d31bcdee55c7216b18780e334e3f1724",
    sha256: "90ea60655654e68a9e652467a2831de654d7d92f3d693ea31c711561bda47335", v1,
    "Task029_LITS"),
  Fact(
    "task048-kits-clean", "task048-kits-clean", record: 4_003_545, concept: nil,
    "Task048_KiTS_clean.zip", size: 5_046_705_739,
    md5: "a0e1c4929f223de2eb829f916c0c6a14",
    sha256: "25e8e842df8b8a7593b94bfe045da4be2e892b4d6b2f6249749777429d047909", v1,
    "Task048_KiTS_clean"),
  Fact(
    "task055-segthor", "task055-segthor", record: 4_003_545, concept: nil, "Task055_SegTHOR.zip",
    size: 5_019_434_005,
    md5: "ae464374487596ab54f9d24bfd14b767",
    sha256: "398026e335f7a5b9e81906b9566e2ec67c4b7aa495c13c376b724d8b42913f54", v1,
    "Task055_SegTHOR"),
]

@Suite struct RegistryFactsTests {
  @Test(arguments: facts)
  private func holdsEveryKnownWeightSet(fact: Fact) throws {
    let card = try #require(try Registry.repository().card(named: fact.model))
    let set = try #require(card.weights.first { $0.id == fact.weights })
    let file = try #require(set.files.first { $0.key == fact.key })
    #expect(set.record == fact.record)
    #expect(set.conceptDoi == fact.concept.map { "10.5281/zenodo.\($0)" })
    #expect(set.generation == fact.generation)
    #expect(set.dataset == fact.dataset)
    #expect(fact.size == nil || file.size == fact.size)
    #expect(fact.md5 == nil || file.md5 == fact.md5)
    #expect(fact.sha256 == nil || file.sha256 == fact.sha256)
  }

  @Test(arguments: [
    ("kidney-ct", ["CT"], [1: "Kidney", 2: "Tumor", 3: "Cyst"]),
    ("liver-ct", ["CT"], [1: "Liver"]),
    ("liver2-ct", ["CT"], [1: "Liver", 2: "Tumor"]),
    ("liver-mr", ["T1 MR"], [1: "Liver"]),
    ("lung-ct", ["CT"], [1: "Lung", 2: "Nodule"]),
    ("lung2-ct", ["CT"], [1: "Lung", 2: "Nodule"]),
    ("lung-fdg-pet-ct", ["CT registered to PET", "FDG PET"], [1: "Lung", 2: "FDG-avid tumor"]),
    ("breast-fdg-pet-ct", ["CT registered to PET", "FDG PET"], [1: "FDG-avid tumor"]),
    ("breast-mr", ["MR"], [1: "Breast", 2: "Fibroglandular Tissue", 3: "Structural Tumor"]),
    (
      "brain-mr", ["t1", "t1ce", "t2", "flair"],
      [1: "edema? NECROSIS?", 2: "nonenhancing? EDEMA?", 3: "Enhancing tumor"]
    ),
    ("prostate-mr", ["T2 MR"], [1: "Prostate"]),
    ("demo-ct", ["CT"], [1: "lung", 2: "liver", 3: "kidney", 4: "lesion"]),
  ])
  func channelsAndPublishedLabels(model: String, channels: [String], labels: [Int: String]) throws {
    let card = try #require(try Registry.repository().card(named: model))
    #expect(card.inputs.map(\.name) == channels)
    let names = card.labels.map { ($0.value, $0.displayName) }
    #expect(Dictionary(uniqueKeysWithValues: names) == labels)
  }

  @Test func modelsOfSeveralAndOfSharedWeights() throws {
    let registry = try Registry.repository()
    #expect(registry.card(named: "lung-ct")?.weights.map(\.record) == [8_290_169, 8_290_147])
    #expect(registry.card(named: "breast-mr")?.weights.map(\.record) == [11_998_679, 11_998_632])
    #expect(
      registry.card(named: "lung-fdg-pet-ct")?.weights
        == registry.card(named: "breast-fdg-pet-ct")?.weights)
  }

  @Test(arguments: [
    ("liver2-ct", CommercialUse.conflict), ("brain-mr", .conflict), ("liver-ct", .conflict),
    ("kidney-ct", .no), ("task003-liver", .unknown),
  ])
  func licenceVerdicts(model: String, verdict: CommercialUse) throws {
    #expect(try Registry.repository().card(named: model)?.commercialUse == verdict)
  }

  @Test func theDemonstrationLiesBesideTheRegistry() throws {
    let registry = try Registry.repository()
    let file = try #require(registry.card(named: "demo-ct")?.weights.first?.files.first)
    let path = try registry.localPath(of: try #require(file.path))
    #expect(try MappedFile(path).count == file.size)
    #expect(try Digest.ofFile(path, .md5) == file.md5)
    #expect(try Digest.ofFile(path, .sha256) == file.sha256)
  }
}

extension Registry {
  /// The registry of this repository.
  static func repository() throws -> Registry {
    try Registry(contentsOf: Fixtures.repository + "/registry.json")
  }
}
