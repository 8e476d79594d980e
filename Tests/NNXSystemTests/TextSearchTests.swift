import NNXSystem
import Testing

@Suite struct TextSearchTests {
  @Test(arguments: [
    ("abc", "b", 1), ("aab", "ab", 1), ("abab", "abb", nil), ("naïve é", "é", 7), ("", "a", nil),
    ("abc", "", 0), ("a\r\nb", "\n", 2), ("ab", "abc", nil),
  ])
  func theFirstPlace(text: String, wanted: String, place: Int?) {
    let found = text.firstPlace(of: wanted)
    #expect(found.map { text.utf8.distance(from: text.startIndex, to: $0.lowerBound) } == place)
    #expect(found.map { String(text[$0]) == wanted } ?? true)
    #expect((text.dropFirst(0).firstPlace(of: wanted) != nil) == (place != nil))
  }

  @Test func piecesAreThoseBetween() {
    #expect("a--b----c".pieces(between: "--") == ["a", "b", "", "c"])
    #expect("---".pieces(between: "--") == ["", "-"])
    #expect("abc".pieces(between: "--") == ["abc"] && "abc".pieces(between: "") == ["abc"])
    #expect("".pieces(between: "-") == [""])
  }

  @Test func replacingTouchesNothingElse() {
    #expect("it's 'so'".replacing("'", with: "'\\''") == "it'\\''s '\\''so'\\''")
    #expect("aaa".replacing("aa", with: "b") == "ba")
    #expect("abc".dropFirst().replacing("", with: "x") == "bc")
  }
}
