import Foundation
import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import Synchronization
import TestSupport
import Testing

@testable import NNXPredict

/// Several cases, one after the other and side by side.
@Suite struct CaseStepTests {
  private let folder: TemporaryFolder
  private let reference: ReferenceCase

  init() throws {
    folder = try TemporaryFolder()
    reference = try ReferenceCase("v2/plain_ct")
  }

  private func predictor() throws -> Predictor {
    try Predictor(
      folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
      options: .init(window: reference.window), threads: Threads(2))
  }

  /// Goes through cases, of which the one called `broken` is none, and tells what happened in which order.
  private func walk(
    _ names: [String], to place: String, limit: Int? = nil, overlaps: Bool, isShared: Bool = false,
    claims: [HeldClaim?] = [], abreast: Int = 1
  ) throws -> [String] {
    let predictor = try predictor()
    let output = "\(folder.path)/\(place)"
    let step = CaseStep(
      DoneCases(CohortPlaces(results: output), predictor), Forecast(predictor),
      MemoryBudget(limit: limit, cache: folder.path), command: [], overlaps: overlaps,
      isShared: isShared)
    var events: [String] = []
    for (index, name) in names.enumerated() {
      var images = reference.images
      if name == "broken" {
        try folder.write("broken.nii.gz", Array("no image".utf8))
        images = ["\(folder.path)/broken.nii.gz"]
      }
      let end = { (ending: CaseStep.Ending) in
        switch ending {
        case .made(_, let record): events.append("made \(record?.case ?? "")")
        case .kept(let finished, _):
          events.append("kept \(finished.files.segmentation == "\(output)/\(name).nii.gz")")
        case .failed(let error): events.append("failed \(name) \(error.code.name)")
        }
      }
      try step.run(
        Case(name: name, images: images), to: "\(output)/\(name).nii.gz",
        claim: index < claims.count ? claims[index] : nil,
        { .success(Execution(abreast: abreast)) },
        starts: { events.append("starts \(name)") }, progress: { _ in }, end: end)
    }
    try step.finish()
    return events
  }

