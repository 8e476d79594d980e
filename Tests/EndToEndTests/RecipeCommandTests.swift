import Foundation
import NNXSystem
import TestSupport
import Testing

/// A model of two networks and a recipe, from its name to the published labels.
@Suite struct RecipeCommandTests {
  private static func set(
    _ id: String, _ generation: Int, _ dataset: String, _ folds: [Int]
  ) -> OrderedJSON {
    [
      "id": .string(id), "nnunet": .int(generation), "dataset": .string(dataset), "trainer": nil,
      "plans": nil, "configuration": nil, "folds": OrderedJSON(folds), "checkpoint": nil,
      "record": nil, "doi": nil, "conceptDoi": nil, "published": nil, "title": nil,
      "files": [
        [
          "key": .string("\(id).zip"), "path": .string("\(id).zip"), "size": nil, "md5": nil,
          "sha256": nil,
        ]
      ],
      "labels": [
        ["value": 0, "name": "background"], ["value": 1, "name": "one"],
        ["value": 2, "name": "two"],
      ],
      "evidence": "a test",
    ]
  }

  private static let recipe: OrderedJSON = [
    "statedBy": "a test",
    "steps": [
      [
        "name": "votes", "do": "vote", "weights": "pair.second", "atLeast": 0.6,
        "labels": [["from": [1], "to": 1]],
      ],
      ["name": "network", "do": "run", "weights": "pair.first"],
      [
        "name": "spots", "do": "select", "of": "network",
        "labels": [["from": [2], "to": 3]],
      ],
      ["name": "result", "do": "overlay", "of": "spots", "over": "votes"],
    ],
    "note": "The note.",
  ]

  private static let registry: OrderedJSON = [
    "schema": 1, "version": 1, "updated": "2026-11-27",
    "collections": ["test": ["title": "Tests", "publisher": "nobody"]],
    "citations": [:], "sources": ["s": "a test"],
    "models": [
      [
        "name": "pair", "version": "1", "collection": "test", "title": "Two networks",
        "summary": "Two networks and a recipe.", "status": "active", "organs": ["liver"],
        "licenses": [["spdx": "CC0-1.0", "statedBy": "a test", "scope": "weights"]], "cite": [],
        "weights": [
          set("pair.first", 1, "Task963_Case", [0]),
          set("pair.second", 2, "Dataset851_Case", [0, 1, 3]),
        ],
        "inputs": [
          [
            "index": 0, "name": "CT", "modality": "CT", "units": "HU", "contrast": nil,
          ]
        ],
        "labels": [
          [
            "value": 1, "name": "Alpha", "from": ["pair.second": [1]], "rgb": [10, 20, 30],
            "type": ["value": "10200004", "scheme": "SCT", "meaning": "Liver"],
          ],
          ["value": 2, "name": "Never written"],
          ["value": 3, "name": "Gamma", "from": ["pair.first": [2]], "rgb": [40, 50, 60]],
        ],
        "recipe": recipe, "requires": ["a quiet test"], "intendedUse": nil, "training": nil,
        "sources": ["s"],
      ]
    ],
  ]

