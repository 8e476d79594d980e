import Testing

@testable import NNXSystem

/// Values as documents and back.
@Suite struct DocumentTests {
  enum Kind: String, Word {
    case small
    case large = "very large"
  }

  struct Part: Codable, Equatable {
    @Checked<FileName> var key: String
    @CheckedIfThere<SHA256Text> var digest: String? = nil
    var share: Double? = nil
    var kind = Kind.small
    @AbsentWhenEmpty var notes: [String] = []
    @FalseWhenAbsent var isPinned = false
  }

  struct Whole: Codable, Equatable, SelfChecking {
    var partCount: Int
    var parts: [Part]
    var rest: OrderedJSON

    func check() throws(DocumentProblem) {
      guard partCount == parts.count else {
        throw DocumentProblem(at: "partCount", "is not \(parts.count)")
      }
    }
  }

  private func json(_ text: String) throws -> OrderedJSON {
    try OrderedJSON(parsing: Array(text.utf8), source: "test")
  }

  @Test func membersAreWrittenInTheirOrderAndReadBack() throws {
    let whole = Whole(
      partCount: 2, parts: [Part(key: "a"), Part(key: "b", share: 0.1, notes: ["n"])],
      rest: ["z": 1, "a": [.double(.infinity)]])
    let written = OrderedJSON(encoding: whole)
    #expect(
      written.text() == """
        {"partCount": 2, "parts": [{"key": "a", "digest": null, "share": null, "kind": "small", \
        "isPinned": false}, {"key": "b", "digest": null, "share": 0.1, "kind": "small", \
        "notes": ["n"], "isPinned": false}], "rest": {"z": 1, "a": [null]}}
        """)
    #expect(try written.decode(Whole.self) == whole)
    #expect(written["rest"]?["a"] == [.double(.infinity)])
    #expect(
      OrderedJSON(encoding: whole.parts[0], omitsNull: true).text()
        == #"{"key": "a", "kind": "small", "isPinned": false}"#)
    let snake = OrderedJSON(encoding: whole, snakeCase: true)
    #expect(snake.members?.map(\.key) == ["part_count", "parts", "rest"])
    var rules = ReadingRules()
    rules.snakeCase = true
    #expect(try snake.decode(Whole.self, rules) == whole)
  }

  @Test func whatIsAbsentMayHaveAMeaning() throws {
    let part = try json(#"{"key": "a", "kind": "very large", "more": []}"#).decode(Part.self)
    #expect(part == Part(key: "a", kind: .large))
    #expect(try json("[1, null, 2.5]").decode([Double?].self) == [1, nil, 2.5])
    let lists = try json(#"{"partCount": 0, "rest": 1}"#)
    #expect(throws: DocumentProblem(at: "parts", "is missing")) { try lists.decode(Whole.self) }
    #expect(try lists.decode(Whole.self, .sparse).parts == [])
  }

  @Test(arguments: [
    ("[]", "a is not an object"), ("{}", "a.partCount is missing"),
    (#"{"partCount": 1.5}"#, "a.partCount is not a whole number"),
    (#"{"partCount": -1}"#, "a.partCount is not a whole number"),
    (#"{"partCount": 1, "parts": {}}"#, "a.parts is not a list"),
    (#"{"partCount": 1, "parts": [3]}"#, "a.parts[0] is not an object"),
    (#"{"partCount": 1, "parts": [{"key": 3}]}"#, "a.parts[0].key is not a text"),
    (#"{"partCount": 1, "parts": [{"key": ""}]}"#, "a.parts[0].key is not a text"),
    (#"{"partCount": 1, "parts": [{"key": "../a"}]}"#, "a.parts[0].key is not a plain file name"),
    (
      #"{"partCount": 1, "parts": [{"key": "a", "digest": "0A"}]}"#,
      "a.parts[0].digest is not 64 lower-case hexadecimal digits"
    ),
    (
      #"{"partCount": 1, "parts": [{"key": "a", "share": NaN}]}"#,
      "a.parts[0].share is not a number"
    ),
    (
      #"{"partCount": 1, "parts": [{"key": "a", "kind": "x"}]}"#,
      "a.parts[0].kind is 'x', which nnx does not know"
    ),
    (
      #"{"partCount": 1, "parts": [{"key": "a", "kind": "small", "notes": [1]}]}"#,
      "a.parts[0].notes[0] is not a text"
    ),
    (#"{"partCount": 1, "parts": [], "rest": 1}"#, "a.partCount is not 0"),
  ])
  func saysWhatIsWrongAndWhere(text: String, sentence: String) throws {
    let document = try json(text)
    let problem = try #require(throws: DocumentProblem.self) {
      try document.decode(Whole.self, .strict)
    }
    #expect(problem.sentence(in: "a") == sentence)
  }

  @Test func unknownMembersAreRefusedOnRequest() throws {
    struct Closed: Decodable {
      enum CodingKeys: CodingKey, CaseIterable { case a }
      init(from decoder: any Decoder) throws { try decoder.allow(CodingKeys.allCases) }
    }
    #expect(throws: Never.self) { try json(#"{"a": 1}"#).decode(Closed.self) }
    #expect(throws: DocumentProblem(at: "[0].b", "is not known here")) {
      try json(#"[{"a": 1, "b": 2}]"#).decode([Closed].self)
    }
  }

  @Test func documentsSayTheirVersion() throws {
    func read(_ text: String) throws(NNXError) -> Part {
      try OrderedJSON(parsing: Array(text.utf8), source: "test").document(
        .strict, schema: 1, newer: { NNXError(.usage, "\($0)") },
        invalid: { NNXError(.invalidJSON, $0.words) })
    }
    let written = OrderedJSON(encoding: Part(key: "a"), schema: 1)
    #expect(written.members?.first == .init("schema", 1))
    #expect(try read(written.text()) == Part(key: "a"))
    #expect(throws: NNXError(.usage, "2")) { try read(#"{"schema": 2}"#) }
    #expect(throws: NNXError(.invalidJSON, "schema is missing")) { try read("{}") }
    #expect(throws: NNXError(.invalidJSON, "key is missing")) { try read(#"{"schema": 1}"#) }
  }

  @Test func answersMixValuesOfAllKinds() {
    let absent: Int? = nil
    let members: Members = [
      "text": "a", "none": absent, "null": nil, "parts": [Part(key: "a")],
      "own": ["x": 1.5] as Members, "json": [1, "b"] as OrderedJSON,
    ]
    #expect(
      OrderedJSON(encoding: members, omitsNull: true).text()
        == #"{"text": "a", "parts": [{"key": "a", "kind": "small", "isPinned": false}], "#
        + #""own": {"x": 1.5}, "json": [1, "b"]}"#)
    #expect(OrderedJSON(encoding: members)["none"] == .null)
  }
}
