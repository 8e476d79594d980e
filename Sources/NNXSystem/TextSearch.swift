// Text found in text, byte for byte, as the files that nnx reads mean it. The standard library's own searches are
// those of its regular expressions, which would come into the binary with them, a megabyte; the build refuses them
// by -disable-implicit-string-processing-module-import. Tests may use either: these stand back where both are seen.

extension StringProtocol {
  /// Whether `other` stands somewhere in this text; nothing stands everywhere.
  @_disfavoredOverload package func contains(_ other: some StringProtocol) -> Bool {
    firstPlace(of: other) != nil
  }

  /// Where `other` stands first.
  package func firstPlace(of other: some StringProtocol) -> Range<Index>? {
    guard let first = other.utf8.first else { return startIndex..<startIndex }
    var rest = utf8[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if let end = rest.end(of: other.utf8) { return start..<end }
      rest.removeFirst()
    }
    return nil
  }

  /// The pieces between each `separator` and the next, empty ones as well.
  package func pieces(between separator: some StringProtocol) -> [SubSequence] {
    var pieces: [SubSequence] = []
    var start = startIndex
    while !separator.isEmpty, let found = self[start...].firstPlace(of: separator) {
      pieces.append(self[start..<found.lowerBound])
      start = found.upperBound
    }
    return pieces + [self[start...]]
  }
}

extension StringProtocol where Self: RangeReplaceableCollection {
  /// This text with `other` for each `text`.
  @_disfavoredOverload package func replacing(
    _ text: some StringProtocol, with other: some StringProtocol
  ) -> String {
    pieces(between: text).joined(separator: String(other))
  }
}

extension Collection where Element: Equatable {
  /// Where `beginning` ends, if this begins with it.
  fileprivate func end(of beginning: some Sequence<Element>) -> Index? {
    var index = startIndex
    for element in beginning {
      guard index != endIndex, self[index] == element else { return nil }
      formIndex(after: &index)
    }
    return index
  }
}
