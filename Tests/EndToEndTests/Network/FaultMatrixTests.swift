import NNXSystem
import TestSupport
import Testing

/// Everything that goes wrong between a host and nnx, under the real binary: the right bytes or a clear
/// refusal, never a mix, and the next install succeeds.
@Suite struct FaultMatrixTests {
  let bench = NetworkBench()

  static let cuts = [0, 1, NetworkBench.size / 2, NetworkBench.size - 1]
  /// For Zenodo at every cut; for places whose bytes come by the same code, in the middle of the file.
  static let cells = NetworkBench.Place.allCases.flatMap { place in
    TransferFault.allCases.flatMap { fault in
      (fault == .tooSlow ? [0] : place == .zenodo ? cuts : [NetworkBench.size / 2]).map {
        Cell(place: place, fault: fault, cut: $0)
      }
    }
  }

  struct Cell: Sendable {
    let place: NetworkBench.Place
    let fault: TransferFault
    let cut: Int
  }
  /// Documented exit codes for what a host does wrong (docs/exit-codes.md).
  static let refusals: [Int32] = [66, 69, 75, 76]

  /// Every kind of fault at the machine that serves the bytes.
  @Test(arguments: cells)
  func aFaultOfTheFileHost(_ cell: Cell) throws {
    let (place, fault, cut) = (cell.place, cell.fault, cell.cut)
    let host = try NetworkBench.everywhere { request, isFile in
      // Of loose files, the one with the weights.
      guard isFile, place != .huggingFaceFolder || request.path.contains("checkpoint") else {
        return nil
      }
      // Continuing needs a first answer that was cut.
      if fault.needsPartial, request.number == 1 { return (.cut, max(cut, 1)) }
      return request.number == (fault.needsPartial ? 2 : 1) ? (fault, cut) : nil
    }
    try check(
      place, bench.install(host, from: place), recovers: fault.outcome == .recovers,
      "\(place) \(fault) \(cut)")
    expectNoLeak(host, place)
  }

  @Test(
    arguments: NetworkBench.Place.allCases,
    TransferFault.allCases.filter { ![.stallBeforeHead, .stallInBody, .tooSlow].contains($0) })
  func aFaultThatNeverEnds(_ place: NetworkBench.Place, _ fault: TransferFault) throws {
    let host = try NetworkBench.everywhere { request, isFile in
      isFile ? (fault, NetworkBench.size / 2) : nil
    }
    try check(place, bench.install(host, from: place), recovers: nil, "\(place) \(fault)")
    expectNoLeak(host, place)
  }

  /// The API, and the machine that leads to the bytes.
  @Test(
    arguments: NetworkBench.Place.allCases, TransferFault.allCases.filter { $0 != .tooSlow })
  func aFaultOfTheAPI(_ place: NetworkBench.Place, _ fault: TransferFault) throws {
    let host = try NetworkBench.everywhere { request, isFile in
      !isFile && request.number == 1 ? (fault, 100) : nil
    }
    try check(place, bench.install(host, from: place), recovers: nil, "\(place) \(fault)")
    expectNoLeak(host, place)
  }

  @Test(arguments: TestAuthority.Flaw.allCases, [1, 2])
  func aFlawOfTheHandshake(_ flaw: TestAuthority.Flaw, number: Int) throws {
    for place in NetworkBench.Place.allCases {
      let host = try NetworkBench.everywhere(flaw: { name, now in
        now == number && name == place.trusted ? flaw : .none
      })
      let bench = NetworkBench()
      // Certificates are not tried twice; a connection that breaks is.
      let isCertificate = ![.none, .reset, .oldProtocol].contains(flaw)
      let outcome = try bench.install(host, from: place)
      let isMet = host.server.handshakes[place.trusted] ?? 0 >= number
      if isCertificate, isMet {
        #expect(outcome.errors.contains("certificate") || outcome.errors.contains("SSL"))
        #expect(host.requests.count { $0.host == place.trusted } == number - 1)
      }
      try check(
        place, outcome, in: bench, recovers: !isCertificate || !isMet, "\(place) \(flaw)")
      expectNoLeak(host, place)
    }
  }

  private func expectNoLeak(_ host: LoopbackZenodo, _ place: NetworkBench.Place) {
    NetworkBench.expectNoLeak(host, hosts: place.hosts, trusted: place.trusted)
  }

  /// - Parameter recovers: what has to happen; `nil` when either will do.
  private func check(
    _ place: NetworkBench.Place, _ outcome: Binary.Outcome, in bench: NetworkBench? = nil,
    recovers: Bool?, _ what: String
  ) throws {
    let bench = bench ?? self.bench
    if let recovers {
      #expect((outcome.status == 0) == recovers, "\(what): \(outcome.status) \(outcome.errors)")
    }
    if outcome.status != 0 {
      #expect(
        Self.refusals.contains(outcome.status), "\(what): \(outcome.status) \(outcome.errors)")
      #expect(outcome.errors.contains("error["), "\(what): \(outcome.errors)")
      #expect(try bench.installed() == [:], "\(what)")
    }
    let next = try bench.install(try NetworkBench.everywhere(), from: place)
    #expect(next.status == 0, "\(what), then: \(next.errors)")
    #expect(try bench.installed() == NetworkBench.right.get(), "\(what)")
  }
}
