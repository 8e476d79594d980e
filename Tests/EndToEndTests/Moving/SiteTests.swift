import Foundation
import NNXSystem
import TestSupport
import Testing

/// Over TLS: a mirror that a plain file server serves, a registry by address, and locked records.
@Suite struct SiteTests {
  private static let record = 424_242
  private let folder: TemporaryFolder
  private let zip: String
  private let nnx = Binary()

  init() throws {
    folder = try TemporaryFolder()
    let source = Fixtures.folder + "/reference/v2/plain_ct_folds/model.zip"
    zip = try folder.write(
      "Dataset902_Folds.zip", [UInt8](Data(contentsOf: URL(fileURLWithPath: source))))
    try writeRegistry(version: 1)
  }

  /// A registry of one model on Zenodo, in `lab/registry.json`.
  private func writeRegistry(version: Int) throws {
    let text = """
      {"schema": 1, "version": \(version), "updated": "2026-11-24",
       "collections": {"lab": {"title": "Lab", "publisher": "us"}}, "citations": {},
       "models": [{"name": "folds-ct", "version": "2026.1.2", "collection": "lab",
         "title": "Three folds", "summary": "Three folds.", "status": "active", "organs": ["liver"],
         "licenses": [{"spdx": "CC-BY-4.0", "statedBy": "Zenodo", "scope": "weights"}],
         "weights": [{"id": "folds-ct", "nnunet": 2, "dataset": "Dataset902_Folds",
           "record": \(Self.record), "doi": "10.5281/zenodo.\(Self.record)",
           "published": "2026-01-02",
           "files": [{"key": "Dataset902_Folds.zip", "md5": "\(try Digest.ofFile(zip, .md5))",
             "sha256": null, "size": \(try FileReader(zip).count), "digestsStatedBy": ["us"]}],
           "labels": [{"value": 1, "name": "liver"}], "evidence": "ours"}],
         "inputs": [{"index": 0, "name": "CT", "modality": "CT"}],
         "labels": [{"value": 1, "name": "liver"}]}]}
      """
    try folder.write("lab/registry.json", Array(text.utf8))
  }

  private func zenodo(_ hosts: [String: String] = [:], isUp: Bool = true) throws -> LoopbackZenodo {
    let records = [TestRecord(Self.record, published: "2026-01-02", files: [try .init(zip)])]
    return try LoopbackZenodo(isUp ? records : [], hosts: hosts)
  }

  private func run(
    _ nnx: Binary, _ site: LoopbackZenodo, _ arguments: String..., status: Int32 = 0,
    and more: [String: String] = [:]
  ) throws -> Binary.Outcome {
    let outcome = try nnx.run(
      arguments, environment: site.environment.merging(more) { $1 })
    #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
    return outcome
  }

