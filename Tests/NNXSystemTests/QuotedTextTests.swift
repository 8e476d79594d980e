import Testing

@testable import NNXSystem

@Suite struct QuotedTextTests {
  @Test(arguments: [
    ("liver", "liver"), ("Größe 5 µm … 猫", "Größe 5 µm … 猫"),
    ("a\u{1B}]0;x\u{7}b", #"a\x1B]0;x\x07b"#),
    ("\u{0}\u{7F}\u{9B}31m", #"\x00\x7F\x9B31m"#),
    ("a\u{202E}b\u{2066}", #"a\u202Eb\u2066"#),
    ("a\u{2028}b", #"a\u2028b"#), ("\r\n", #"\r\n"#), ("a\tb\nc", #"a\tb\nc"#),
  ])
  func nothingIsObeyed(text: String, shown: String) { #expect(text.printableLine == shown) }

  @Test func longTextsAreCutInTheMiddle() {
    let text = String(repeating: "x", count: 5000) + ".nii.gz"
    #expect(text.excerpt.count == 100)
    #expect(text.excerpt.hasPrefix("xxx") && text.excerpt.hasSuffix("xxx.nii.gz"))
    #expect(text.excerpt.contains("x…x"))
    #expect(String(repeating: "é", count: 100).excerpt == String(repeating: "é", count: 100))
  }

  @Test func jsonEscapesWhatATerminalWouldObey() throws {
    let value = OrderedJSON.string("a\u{1B}[7m\u{7F}\u{9B}\u{202E}\u{2028}é")
    #expect(value.text() == #""a\u001b[7m\u007f\u009b\u202e\u2028é""#)
    #expect(try OrderedJSON(parsing: Array(value.text().utf8), source: "") == value)
  }
}
