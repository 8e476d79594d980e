/// A text as a key that its bytes tell apart, as file systems tell names apart.
///
/// Swift's own `==`, sets and dictionaries take the two forms of "é" that Unicode has, of one scalar and of two,
/// for the same: two files of such names would be one.
package struct ExactText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (a: ExactText, b: ExactText) -> Bool {
    a.text.utf8.elementsEqual(b.text.utf8)
  }
}
