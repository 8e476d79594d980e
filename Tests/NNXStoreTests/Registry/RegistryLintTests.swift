import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct RegistryLintTests {
  let folder: TemporaryFolder
  let location: StoreLocation

  init() throws {
    folder = try TemporaryFolder()
    location = StoreLocation(
      data: folder.path + "/data", cache: folder.path + "/cache", config: folder.path + "/config")
  }

  /// The registry with some words replaced.
  func registry(_ changes: [(String, String)] = []) throws -> Registry {
    var text = String(
      decoding: bytes(of: Fixtures.repository + "/registry.json"), as: UTF8.self)
    for (old, new) in changes {
      try #require(text.contains(old), "\(old)")
      text = text.replacing(old, with: new)
    }
    let path = try folder.write("registry.json", Array(text.utf8))
    try folder.write("Models/demo-ct.zip", bytes(of: Fixtures.repository + "/Models/demo-ct.zip"))
    return try Registry(contentsOf: path)
  }

  func lint(
    _ name: String, _ registry: Registry, archive: String? = nil,
    transport: any Transport = NoTransport()
  ) throws -> [RegistryLint.Difference] {
    try RegistryLint(
      #require(registry.card(named: name)), in: registry, archive: archive, transport: transport,
      scratch: location
    ).differences
  }

  @Test func theEntryOfTheDemoSaysWhatItsArchiveHolds() throws {
    #expect(try lint("demo-ct", registry()) == [])
  }

  @Test func differencesAreNamed() throws {
    let registry = try registry()
    let right = try #require(registry.card(named: "demo-ct"))
    let changes: [(String, (inout ModelCard) -> Void)] = [
      ("dataset", { $0.weights[0].dataset = "Dataset111_Other" }),
      ("trainer", { $0.weights[0].trainer = "nnUNetTrainerOther" }),
      ("plans", { $0.weights[0].plans = "nnUNetResEncUNetMPlans" }),
      ("folds", { $0.weights[0].folds = [0, 1] }),
      ("checkpoint", { $0.weights[0].checkpoint = "checkpoint_best.pth" }),
      ("configuration", { $0.weights[0].configuration = "2d" }),
      (
        "inputs[0]",
        {
          $0.inputs[0].name = "T1"
          $0.inputs[0].modality = "MR"
        }
      ),
      ("labels", { $0.weights[0].labels.removeLast() }),
      ("labels[1]", { $0.weights[0].labels[1].name = "spleen" }),
    ]
    for (field, change) in changes {
      var card = right
      change(&card)
      let found = try RegistryLint(card, in: registry, transport: NoTransport(), scratch: location)
      #expect(found.differences.map(\.field) == [field], "\(found.differences)")
    }
  }

  @Test func labelsThatARecipeNamesAndTheArchiveLacksAreNamed() throws {
    let trained = #"{"value": 4, "name": "lesion"}"#
    let place = """
      "evidence": "dataset.json and plans.json in the zip"
              }
            ],
      """
    let recipe = """
      "recipe": {"statedBy": "a test", "steps": [{"name": "all", "do": "run", "weights": "demo-ct"},
      {"name": "two", "do": "select", "of": "all", "labels": [{"from": [4, 9], "to": 1}]}]},
      """
    let found = try lint(
      "demo-ct",
      registry([
        (trained, trained + #", {"value": 9, "name": "ghost"}"#),
        (place, place + recipe),
      ]))
    #expect(found.map(\.field) == ["labels", "recipe"])
    #expect(found.last?.entry == "names labels 9")
  }

  @Test func aWrongArchiveDiffersInManyWays() throws {
    let fields = try lint(
      "demo-ct", registry(), archive: TestStore.fixture("v2/resenc_pet_ct")
    ).map(\.field)
    #expect(fields.contains("dataset") && fields.contains("inputs") && fields.contains("labels"))
  }

  @Test func versionOneIsComparedFromItsPickles() throws {
    let fields = try lint(
      "liver-ct", registry(), archive: TestStore.fixture("v1/ct_fullres")
    ).map(\.field)
    #expect(fields.contains("dataset") && fields.contains("labels"))
    #expect(!fields.contains("inputs") && !fields.contains("nnunet"))
  }

  @Test func archivesOnAHostAreReadInParts() throws {
    var random = RandomBytes(seed: 5)
    let zip = try LayoutTests.zip(
      "v2/plain_ct_folds",
      adding: [.init("Dataset902_Folds/large.bin", random.next(2_000_000))]
    ) { $0 }
    let host = RangeHost(zip)
    let liver = try #require(registry().card(named: "liver2-ct"))
    var card = liver
    card.weights[0].files[0].size = nil
    card.weights[0].files[0].md5 = nil
    card.weights[0].record = nil
    card.weights[0].files[0].mirrors = [host.url]
    let lint = try RegistryLint(
      card, in: registry(), transport: host.transport(folder.path + "/downloads"),
      scratch: location)
    #expect(lint.differences.contains { $0.field == "dataset" && $0.archive == "Dataset902_Folds" })
    #expect(lint.downloaded == host.sent && host.sent < 120_000, "\(host.log)")
  }

  @Test func pinFillsWhatIsNullAndNothingElse() throws {
    let demo = try #require(registry().card(named: "demo-ct")).weights[0].files[0]
    let sha = try #require(demo.sha256)
    let size = try #require(demo.size)
    let original = bytes(of: Fixtures.repository + "/registry.json")
    _ = try registry([
      ("\"sha256\": \"\(sha)\"", "\"sha256\": null"), ("\"size\": \(size)", "\"size\": null"),
    ])
    let path = folder.path + "/registry.json"
    var pin = try RegistryPin(path)
    let web = Web(client: NoClient(), hosts: HostPolicy(), isOffline: true)
    try pin.look(["demo-ct"], fetching: true, web: web, transport: NoTransport())
    #expect(pin.changes.map(\.field) == ["size", "sha256"])
    try pin.write()
    #expect(bytes(of: path) == original)
  }

  @Test func pinNeverChangesAValue() throws {
    let demo = try #require(registry().card(named: "demo-ct")).weights[0].files[0]
    let sha = try #require(demo.sha256)
    let size = try #require(demo.size)
    _ = try registry([
      ("\"sha256\": \"\(sha)\"", "\"sha256\": null"),
      ("\"size\": \(size)", "\"size\": \(size + 1)"),
    ])
    let path = folder.path + "/registry.json"
    let before = bytes(of: path)
    var pin = try RegistryPin(path)
    let web = Web(client: NoClient(), hosts: HostPolicy(), isOffline: true)
    let error = #expect(throws: NNXError.self) {
      try pin.look(["demo-ct"], fetching: true, web: web, transport: NoTransport())
      try pin.write()
    }
    #expect(error?.code == .integrity)
    #expect(bytes(of: path) == before)
  }
}

/// Fails every test that reaches for the network.
struct NoClient: HTTPClient {
  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
    onBytes: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> HTTPHead { throw NNXError(.bug, "a test asked for \(request.url)") }
}
