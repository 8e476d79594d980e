import NNXSystem
import Testing

@testable import NNXStore

@Suite struct AnswerTests {
  private static func answer(
    _ status: Int, _ headers: [(name: String, value: String)] = []
  ) throws(NNXError) -> Answer {
    try Answer(
      HTTPHead(status: status, headers: headers), from: "https://a.example/f", of: nil, now: 1000)
  }

  @Test(
    arguments: [
      (200, .whole), (206, .part(nil)), (304, .unchanged), (404, .missing), (410, .missing),
      (416, .noSuchPart), (204, .refused), (302, .refused), (401, .refused), (418, .refused),
      (501, .refused), (0, .refused),
    ] as [(Int, Answer.Kind)])
  func statuses(_ status: Int, _ kind: Answer.Kind) throws {
    #expect(try Self.answer(status).kind == kind)
  }

  @Test func partsSayWhich() throws {
    let part = try Self.answer(206, [("content-range", "bytes 2-4/9")])
    #expect(part.kind == .part(ContentRange("bytes 2-4/9")))
    #expect(part.total == 9)
    #expect(try Self.answer(200, [("content-length", "7")]).total == 7)
  }

  @Test(
    arguments: [
      (408, nil), (425, nil), (429, nil), (429, 7), (500, nil), (502, nil), (503, 7), (504, nil),
    ] as [(Int, Double?)])
  func busyHostsSayWhenToComeBack(_ status: Int, _ wait: Double?) {
    let headers = wait.map { [("retry-after", "\(Int($0))")] } ?? []
    let error = #expect(throws: NNXError.self) { try Self.answer(status, headers) }
    #expect(error?.retry == NNXError.Retry(wait: wait))
    #expect(error?.code == (status == 429 ? .rateLimited : .hostRefused))
  }

  /// `Retry-After` means something with 429 and 503 alone.
  @Test func otherErrorsDoNotSay() {
    let error = #expect(throws: NNXError.self) {
      try Self.answer(500, [("retry-after", "7")])
    }
    #expect(error?.retry == NNXError.Retry())
  }

  @Test func redirectsLeadSomewhere() throws {
    for (location, target) in [
      ("https://b.example/x", "https://b.example/x"), ("/x", "https://a.example/x"),
      ("//b.example/x", "https://b.example/x"),
    ] {
      #expect(try Self.answer(302, [("location", location)]).kind == .elsewhere(target))
    }
    let error = #expect(throws: NNXError.self) {
      try Self.answer(302, [("location", "mailto://")])
    }
    #expect(error?.code == .forbiddenHost)
  }

  @Test func twoLengthsAreAskedAboutAgain() {
    let error = #expect(throws: NNXError.self) {
      try Self.answer(200, [("content-length", "1"), ("content-length", "2")])
    }
    #expect(error?.retry != nil)
  }
}
