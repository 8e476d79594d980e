import Testing

@testable import NNXSystem

@Suite struct OrderedJSONParsingTests {
  private func parse(_ text: String) throws -> OrderedJSON {
    try OrderedJSON(parsing: Array(text.utf8), source: "test")
  }

  @Test(arguments: [
    (#""""#, ""), (#""plain""#, "plain"), (#""Größe 3×3""#, "Größe 3×3"),
    (#""a\"b\\c\/d""#, #"a"b\c/d"#), (#""\n\t\r\b\f""#, "\n\t\r\u{8}\u{c}"),
    (#""before \u00e9 after""#, "before é after"), (#""\ud83d\ude00""#, "😀"), (#""\\""#, "\\"),
  ])
  func strings(text: String, value: String) throws {
    #expect(try parse(text) == .string(value))
    #expect(try parse(OrderedJSON.string(value).text()) == .string(value))
  }

  @Test(arguments: [
    "\"", "\"abc", #""\x""#, #""\u12""#, #""\ud83d""#, #""\ude00""#, #""\u+123""#, "\"a\nb\"",
    #""\"#,
  ])
  func brokenStrings(text: String) {
    let error = #expect(throws: NNXError.self) { try parse(text) }
    #expect(error?.code == .invalidJSON)
  }

  @Test func textThatIsNotUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0x5C, 0x6E, 0x80, 0x22],
    ] {
      #expect(throws: NNXError.self) { try OrderedJSON(parsing: bytes, source: "test") }
    }
  }

  @Test(arguments: [
    ("0", OrderedJSON.int(0)), ("-12", .int(-12)), ("1.5", .double(1.5)), ("1e3", .double(1000)),
    ("0.25", .double(0.25)), ("-0", .int(0)), ("1E-2", .double(0.01)),
    ("12345678901234567890", .double(12_345_678_901_234_567_890)),
    ("Infinity", .double(.infinity)), ("-Infinity", .double(-.infinity)), ("true", .bool(true)),
    ("null", .null), (" [1, [ ], {}] ", .array([.int(1), .array([]), .object([])])),
  ])
  func values(text: String, value: OrderedJSON) throws {
    #expect(try parse(text) == value)
  }

  @Test(arguments: [
    "", "01", "01.5", "-", "1e999", "+1", ".5", "1.", "1.e5", "1.E5", "-.5", "1e", "--1", "nul",
    "[1,]", "{\"a\" 1}", "{\"a\": 1,}", "1 2",
    "{\"a\": 1, \"a\": 2}", "{a: 1}",
  ])
  func brokenDocuments(text: String) {
    let error = #expect(throws: NNXError.self) { try parse(text) }
    #expect(error?.code == .invalidJSON)
  }

  @Test func keysKeepTheirOrderAndNestingHasAnEnd() throws {
    let labels = try parse(#"{"whole": 1, "core": 2, "a": 3}"#).members?.map(\.key)
    #expect(labels == ["whole", "core", "a"])
    let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(throws: Never.self) { try parse(deep) }
    #expect(throws: NNXError.self) { try parse("[" + deep + "]") }
  }
}
