/// The name of a fold: a number of up to three digits, or `all`; in this order.
package struct FoldName: Comparable, Hashable, Sendable {
  package let text: String

  /// - Parameter text: as a model or a person names the fold.
  package init(_ text: String) { self.text = text }

  /// The fold that lies in a folder.
  ///
  /// - Parameters:
  ///   - folder: its name: `fold_0`, `fold_all` (v2), `all` (v1).
  ///   - plain: whether a number alone will do.
  /// - Returns: `nil` for folders of anything else.
  package init?(folder: some StringProtocol, plain: Bool) {
    let isMarked = folder.hasPrefix("fold_")
    let name = isMarked ? String(folder.dropFirst(5)) : String(folder)
    let isNumber = name.utf8.count <= 3 && Int(name) != nil
    guard name == "all" || (isNumber && (isMarked || plain)) else { return nil }
    text = name
  }

  /// The names that its folder may have.
  package var folders: [String] { ["fold_\(text)", text] }

  package static func < (a: FoldName, b: FoldName) -> Bool {
    (a.text.utf8.count, a.text) < (b.text.utf8.count, b.text)
  }
}
