import Foundation
import NNXSystem
import TestSupport
import Testing

@Suite struct CiteTests {
  @Test func mergesWorksOfSeveralModels() throws {
    let shelf = try Shelf()
    let cited = try shelf.run("cite", "liver2-ct", "lung2-ct", "liver-tumor-ct")
    #expect(cited.status == 0, "\(cited.errors)")
    for key in ["zenodo11582728", "zenodo11582738", "aimi-2024", "nnunet"] {
      #expect(cited.output.components(separatedBy: "{\(key),").count == 2, "\(key)")
    }
    #expect(cited.output.hasSuffix("}\n"))
  }

  @Test(arguments: [
    ("bibtex", "@article{nnunet,"), ("ris", "TY  - JOUR"), ("text", "nnU-Net: a self-configuring"),
    ("csl", "\"type\": \"article-journal\""),
  ])
  func knowsFormats(format: String, expected: String) throws {
    let shelf = try Shelf()
    let cited = try shelf.run("cite", "demo-ct", "--format", format)
    #expect(cited.output.contains(expected))
    let data = try shelf.data(["cite", "demo-ct", "--format", format], schema: "nnx.cite/1")
    #expect(data["text"]?.string == cited.output)
    #expect(data["works"]?.array?.contains { $0["key"]?.string == "nnunet" } == true)
  }

  @Test func modelsFromFilesRestOnNNUNet() throws {
    let shelf = try Shelf([("mine", "v2/plain_ct")])
    #expect(try shelf.run("cite", "mine", "-q").output == "10.1038/s41592-020-01008-z\n")
  }

  @Test func readsWhatARunUsed() throws {
    let shelf = try Shelf()
    try #require(try shelf.run("install", "demo-ct", "-q").status == 0)
    let target = shelf.home + "/seg.nii.gz"
    try #require(
      try shelf.run(
        "predict", "-m", "demo-ct", "-i", Fixtures.repository + "/Models/phantom_0000.nii.gz", "-o",
        target, "--no-tta"
      ).status == 0)
    #expect(
      try shelf.run("cite", shelf.home + "/seg.nnx.json", "-q").output
        == shelf.run("cite", "demo-ct", "-q").output)
    let record = shelf.home + "/other.json"
    // A run with a model that nobody here knows: its records and nnU-Net are left to cite.
    try Data(
      """
      {"schema": "nnx.run/1", "model": {"name": "gone", "version": "1", "source": [
        {"record": 12345, "doi": "10.5281/zenodo.12345"}]}}
      """.utf8
    ).write(to: URL(fileURLWithPath: record))
    #expect(
      try shelf.run("cite", record, "-q").output
        == "10.5281/zenodo.12345\n10.1038/s41592-020-01008-z\n")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: record))
    let refused = try shelf.run("cite", record)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("error[invalid-record]"))
  }
}
