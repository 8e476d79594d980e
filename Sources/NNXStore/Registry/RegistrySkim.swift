/// Where things stand in the text of a registry: names and places, found in one pass that makes no values.
struct RegistrySkim: Sendable {
  struct Entry: Sendable {
    var name = ""
    var aliases: [String] = []
    /// Its bytes in the document.
    var place: Range<Int>
  }

  /// Places of the members beside `models`, by key.
  private(set) var members: [String: Range<Int>] = [:]
  /// In the order of the document.
  private(set) var entries: [Entry] = []

  /// - Parameter bytes: a registry that is known to be right; of any other this finds something, and
  ///   never leaves the bytes.
  init(_ bytes: [UInt8]) {
    var members: [String: Range<Int>] = [:]
    var entries: [Entry] = []
    var text = JSONText(bytes)
    text.members { key, text in
      guard key.elementsEqual("models".utf8) else {
        members[String(decoding: key, as: UTF8.self)] = text.pass()
        return
      }
      text.elements { text in
        var entry = Entry(place: 0..<0)
        entry.place = text.members { key, text in
          if key.elementsEqual("name".utf8) {
            entry.name = text.plainString()
          } else if key.elementsEqual("aliases".utf8) {
            text.elements { entry.aliases.append($0.plainString()) }
          }
        }
        entries.append(entry)
      }
    }
    self.members = members
    self.entries = entries
  }
}
