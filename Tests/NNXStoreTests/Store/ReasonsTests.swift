import NNXStore
import NNXSystem
import Testing

@Suite struct ReasonsTests {
  @Test func reasonsAddUpAndGoWithTheModel() throws {
    let test = try TestStore()
    try test.install(try TestStore.plan(TestStore.fixture("v2/slices_2d"), name: "a"))
    #expect(test.store.reasons(for: "a") == Reasons())
    try test.store.note(.person, for: "a", accepted: ["CC-BY-NC-4.0"], how: "asked")
    try test.store.note(.lock("/p/nnx.lock"), for: "a")
    let before = test.snapshot
    try test.store.note(.person, for: "a")
    #expect(test.snapshot == before)
    let reasons = test.store.reasons(for: "a")
    #expect(reasons.askers == [.person, .lock("/p/nnx.lock")])
    #expect(reasons.accepted.map(\.spdx) == ["CC-BY-NC-4.0"])
    #expect(reasons.accepted.map(\.how) == ["asked"])
    try test.store.uninstall("a")
    #expect(test.store.reasons(for: "a") == Reasons())
  }

  @Test func anotherVersionCanBeChosen() throws {
    let test = try TestStore()
    for version in ["1", "2"] {
      try test.install(
        try TestStore.plan(TestStore.fixture("v2/slices_2d"), name: "a", version: version))
    }
    #expect(try test.store.find("a").version == "2")
    #expect(try test.store.use("a@1").version == "1")
    #expect(try test.store.find("a").version == "1")
    #expect(throws: NNXError.self) { try test.store.use("a@3") }
  }
}
