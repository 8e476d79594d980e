import NNXImage
import NNXSystem

/// The name of a case in the records of a cohort (docs/format/cohort.md): the path of its result from the
/// folder of results, without the ending of an image, as one file name.
package struct CaseKey: Hashable, Sendable, Comparable {
  /// `%` is written `%25` and `/` is written `%2F`; of a name that is too long for a file the beginning, `%~`
  /// and digits of its SHA-256.
  package let text: String
  /// Name of the subfolder that holds its records: the first two digits of the SHA-256 of `text`.
  let shard: String

  /// File systems take 255 bytes; a generation and words stand behind the key.
  private static let longest = 200

  /// - Parameter result: path from the folder of results.
  package init(result: String) {
    let ending = ImageFormat.ending(of: result) ?? ImageFormat.dicomEnding(of: result)
    self.init(text: Self.escaped(String(result.dropLast(ending?.count ?? 0))))
  }

  /// - Parameter text: as it stands in names of files.
  init(text: String) {
    var text = text
    if text.utf8.count > Self.longest {
      let digest = Digest.sha256(Array(text.utf8)).prefix(32)
      var start = Substring(text)
      while start.utf8.count > Self.longest - 40 { start.removeLast() }
      text = "\(start)%~\(digest)"
    }
    self.text = text
    shard = String(Digest.sha256(Array(text.utf8)).prefix(2))
  }

  private static func escaped(_ path: String) -> String {
    String(
      path.flatMap { character -> [Character] in
        switch character {
        case "%": Array("%25")
        case "/": Array("%2F")
        default: [character]
        }
      })
  }

  package static func < (a: CaseKey, b: CaseKey) -> Bool { a.text < b.text }
}
