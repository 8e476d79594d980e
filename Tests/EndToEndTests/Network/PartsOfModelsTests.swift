import Foundation
import NNXSystem
import TestSupport
import Testing

/// A model of three networks of which a structure needs two: only those come, the rest when it is wanted.
@Suite struct PartsOfModelsTests {
  private static let archives = [
    ("find", "v2/plain_ct"), ("one", "v2/folds_one_and_three"), ("two", "v1/batch_norm_ct2"),
  ]
  private static let release = "https://github.com/lab/models/releases/download/v1.0"

  private let bench = NetworkBench()
  private let folder: TemporaryFolder
  private let image = "\(Fixtures.folder)/reference/v2/plain_ct/image_0000.nii.gz"

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("registry.json", Array(try Self.registry().text(pretty: true).utf8))
  }

  private static func path(_ fixture: String) -> String {
    "\(Fixtures.folder)/reference/\(fixture)/model.zip"
  }

  private static func set(_ id: String, _ fixture: String) throws -> OrderedJSON {
    [
      "id": .string("parts.\(id)"), "nnunet": .int(fixture.hasPrefix("v1") ? 1 : 2),
      "dataset": nil, "trainer": nil, "plans": nil, "configuration": nil, "folds": nil,
      "checkpoint": nil, "record": nil, "doi": nil, "conceptDoi": nil, "published": nil,
      "title": nil,
      "files": [
        [
          "key": .string("\(id).zip"), "size": .int(try FileReader(path(fixture)).count),
          "md5": nil, "sha256": .string(try Digest.ofFile(path(fixture), .sha256)),
          "digestsStatedBy": ["a test"], "mirrors": [.string("\(release)/\(id).zip")],
        ]
      ],
      "labels": [
        ["value": 0, "name": "background"], ["value": 1, "name": "a"], ["value": 2, "name": "b"],
      ],
      "evidence": "a test",
    ]
  }

  private static let recipe: OrderedJSON = [
    "statedBy": "a test",
    "steps": [
      ["name": "image", "do": "prepare"],
      ["name": "first", "do": "run", "weights": "parts.one", "folds": [0], "on": "image"],
      ["name": "second", "do": "run", "weights": "parts.two", "on": "image"],
      [
        "name": "all", "do": "merge",
        "parts": [["of": "first", "to": [1, 2]], ["of": "second", "to": [3, 4]]],
      ],
      ["name": "result", "do": "back", "of": "all"],
    ],
    "subset": [
      "steps": [
        ["name": "rough-image", "do": "prepare"],
        ["name": "rough-network", "do": "run", "weights": "parts.find", "on": "rough-image"],
        ["name": "named", "do": "merge", "parts": [["of": "rough-network", "to": [1, 3]]]],
        ["name": "rough", "do": "back", "of": "named"],
      ], "around": "rough", "margin": 3,
    ],
  ]

  private static func registry() throws -> OrderedJSON {
    let labels = [
      ("Alpha", "one", 1), ("Beta", "one", 2), ("Gamma", "two", 1), ("Delta", "two", 2),
    ]
    return [
      "schema": 1, "version": 1, "updated": "2026-11-29",
      "collections": ["test": ["title": "Tests", "publisher": "nobody"]],
      "citations": [:], "sources": ["s": "a test"],
      "models": [
        [
          "name": "parts", "version": "1", "collection": "test", "title": "Three networks",
          "summary": "Three networks and a recipe.", "status": "active", "organs": ["liver"],
          "licenses": [["spdx": "CC0-1.0", "statedBy": "a test", "scope": "weights"]], "cite": [],
          "weights": .array(try archives.map { try set($0.0, $0.1) }),
          "inputs": [
            ["index": 0, "name": "CT", "modality": "CT", "units": "HU", "contrast": nil]
          ],
          "labels": .array(
            labels.enumerated().map { index, label in
              [
                "value": .int(index + 1), "name": .string(label.0),
                "from": .object([.init("parts.\(label.1)", [.int(label.2)])]),
              ]
            }),
          "recipe": recipe, "intendedUse": nil, "training": nil, "sources": ["s"],
        ]
      ],
    ]
  }

  private func host(
    script: @escaping LoopbackZenodo.Script = { _, _ in nil }
  ) throws -> LoopbackZenodo {
    let files = try Self.archives.map {
      try TestRelease.File(Self.path($0.1), key: "\($0.0).zip")
    }
    return try LoopbackZenodo(
      [], releases: [TestRelease(.gitHub, "lab/models", "v1.0", files: files)], script: script)
  }

  private func run(
    _ host: LoopbackZenodo, _ arguments: String..., home: String? = nil
  ) throws -> Binary.Outcome {
    var more = ["NNX_REGISTRY": folder.path + "/registry.json"]
    more["NNX_HOME"] = home
    return try bench.nnx.run(
      arguments, environment: bench.environment(host, more), folder: folder.path)
  }

  /// Archives whose bytes were asked for, each once.
  private func fetched(_ host: LoopbackZenodo) -> Set<String> {
    Set(
      host.requests.filter { $0.host == "github.com" }.map { request in
        String(request.path.split(separator: "/").last ?? "")
      })
  }

  private func lacking(_ host: LoopbackZenodo) throws -> [String] {
    let list = try run(host, "list", "--json")
    let model = try OrderedJSON(parsing: Array(list.output.utf8), source: "list")["data"]?[
      "models"]?.array?.first
    let lacking = model?["lacking"]?.array?.compactMap(\.string) ?? []
    #expect(model?["state"]?.string == (lacking.isEmpty ? "ok" : "partial"), "\(list.output)")
    return lacking
  }

  @Test func onlyWhatAStructureNeedsComes() throws {
    let first = try host()
    let planned = try run(first, "install", "parts", "--roi-subset", "Alpha", "--dry-run")
    #expect(planned.status == 0 && fetched(first).isEmpty, "\(planned.errors)")
    let installed = try run(first, "install", "parts", "--roi-subset", "Alpha")
    #expect(installed.status == 0, "\(installed.errors)")
    #expect(installed.errors.contains("Without 1 of 3 networks: parts.two"), "\(installed.errors)")
    #expect(fetched(first) == ["find.zip", "one.zip"])
    #expect(try lacking(first) == ["parts.two"])
    #expect(try run(first, "info", "parts").output.contains("of 2 of 3 networks"))
    let verified = try run(first, "verify", "parts")
    #expect(verified.status == 0 && verified.errors.contains("in part, without parts.two"))
    #expect(try run(first, "doctor").output.contains("in part: 2 of 3 networks"))

    // What it can do it does, and what it cannot it says before it works.
    let subset = ["--roi-subset", "Alpha"]
    let predict = ["predict", "-m", "parts", "-i", image, "--allow", "units", "-o"]
    func predicted(_ host: LoopbackZenodo, _ name: String, _ flags: [String]) throws
      -> Binary.Outcome
    {
      try bench.nnx.run(
        predict + [name] + flags,
        environment: bench.environment(
          host, ["NNX_REGISTRY": folder.path + "/registry.json"]), folder: folder.path)
    }
    let alpha = try predicted(first, "alpha.nii.gz", subset)
    #expect(alpha.status == 0, "\(alpha.errors)")
    let refused = try predicted(first, "all.nii.gz", [])
    #expect(refused.status == 66, "\(refused.errors)")
    for words in ["parts is installed in part", "Not here: parts.two", "nnx install parts", "-y"] {
      #expect(refused.errors.contains(words), "\(refused.errors)")
    }
    let raw = try run(first, "predict", "-m", "parts/parts.two", "-i", image, "--raw-labels")
    #expect(raw.status == 66 && raw.errors.contains("parts.two is not here"), "\(raw.errors)")
    #expect(fetched(first) == ["find.zip", "one.zip"])

    // The rest comes when it is wanted, and nothing else; what was done stays done.
    let second = try host()
    let gamma = try predicted(second, "gamma.nii.gz", ["--roi-subset", "Gamma", "-y"])
    #expect(gamma.status == 0, "\(gamma.errors)")
    #expect(fetched(second) == ["two.zip"])
    #expect(try lacking(second) == [])
    let again = try predicted(second, "alpha.nii.gz", subset)
    #expect(again.status == 0 && again.errors.contains("done already"), "\(again.errors)")
    let run = try self.run(second, "verify", "alpha.nii.gz")
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    let own = try bench.installed()

    let whole = PartsOfModelsTests.Home(try TemporaryFolder())
    let all = try self.run(second, "install", "parts", home: whole.path)
    #expect(all.status == 0, "\(all.errors)")
    #expect(try whole.installed() == own)
  }

  @Test func predictingBringsWhatItNeeds() throws {
    let host = try host()
    let made = try run(
      host, "predict", "-m", "parts", "-i", image, "--allow", "units", "-o", "a.nii.gz", "-y",
      "--roi-subset", "Alpha", "Beta")
    #expect(made.status == 0, "\(made.errors)")
    #expect(fetched(host) == ["find.zip", "one.zip"])
    let odd = try run(host, "install", "parts", "--roi-subset", "Omega")
    #expect(odd.status == 64 && odd.errors.contains("no structure 'Omega'"), "\(odd.errors)")
  }

  /// A rest that breaks off leaves the part that was there; the next install goes on.
  @Test(arguments: [TransferFault.notFound, .otherFile])
  func aBrokenRestLeavesThePart(_ fault: TransferFault) throws {
    #expect(try run(host(), "install", "parts", "--roi-subset", "Alpha", "-q").status == 0)
    let before = try bench.installed()
    let bad = try host { request, isFile in isFile ? (fault, 1000) : nil }
    let broken = try run(bad, "install", "parts")
    #expect(broken.status != 0, "\(broken.errors)")
    #expect(try bench.installed() == before)
    #expect(try lacking(bad) == ["parts.two"])
    let good = try host()
    #expect(try run(good, "install", "parts").status == 0)
    #expect(fetched(good) == ["two.zip"])
    #expect(try lacking(good) == [])
  }

  /// A lock of a part makes that part elsewhere, and no more.
  @Test func aLockNamesThePart() throws {
    let host = try host()
    #expect(try run(host, "install", "parts", "--roi-subset", "Alpha", "-q").status == 0)
    #expect(try run(host, "lock").status == 0)
    let home = Home(try TemporaryFolder())
    let synced = try run(host, "sync", home: home.path)
    #expect(synced.status == 0, "\(synced.errors)")
    #expect(try home.installed() == bench.installed())
    #expect(try run(host, "lock", "--check", home: home.path).status == 0)
    #expect(try run(host, "install", "parts", "-q").status == 0)
    #expect(try run(host, "lock", "--check").status == 1)
    #expect(try run(host, "sync").status == 0)
    #expect(try bench.installed() == home.installed())
  }

  /// Another store.
  private struct Home {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init(_ folder: TemporaryFolder) { self.folder = folder }

    func installed() throws -> [String: String] {
      var digests: [String: String] = [:]
      let place = "\(path)/models/parts/1"
      for file in try Folder.files(below: place)
      where !["receipt.json", "card.json"].contains(file.path) {
        digests[file.path] = try Digest.ofFile("\(place)/\(file.path)", .sha256)
      }
      return digests
    }
  }
}
