import NNXSystem
import Testing

@testable import NNXStore

@Suite struct ModelSelectorTests {
  @Test(arguments: [
    "8274976",
    "10.5281/zenodo.8274976",
    "https://doi.org/10.5281/zenodo.8274976",
    "https://zenodo.org/record/8274976",
    "https://zenodo.org/records/8274976",
    "https://zenodo.org/api/records/8274976",
    "https://zenodo.org/doi/10.5281/zenodo.8274976",
    "doi:10.5281/zenodo.8274976",
    "DOI:10.5281/ZENODO.8274976",
    "http://dx.doi.org/10.5281/zenodo.8274976",
    "https://zenodo.org/records/8274976/",
    "https://zenodo.org/records/8274976?preview=1#files",
    "zenodo.org/records/8274976",
  ])
  func everyFormOfARecord(text: String) throws {
    #expect(try ModelSelector(text).target == .record(8_274_976, file: nil))
  }

  @Test(arguments: [
    "https://zenodo.org/record/8274976/files/Task773_Liver.zip",
    "https://zenodo.org/records/8274976/files/Task773_Liver.zip?download=1",
    "https://zenodo.org/api/records/8274976/files/Task773_Liver.zip/content",
    "https://zenodo.org/records/8274976/files/Task773%5FLiver.zip",
  ])
  func oneFileOfARecord(text: String) throws {
    #expect(
      try ModelSelector(text).target == .record(8_274_976, file: "Task773_Liver.zip"))
  }

  @Test(arguments: [
    ("kidney-ct", ModelSelector.Target.name("kidney-ct", version: nil)),
    ("Kidney-CT", .name("kidney-ct", version: nil)),
    ("liver2-ct@2024.6.11", .name("liver2-ct", version: "2024.6.11")),
    ("model.zip", .path("model.zip")),
    ("kidney-ct.ZIP", .path("kidney-ct.ZIP")),
    ("./kidney-ct", .path("./kidney-ct")),
    ("models/8274976", .path("models/8274976")),
    ("/tmp/Dataset006_Liver", .path("/tmp/Dataset006_Liver")),
    ("~/x", .path("~/x")),
    ("..", .path("..")),
    ("10.5281", .name("10.5281", version: nil)),
  ])
  func namesFilesAndFolders(text: String, target: ModelSelector.Target) throws {
    let selector = try ModelSelector(text)
    #expect(selector.target == target)
    #expect(selector.typed == text)
  }

  @Test(arguments: [
    "", "kidney ct", "kidney-ct@", "-q", "10.1038/s41597-024-03977-8", "0123456",
    "https://example.org/model.zip", "https://zenodo.org/communities/aimi",
    "https://zenodo.org.example.com/records/8274976", "https://sandbox.zenodo.org/records/1",
    "ftp://zenodo.org/records/8274976", "https://zenodo.org/records/8274976/files/..%2Fx",
    "doi:10.1234/5", "10.5281/zenodo.x", "https://user@zenodo.org/records/1",
  ])
  func whatItCannotBe(text: String) {
    let error = #expect(throws: NNXError.self) { try ModelSelector(text) }
    #expect(error?.code == .usage)
  }

  @Test func resolvesToEntriesRecordsAndPaths() throws {
    let registry = try Registry.repository()
    func resolve(_ text: String) throws -> Registry.Resolution {
      try registry.resolve(ModelSelector(text))
    }
    let liver = try #require(registry.card(named: "liver2-ct"))
    #expect(try resolve("liver-tumor-ct") == .card(liver))
    #expect(try resolve("liver2-ct@2024.6.11") == .card(liver))
    #expect(try resolve("11582728") == .record(11_582_728, file: nil, known: [liver]))
    #expect(try resolve("999") == .record(999, file: nil, known: []))
    #expect(try resolve("./liver2-ct") == .path("./liver2-ct"))
    let file = "https://zenodo.org/record/4003545/files/Task009_Spleen.zip"
    let spleen = try #require(registry.card(named: "task009-spleen"))
    #expect(
      try resolve(file) == .record(4_003_545, file: "Task009_Spleen.zip", known: [spleen]))
    #expect(throws: registry.unknownModel("lung-ct2")) { try resolve("lung-ct2") }
    let old = #expect(throws: NNXError.self) { try resolve("liver2-ct@2023.1.1") }
    #expect(old?.code == .unknownVersion)
  }
}
