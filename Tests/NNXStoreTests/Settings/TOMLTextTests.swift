import Testing

@testable import NNXStore

/// What settings need of TOML 1.0.0 (toml.io/en/v1.0.0), by examples of its text.
@Suite struct TOMLTextTests {
  private func values(_ text: String) throws -> [String: TOMLText.Value] {
    Dictionary(uniqueKeysWithValues: try TOMLText(text).entries.map { ($0.key, $0.value) })
  }

  @Test(arguments: [
    ("99", 99), ("+99", 99), ("42", 42), ("0", 0), ("-17", -17), ("+0", 0), ("-0", 0),
    ("1_000", 1000), ("5_349_221", 5_349_221), ("53_49_221", 5_349_221), ("1_2_3_4_5", 12345),
    ("0xDEADBEEF", 0xDEAD_BEEF), ("0xdeadbeef", 0xDEAD_BEEF), ("0xdead_beef", 0xDEAD_BEEF),
    ("0o01234567", 342391), ("0o755", 493), ("0b11010110", 214),
    ("9223372036854775807", .max), ("-9223372036854775808", .min),
  ])
  func integers(text: String, number: Int) throws {
    #expect(try values("a = \(text)") == ["a": .integer(number)])
  }

  @Test(arguments: [
    (#""""#, ""), ("''", ""),
    (
      #""I'm a string. \"You can quote me\". Name\tJos\u00E9\nLocation\tSF.""#,
      "I'm a string. \"You can quote me\". Name\tJos\u{E9}\nLocation\tSF."
    ),
    (#"'C:\Users\nodejs\templates'"#, #"C:\Users\nodejs\templates"#),
    (#"'Tom "Dubs" Preston-Werner'"#, #"Tom "Dubs" Preston-Werner"#),
    (#"'<\i\c*\s*>'"#, #"<\i\c*\s*>"#),
    (#""\b\f\r\\\U0001F600""#, "\u{8}\u{C}\r\\\u{1F600}"),
    ("\"# no comment ] = \"", "# no comment ] = "),
    ("\"tab\there\"", "tab\there"),
  ])
  func strings(text: String, value: String) throws {
    #expect(try values("a = \(text) # a comment") == ["a": .string(value)])
  }

  @Test func listsSpanLinesAndEndWithACommaOrNot() throws {
    let text = """
      # begins with a comment
      empty = []
      numbers = [ 1, 2, 3 ]
      mixed = [ "a", 'b', 3, true, ]  # TOML 1.0 allows that
      long = [ # one
        "x]", # ]
      \t"y"
        ,
        # nothing

      ]
      after = 1
      """
    let read = try TOMLText(text)
    #expect(
      read.entries.map(\.value) == [
        .array([]), .array([.integer(1), .integer(2), .integer(3)]),
        .array([.string("a"), .string("b"), .integer(3), .bool(true)]),
        .array([.string("x]"), .string("y")]), .integer(1),
      ])
    #expect(read.entries.map(\.lines) == [1..<2, 2..<3, 3..<4, 4..<11, 11..<12])
  }

  @Test func keysStandBareOrInQuotes() throws {
    let text =
      "\u{FEFF}bare_key = 1\r\nbare-key = 2\r\n1234 = 3\r\n\r\n\"127.0.0.1\" = 4\n'quoted \"x\"' = 5\n \t\"\" = 6"
    let read = try TOMLText(text)
    #expect(
      read.entries.map(\.key) == ["bare_key", "bare-key", "1234", "127.0.0.1", "quoted \"x\"", ""])
    #expect(read.entries.map(\.lines.lowerBound) == [0, 1, 2, 4, 5, 6])
  }

  @Test(
    arguments: [
      ("+1.0", .real), ("3.1415", .real), ("-0.01", .real), ("5e+22", .real), ("1e06", .real),
      ("-2E-2", .real), ("6.626e-34", .real), ("224_617.445_991_228", .real), ("inf", .real),
      ("-inf", .real), ("+nan", .real), ("1979-05-27T07:32:00Z", .date),
      ("1979-05-27T00:32:00.999999-07:00", .date), ("1979-05-27 07:32:00Z", .date),
      ("1979-05-27", .date), ("07:32:00", .date), ("00:32:00.999999", .date),
    ] as [(String, TOMLText.Value)])
  func otherKindsAreToldApart(text: String, value: TOMLText.Value) throws {
    #expect(try values("a = \(text)") == ["a": value])
  }

  @Test func tablesAreEntriesThatNoSettingHas() throws {
    #expect(
      try values("[a.b]\nx = 1\n[[c]]\nx = 2\n[ d . 'e' ]") == [
        "a": .table, "c": .table, "d": .table,
      ])
    #expect(
      try values("physical.color = 'orange'\nsite.\"google.com\" = true")
        == ["physical": .table, "site": .table])
  }

  @Test(arguments: [
    ("key = # INVALID", 1, "a value is missing"), ("\n\nthreads = \n", 3, "a value is missing"),
    ("first = \"Tom\" last = \"x\"", 1, "'last = \"x\"' follows the value"),
    ("= \"no key name\"", 1, "'= \"no key name\"' is no key"), ("a", 1, "a key lacks its '='"),
    ("a b = 1", 1, "a key lacks its '='"), ("a. = 1", 1, "'= 1' is no key"),
    ("name = \"Tom\"\n\nname = 'Pradyun'", 3, "the key 'name' is there twice"),
    ("spelling = 1\n\"spelling\" = 2", 2, "the key 'spelling' is there twice"),
    ("a = 1\na.b = 2", 2, "the key 'a' is there twice"),
    ("store = ~/models", 1, "'~/models' is no value; texts stand in quotes"),
    ("a = True", 1, "'True' is no value; texts stand in quotes"),
    ("a = 007", 1, "'007' is no value; texts stand in quotes"),
    ("a = 1__0", 1, "'1__0' is no value; texts stand in quotes"),
    ("a = _1", 1, "'_1' is no value; texts stand in quotes"),
    ("a = 0x", 1, "'0x' is no value; texts stand in quotes"),
    ("a = +0x1", 1, "'+0x1' is no value; texts stand in quotes"),
    ("a = 0b2", 1, "'0b2' is no value; texts stand in quotes"),
    ("a = .7", 1, "'.7' is no value; texts stand in quotes"),
    ("a = 7.", 1, "'7.' is no value; texts stand in quotes"),
    ("a = 3.e+20", 1, "'3.e+20' is no value; texts stand in quotes"),
    ("a = 1e", 1, "'1e' is no value; texts stand in quotes"),
    ("a = 9223372036854775808", 1, "9223372036854775808 is too large"),
    ("a = \"x", 1, "a text lacks its closing quote"),
    ("a = 'x\n'", 1, "a text lacks its closing quote"),
    ("a = \"x\r\n\"", 1, "a text lacks its closing quote"),
    ("a = \"\\", 1, "a text lacks its closing quote"),
    (#"a = "\q""#, 1, #"'\q' is no escape; write \\ for a backslash"#),
    (#"a = "C:\Users""#, 1, #"'sers"' is no Unicode character"#),
    (#"a = "\uD800""#, 1, "'D800' is no Unicode character"),
    (#"a = "\U00110000""#, 1, "'00110000' is no Unicode character"),
    ("a = \"\u{1}\"", 1, "a control character stands in it"),
    ("# \u{7F}", 1, "a control character stands in it"),
    ("a = 1\rb = 2", 1, "'' follows the value"), ("\ra = 1", 1, "a control character stands in it"),
    ("a = [ 1, 2", 1, "a list lacks its ']'"), ("a = [\n\n", 3, "a list lacks its ']'"),
    ("a = [ 1 2 ]", 1, "'2 ]' stands where a comma or ']' should"),
    ("a = [ , ]", 1, "', ]' is no value; texts stand in quotes"),
    ("a = [ 1,, 2 ]", 1, "', 2 ]' is no value; texts stand in quotes"),
    ("a = ]", 1, "']' is no value; texts stand in quotes"),
    ("[.a]", 1, "'.a]' is no key"), ("[\n", 1, "'' is no key"), ("[[\n", 1, "'' is no key"),
    ("[\u{1}", 1, "a control character stands in it"), ("[]", 1, "']' is no key"),
    ("[a", 1, "the name of a table lacks its ']'"),
    ("[[a]", 1, "the name of a table lacks its ']'"),
    ("[a] b = 1", 1, "'b = 1' follows the value"), ("[a]]", 1, "']' follows the value"),
    ("[a.]", 1, "']' is no key"),
    ("a = { x = 1 }", 1, "nnx does not read tables in braces"),
    ("a = \"\"\"x\"\"\"", 1, "nnx does not read texts of several lines"),
    ("a = '''x'''", 1, "nnx does not read texts of several lines"),
    ("a = [ [ 1 ] ]", 1, "nnx does not read lists in lists"),
    ("[a]\nb = ", 2, "a value is missing"),
  ])
  func whatIsNotReadHasALine(text: String, line: Int, reason: String) {
    let problem = #expect(throws: TOMLText.Problem.self) { try TOMLText(text) }
    #expect(problem == TOMLText.Problem(line: line, reason: reason))
  }

  @Test func deepAndLongTextsEnd() throws {
    let deep = String(repeating: "[", count: 500_000)
    #expect(throws: TOMLText.Problem.self) { try TOMLText("a = \(deep)") }
    #expect(throws: TOMLText.Problem.self) { try TOMLText(deep) }
    let key = Array(repeating: "a", count: 100_000).joined(separator: ".")
    #expect(try values("\(key) = 1") == ["a": .table])
  }
}