  @Test func aMirrorServesWhatZenodoNoLongerDoes() throws {
    let mirror = folder.path + "/site/nnx"
    let lab = folder.path + "/lab"
    do {
      let site = try zenodo()
      _ = try run(nnx, site, "mirror", "sync", mirror, "folds-ct", "--registry", lab)
      let again = try run(nnx, site, "mirror", "sync", mirror, "--all", "--registry", lab)
      #expect(again.output.contains("0 files fetched"))
      #expect(site.requests.filter { $0.path.contains("/files/") }.count == 1)
    }
    let down = try zenodo(["mirror.example.org": folder.path + "/site"], isUp: false)
    let address = "https://mirror.example.org/nnx"
    for (arguments, environment) in [
      (["install", "folds-ct", "--registry", address], [:]),
      (["install", "folds-ct", "--registry", lab], ["NNX_MIRROR": address]),
    ] {
      let user = Binary()
      let outcome = try user.run(
        arguments, environment: down.environment.merging(environment) { $1 })
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(!down.requests.contains { $0.host == "zenodo.org" && $0.path.contains("/files/") })
  }

  /// A mirror that serves other bytes is passed over; without another source nothing is installed.
  @Test func aLyingMirrorInstallsNothing() throws {
    let mirror = folder.path + "/site/nnx"
    let lab = folder.path + "/lab"
    _ = try run(nnx, zenodo(), "mirror", "sync", mirror, "folds-ct", "--registry", lab)
    let path = "site/nnx/records/\(Self.record)/files/Dataset902_Folds.zip"
    try folder.change(path, at: 2000, to: 1)
    let hosts = ["mirror.example.org": folder.path + "/site"]
    let environment = ["NNX_MIRROR": "https://mirror.example.org/nnx"]
    let alone = Binary()
    let down = try zenodo(hosts, isUp: false)
    let refused = try run(
      alone, down, "install", "folds-ct", "--registry", lab, status: 76, and: environment)
    #expect(refused.errors.contains("error[integrity]"))
    #expect(try alone.run("list", "-q").output == "")
    let helped = Binary()
    _ = try run(
      helped, zenodo(hosts), "install", "folds-ct", "--registry", lab, and: environment)
  }

  @Test func aRegistryByAddressIsAddedUpdatedAndUsedOffline() throws {
    let site = try zenodo(["lab.example.org": folder.path + "/lab"])
    _ = try run(
      nnx, site, "registry", "add", "https://lab.example.org", "--name", "lab", status: 77)
    _ = try run(nnx, site, "registry", "add", "https://lab.example.org", "--name", "lab", "--trust")
    let current = try run(nnx, site, "registry", "update")
    #expect(current.output.contains("version 1 is current"))
    try writeRegistry(version: 3)
    #expect(try run(nnx, site, "registry", "update").output.contains("version 1 -> 3"))
    try writeRegistry(version: 2)
    #expect(
      try run(nnx, site, "registry", "update", status: 76).errors.contains("error[older-registry]"))
    #expect(try nnx.run("info", "lab/folds-ct", "--offline").output.contains("Three folds"))
    _ = try run(nnx, site, "install", "folds-ct")
    #expect(site.requests.contains { $0.host == "zenodo.org" && $0.path.contains("/files/") })
  }

  /// One fold of three, taken out of the archive on the mirror, is what the lock says everywhere.
  @Test func aLockOfOneFoldSyncsOneFold() throws {
    let site = try zenodo()
    let lab = folder.path + "/lab"
    let lock = folder.path + "/nnx.lock"
    let first = Binary()
    _ = try run(first, site, "install", "folds-ct", "--folds", "1", "--registry", lab)
    _ = try run(first, site, "lock", "-f", lock)
    let second = Binary()
    _ = try run(second, site, "sync", "-f", lock, "--registry", lab)
    #expect(try second.run("lock", "--check", "-f", lock).status == 0)
    let files = try second.home.get().contents()
    #expect(files.contains { $0.contains("fold_1/checkpoint_final.pth") })
    #expect(!files.contains { $0.contains("fold_0/") })

    // A whole lock adds the other folds to the one that is there.
    let whole = Binary()
    _ = try run(whole, site, "install", "folds-ct", "--registry", lab)
    _ = try run(whole, site, "lock", "-f", lock)
    _ = try run(second, site, "sync", "-f", lock, "--registry", lab)
    #expect(try second.run("lock", "--check", "-f", lock).status == 0)
  }

  /// What a registry no longer has is still installed from the record that the lock names.
  @Test func aLockOutlivesTheRegistry() throws {
    let site = try zenodo()
    let lock = folder.path + "/nnx.lock"
    _ = try run(nnx, site, "install", "folds-ct", "--registry", folder.path + "/lab")
    _ = try run(nnx, site, "lock", "-f", lock)
    let other = Binary()
    _ = try run(other, site, "sync", "-f", lock)
    #expect(try other.run("lock", "--check", "-f", lock).status == 0)
    try folder.change("Dataset902_Folds.zip", at: 3000, to: 1)
    let third = Binary()
    _ = try run(third, zenodo(), "sync", "-f", lock, status: 76)
    #expect(try third.run("list", "-q").output == "")
  }
}
