import NNXModel
import NNXSystem
import Testing

@testable import NNXStore

@Suite struct LicensePolicyTests {
  private let open = License(spdx: "CC-BY-4.0", statedBy: "Zenodo", scope: .weights)
  private let strict = License(spdx: "CC-BY-NC-4.0", statedBy: "MHub", scope: .weights)
  private let code = License(spdx: "MIT", statedBy: "the repository", scope: .code)
  private let strange = License(spdx: "LicenseRef-Hospital", statedBy: "its page", scope: nil)

  @Test(arguments: LicensePolicy.allCases) func openLicencesPass(_ policy: LicensePolicy) {
    #expect(policy.decide("m", [open, code], accepted: []) == .allowed)
  }

  @Test func anyInstallsEverything() {
    #expect(LicensePolicy.any.decide("m", [strict], accepted: []) == .allowed)
    #expect(LicensePolicy.any.decide("m", [], accepted: []) == .allowed)
  }

  @Test func commercialRefusesInTheWordsOfTheManual() {
    let decision = LicensePolicy.commercial.decide("kidney-ct", [strict, code], accepted: [])
    guard case .refused(let error) = decision else {
      Issue.record("\(decision)")
      return
    }
    #expect(error.code.name == "license")
    #expect(error.code.status.rawValue == 77)
    #expect(error.message == "kidney-ct may be used for non-commercial work only")
    #expect(
      error.details == [
        "MHub states CC-BY-NC-4.0 for these weights. Your policy is 'commercial'."
      ])
    #expect(
      error.fixes == [
        "If your use is allowed: nnx install kidney-ct --accept-license CC-BY-NC-4.0"
      ])
  }

  @Test func aConflictCountsAsTheStricter() {
    guard
      case .refused(let error) = LicensePolicy.commercial.decide("m", [open, strict], accepted: [])
    else {
      Issue.record("not refused")
      return
    }
    #expect(error.details[0].contains("CC-BY-NC-4.0") && !error.details[0].contains("CC-BY-4.0 "))
    guard
      case .ask(let question, let licenses) = LicensePolicy.ask.decide(
        "m", [open, strict], accepted: [])
    else {
      Issue.record("not asked")
      return
    }
    #expect(licenses == ["CC-BY-NC-4.0"])
    #expect(question.contains("non-commercial") && question.contains("MHub"))
  }

  @Test func aLicenceForCodeSaysNothingOfWeights() {
    guard case .ask(_, let licenses) = LicensePolicy.ask.decide("m", [code], accepted: []) else {
      Issue.record("not asked")
      return
    }
    #expect(licenses == ["unknown"])
  }

  @Test func unknownLicencesAreAskedFor() {
    guard
      case .ask(let question, let licenses) = LicensePolicy.ask.decide(
        "m", [open, strange], accepted: [])
    else {
      Issue.record("not asked")
      return
    }
    #expect(licenses == ["LicenseRef-Hospital"])
    #expect(question.contains("nobody knows"))
    guard case .refused = LicensePolicy.commercial.decide("m", [], accepted: []) else {
      Issue.record("not refused")
      return
    }
  }

  @Test(arguments: [LicensePolicy.ask, .commercial])
  func whatIsAcceptedPasses(_ policy: LicensePolicy) {
    #expect(
      policy.decide("m", [open, strict], accepted: ["cc-by-nc-4.0"]) == .accepted(["CC-BY-NC-4.0"]))
    #expect(policy.decide("m", [], accepted: ["unknown"]) == .accepted(["unknown"]))
    #expect(policy.decide("m", [strict], accepted: ["CC-BY-NC-3.0"]) != .accepted(["CC-BY-NC-4.0"]))
  }

  @Test func everyStrictStatementHasToBeAccepted() {
    let other = License(spdx: "CC-BY-NC-SA-4.0", statedBy: "its page", scope: nil)
    guard
      case .ask(_, let licenses) = LicensePolicy.ask.decide(
        "m", [strict, other], accepted: ["CC-BY-NC-4.0"])
    else {
      Issue.record("not asked")
      return
    }
    #expect(licenses == ["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"])
  }

  @Test func filesOfThisMachineAreTheUsersOwn() throws {
    let test = try TestStore()
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct"))
    #expect(LicensePolicy.commercial.decide(plan, accepted: []) == .allowed)
    withExtendedLifetime(test) {}
  }
}