  private let folder: TemporaryFolder
  private let nnx = Binary()
  private let image = "\(Fixtures.folder)/reference/v2/folds_one_and_three/image_0000.nii.gz"

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("registry.json", Array(Self.registry.text(pretty: true).utf8))
    for (id, fixture) in [("first", "v1/batch_norm_ct2"), ("second", "v2/folds_one_and_three")] {
      let archive = "\(Fixtures.folder)/reference/\(fixture)/model.zip"
      let zip = try Data(contentsOf: URL(fileURLWithPath: archive))
      try folder.write("pair.\(id).zip", [UInt8](zip))
    }
  }

  private func run(_ arguments: String...) throws -> Binary.Outcome {
    try nnx.run(arguments, environment: ["NNX_REGISTRY": folder.path + "/registry.json"])
  }

  private func record(_ name: String) throws -> OrderedJSON {
    try OrderedJSON(contentsOf: "\(folder.path)/\(name).nnx.json")
  }

  /// Voxels of a label, as the record tells them.
  private func voxels(_ record: OrderedJSON, _ label: Int) -> Int? {
    record["labels"]?.array?.first { $0["value"]?.int == label }?["voxels"]?.int
  }

  @Test func bothNetworksAreInstalledAndRun() throws {
    let installed = try run("install", "pair")
    #expect(installed.status == 0, "\(installed.errors)")
    let target = folder.path + "/seg.nii.gz"
    let predicted = try run("predict", "-m", "pair", "-i", image, "-o", target)
    #expect(predicted.status == 0, "\(predicted.errors)")
    #expect(predicted.errors.contains("recipe of a test: votes > network > spots > result"))
    #expect(predicted.errors.contains("needs a quiet test"))

    let own = try record("seg")
    #expect(own["settings"]?["recipe"] == Self.recipe)
    let networks = try #require(own["settings"]?["networks"]?.array)
    #expect(networks.map { $0["weights"] } == ["pair.second", "pair.first"])
    #expect(networks.map { $0["folds"] } == [["0", "1", "3"], ["0"]])
    #expect(own["labels"]?.array?.map { $0["name"] } == ["Alpha", "Gamma"])

    let table = try run("labels", target, "--json")
    let labels = try OrderedJSON(parsing: Array(table.output.utf8), source: "labels")["data"]?[
      "labels"]?.array
    #expect(labels?.map { $0["value"] } == [1, 3])
    #expect(labels?.map { $0["name"] } == ["Alpha", "Gamma"])
    #expect(labels?.map { $0["rgb"] } == [[10, 20, 30], [40, 50, 60]])

    let raw = folder.path + "/raw.nii.gz"
    let alone = try run("predict", "-m", "pair/pair.first", "--raw-labels", "-i", image, "-o", raw)
    #expect(alone.status == 0, "\(alone.errors)")
    let first = try record("raw")
    #expect(first["settings"]?["recipe"] == .null)
    #expect(first["settings"]?["configuration"] == "3d_fullres")
    let spots = try #require(voxels(first, 2))
    #expect(spots > 0 && voxels(own, 3) == spots)
    #expect(try #require(voxels(own, 1)) > 0)
  }

  @Test func whatDoesNotGoWithARecipeIsSaid() throws {
    #expect(try run("install", "pair", "-q").status == 0)
    let target = folder.path + "/seg.nii.gz"
    for flag in [["--save-probabilities"], ["-c", "3d_fullres"], ["--no-postprocess"]] {
      let outcome = try nnx.run(
        ["predict", "-m", "pair", "-i", image, "-o", target] + flag,
        environment: ["NNX_REGISTRY": folder.path + "/registry.json"])
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("--raw-labels"), "\(outcome.errors)")
    }
    let both = try run("predict", "-m", "pair", "--raw-labels", "-i", image, "-o", target)
    #expect(both.status == 66)
    #expect(both.errors.contains("-m pair/pair.first"), "\(both.errors)")
    #expect(!FileManager.default.fileExists(atPath: target))
  }

  @Test func infoSaysTheRecipeAndTheForecastCountsIt() throws {
    let info = try run("info", "pair")
    #expect(info.output.contains("recipe      by a test:"))
    #expect(info.output.contains("result: spots over votes"))
    #expect(info.output.contains("(The note.)"))
    #expect(try run("install", "pair", "-q").status == 0)
    let target = folder.path + "/seg.nii.gz"
    func patches(_ model: String, _ flags: String...) throws -> Int {
      let outcome = try nnx.run(
        ["predict", "-m", model, "-i", image, "-o", target, "--dry-run", "--json"] + flags,
        environment: ["NNX_REGISTRY": folder.path + "/registry.json"])
      let answer = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "forecast")
      return try #require(answer["data"]?["planned"]?.array?.first?["patches"]?.int)
    }
    #expect(
      try patches("pair") == patches("pair/pair.first") + patches("pair/pair.second"))
  }
}
