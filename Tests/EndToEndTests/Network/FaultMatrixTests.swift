import NNXSystem
import TestSupport
import Testing

/// Everything that goes wrong between a host and nnx, under the real binary: the right bytes or a clear
/// refusal, never a mix, and the next install succeeds.
@Suite struct FaultMatrixTests {
  let bench = NetworkBench()

  static let cuts = [0, 1, NetworkBench.size / 2, NetworkBench.size - 1]
  static let cells: [(TransferFault, Int)] = TransferFault.allCases.flatMap { fault in
    (fault == .tooSlow ? [0] : cuts).map { (fault, $0) }
  }
  /// Documented exit codes for what a host does wrong (docs/exit-codes.md).
  static let refusals: [Int32] = [66, 69, 75, 76]

  @Test(arguments: cells)
  func aFaultOfTheFileHost(_ fault: TransferFault, cut: Int) throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()]) { request, isFile in
      guard isFile else { return nil }
      // Continuing needs a first answer that was cut.
      if fault.needsPartial, request.number == 1 { return (.cut, max(cut, 1)) }
      return request.number == (fault.needsPartial ? 2 : 1) ? (fault, cut) : nil
    }
    try check(bench.install(zenodo), recovers: fault.outcome == .recovers, "\(fault) \(cut)")
    NetworkBench.expectNoLeak(zenodo)
  }

  @Test(
    arguments: TransferFault.allCases.filter {
      ![.stallBeforeHead, .stallInBody, .tooSlow].contains($0)
    })
  func aFaultThatNeverEnds(_ fault: TransferFault) throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()]) { request, isFile in
      isFile ? (fault, NetworkBench.size / 2) : nil
    }
    try check(bench.install(zenodo), recovers: nil, "\(fault)")
    NetworkBench.expectNoLeak(zenodo)
  }

  @Test(arguments: TransferFault.allCases.filter { $0 != .tooSlow })
  func aFaultOfTheAPI(_ fault: TransferFault) throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()]) { request, isFile in
      !isFile && request.number == 1 ? (fault, 100) : nil
    }
    try check(bench.install(zenodo), recovers: nil, "\(fault)")
    NetworkBench.expectNoLeak(zenodo)
  }

  @Test(arguments: TestAuthority.Flaw.allCases, [1, 2])
  func aFlawOfTheHandshake(_ flaw: TestAuthority.Flaw, number: Int) throws {
    let zenodo = try LoopbackZenodo(
      [NetworkBench.published()], flaw: { _, now in now == number ? flaw : .none })
    // Certificates are not tried twice; a connection that breaks is.
    let isCertificate = ![.none, .reset, .oldProtocol].contains(flaw)
    let outcome = try bench.install(zenodo)
    if isCertificate {
      #expect(outcome.errors.contains("certificate") || outcome.errors.contains("SSL"))
      #expect(zenodo.requests.count == number - 1)
    }
    try check(outcome, recovers: !isCertificate, "\(flaw)")
    NetworkBench.expectNoLeak(zenodo)
  }

  /// - Parameter recovers: what has to happen; `nil` when either will do.
  private func check(_ outcome: Binary.Outcome, recovers: Bool?, _ what: String) throws {
    if let recovers {
      #expect((outcome.status == 0) == recovers, "\(what): \(outcome.status) \(outcome.errors)")
    }
    if outcome.status != 0 {
      #expect(
        Self.refusals.contains(outcome.status), "\(what): \(outcome.status) \(outcome.errors)")
      #expect(outcome.errors.contains("error["), "\(what): \(outcome.errors)")
      #expect(try bench.installed() == [:], "\(what)")
    }
    let good = try LoopbackZenodo([NetworkBench.published()])
    let next = try bench.install(good)
    #expect(next.status == 0, "\(what), then: \(next.errors)")
    #expect(try bench.installed() == NetworkBench.right.get(), "\(what)")
  }
}