  /// The next case has the networks before the one before it is written, and nothing else differs. One whose header
  /// cannot be read keeps nobody waiting.
  @Test(arguments: [false, true])
  func sideBySideIsTheSame(isShared: Bool) throws {
    let names = ["a", "b", "broken", "c"]
    let alone = try walk(names, to: "alone", overlaps: false)
    #expect(
      alone == [
        "starts a", "made a", "starts b", "made b", "failed broken broken-image", "starts c",
        "made c",
      ])
    let both = try walk(names, to: "both", overlaps: true, isShared: isShared)
    #expect(
      both == [
        "starts a", "starts b", "made a", "failed broken broken-image", "starts c", "made b",
        "made c",
      ])
    for name in ["a", "b", "c"] {
      let files = try ["alone", "both"].map {
        try folder.read("\(folder.path)/\($0)/\(name).nii.gz")
      }
      #expect(files[0] == files[1])
    }
    #expect(try Folder.entries("\(folder.path)/both").filter { $0.hasSuffix(".tmp") }.isEmpty)
    #expect(try walk(["a", "b"], to: "both", overlaps: true) == ["kept true", "kept true"])
  }

  /// Two cases have networks of their own, a third one is begun meanwhile; whichever ends first, results are the same.
  @Test func twoAbreastAreTheSame() throws {
    let names = ["a", "b", "c", "broken", "d", "e"]
    _ = try walk(names, to: "alone", overlaps: false)
    let events = try walk(names, to: "abreast", overlaps: true, abreast: 2)
    #expect(events.prefix(3) == ["starts a", "starts b", "starts c"])
    #expect(
      events.filter { $0.hasPrefix("made") }.sorted()
        == ["a", "b", "c", "d", "e"].map { "made \($0)" })
    #expect(events.contains("failed broken broken-image"))
    for name in ["a", "b", "c", "d", "e"] {
      let files = try ["alone", "abreast"].map {
        try folder.read("\(folder.path)/\($0)/\(name).nii.gz")
      }
      #expect(files[0] == files[1])
    }
    // Where others take cases, too, one at a time is held.
    #expect(
      try walk(["a", "b", "c"], to: "shared", overlaps: true, isShared: true, abreast: 2)
        == ["starts a", "starts b", "made a", "starts c", "made b", "made c"])
  }

  /// Two cases have no room in what one needs.
  @Test func withoutRoomTheyGoOneByOne() throws {
    let forecast = Forecast(try predictor())
    let item = Case(name: "a", images: reference.images)
    let need = try #require(forecast.need(item, Execution()))
    #expect(need.besides > 0 && need.networks > need.besides)
    var limit = MemoryLimit.smallest(holding: need.networks)
    while !Estimate.fits(need.networks, below: limit) { limit += 1 << 20 }
    #expect(
      try walk(["a", "b"], to: "tight", limit: limit, overlaps: true)
        == ["starts a", "made a", "starts b", "made b"])
    while !Estimate.fits(need.networks + need.besides, below: limit) { limit += 1 << 20 }
    #expect(
      try walk(["a", "b"], to: "roomy", limit: limit, overlaps: true)
        == ["starts a", "starts b", "made a", "made b"])
  }

  /// A case that somebody died over takes no neighbour with it.
  @Test func whatSomebodyDiedOverIsDoneAlone() throws {
    let places = CohortPlaces(results: folder.path + "/out")
    func board(_ token: String, _ pid: Int) -> ClaimBoard {
      ClaimBoard(
        places,
        WorkerIdentity(
          host: "a", bootId: "boot", pidNamespace: "pid:[1]", pid: pid, pidStart: 7), ClaimTimes(),
        token: token
      ) { pid, _ in pid == 1 }
    }
    func claim(_ name: String, _ board: ClaimBoard) throws -> HeldClaim {
      let key = CaseKey(result: "\(name).nii.gz")
      let answer = try board.claim(
        key, try CohortListing(places).claims[key.text] ?? CaseHistory(), name: name,
        folder: places.results)
      guard case .claimed(let held) = answer else { throw NNXError(.bug, "\(answer)") }
      return held
    }
    let dead = try claim("b", board("dead", 1))
    dead.finish()
    let names = ["a", "b", "c", "d"]
    let claims = try names.map { try claim($0, board("own", 2)) }
    #expect(claims.map(\.isRetry) == [false, true, false, false])
    let events = try walk(names, to: "out", overlaps: true, isShared: true, claims: claims)
    for claim in claims { claim.finish() }
    #expect(
      events == [
        "starts a", "made a", "starts b", "made b", "starts c", "starts d", "made c", "made d",
      ])
  }

  @Test func networksStayForTheNextCase() throws {
    let shelf = NetworkShelf(abreast: 2, threads: Threads(2))
    let stage = try predictor().stages[0]
    var made: [Int] = []
    func networks(_ name: String) throws -> [Network] {
      try shelf.take(name, 1) { count in
        made.append(count)
        return try Network.replicas(
          count, stage.model.architecture, weights: stage.folder.weights(stage.folds[0]),
          patch: stage.model.patch, threads: shelf.threads)
      }
    }
    let (first, second) = (try networks("a"), try networks("a"))
    #expect(made == [2] && first.count == 1 && second.count == 1)
    shelf.giveBack("a", first)
    _ = try networks("a")
    #expect(made == [2])
    // Those of another name take their place, and what comes back late is not kept.
    _ = try networks("b")
    shelf.giveBack("a", second)
    _ = try networks("a")
    #expect(made == [2, 2, 2])
    shelf.clear()
    _ = try networks("a")
    #expect(made == [2, 2, 2, 2])
  }

  @Test func waitingCountsForNoPart() {
    let watch = Stopwatch()
    watch.lap("one")
    usleep(100_000)
    watch.resume()
    watch.lap("two")
    #expect(watch.laps.map(\.stage) == ["one", "two"] && watch.total < 0.09)
  }
}
