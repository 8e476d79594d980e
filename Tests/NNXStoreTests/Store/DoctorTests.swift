import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct DoctorTests {
  private func states(_ doctor: Doctor) -> [String: Check.State] {
    Dictionary(doctor.checks().map { ($0.id, $0.state) }) { first, _ in first }
  }

  @Test func aHealthyStoreIsHealthyAndStaysUntouched() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/slices_2d")))
    let before = test.snapshot
    let doctor = Doctor(test.store, environment: [:])
    #expect(doctor.checks().allSatisfy { $0.state == .ok || $0.id == "space" || $0.id == "ca" })
    #expect(try doctor.repair().isEmpty)
    #expect(test.snapshot == before)
  }

  @Test func anEmptyStoreIsNoProblemAndNotMade() throws {
    let test = try TestStore()
    let doctor = Doctor(test.store, environment: [:])
    #expect(!doctor.checks().contains { $0.state == .fail })
    #expect(try doctor.repair().isEmpty)
    #expect(try test.folder.contents() == [])
  }

  @Test func whatIsWrongIsFoundAndRepaired() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/slices_2d")))
    try Folder.remove(test.data + "/results/nnUNet_results")
    try test.folder.write("data/catalogue.sqlite", Array("x".utf8))
    try test.folder.write("data/staging/999999999.x/file", [1])
    let doctor = Doctor(test.store, environment: [:])
    let before = states(doctor)
    #expect(before["results"] == .warn)
    #expect(before["leftovers"] == .warn)
    _ = try doctor.repair()
    let after = states(doctor)
    for id in ["results", "leftovers", "catalogue", "models"] { #expect(after[id] == .ok, "\(id)") }
  }

  @Test func damageIsAFailureWithItsCommand() throws {
    let test = try TestStore()
    let model = try test.install(try TestStore.plan(TestStore.fixture("v2/slices_2d"))).model
    try test.folder.truncate("data/models/plain/\(model.version)/model.json", to: 3)
    let check = try #require(
      Doctor(test.store, environment: [:]).checks().first { $0.id == "models" })
    #expect(check.state == .fail)
    #expect(check.fix == "nnx verify --repair plain")
  }

  @Test func theEnvironmentIsLookedAt() throws {
    let test = try TestStore()
    let doctor = Doctor(
      test.store, environment: ["nnUNet_results": "/nowhere", "CURL_CA_BUNDLE": "/nowhere"])
    let checks = doctor.checks()
    #expect(
      checks.first { $0.id == "nnunet" }?.fix
        == "export nnUNet_results=\"$(nnx path --results)\"")
    #expect(checks.first { $0.id == "ca" }?.state == .fail)
  }
}
