// Label tables in NIfTI files: an extension of code 30 with the XML that Connectome Workbench reads
// (CaretExtension with a GIFTI LabelTable); TotalSegmentator writes the same under code 0.

import NNXSystem

extension LabelTable {
  /// NIFTI_ECODE_CARET of nifti1_io.h.
  private static let code: UInt32 = 30
  /// TotalSegmentator's files, whose code says nothing.
  private static let readCodes: Set<UInt32> = [0, 30]

  /// The bytes after a NIfTI header: the mark that extensions follow, and one with the table. The mark
  /// alone when the table is empty.
  ///
  /// - Parameter isSwapped: whether the file is big-endian.
  func extensionBytes(isSwapped: Bool) -> [UInt8] {
    guard !isEmpty else { return [0, 0, 0, 0] }
    var content = Array(xml.utf8)
    // Sizes are multiples of 16, counted with the eight bytes before the content.
    let size = (content.count + 8 + 15) / 16 * 16
    content += [UInt8](repeating: 0, count: size - 8 - content.count)
    func number(_ value: UInt32) -> [UInt8] {
      littleEndian(isSwapped ? value.byteSwapped : value)
    }
    return [1, 0, 0, 0] + number(UInt32(size)) + number(LabelTable.code) + content
  }

  private var xml: String {
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<CaretExtension>",
      "<VolumeInformation Index=\"0\">", "<LabelTable>",
      "<Label Key=\"0\" Red=\"0\" Green=\"0\" Blue=\"0\" Alpha=\"0\">background</Label>",
    ]
    for entry in entries {
      let colour = zip(["Red", "Green", "Blue"], entry.rgb).map {
        "\($0)=\"\(LabelTable.share($1))\""
      }
      let terms = entry.terms.map { term in
        let text = "\(term.scheme)|\(term.value)|\(term.meaning)"
        return "\(term.role)=\"\(text.markup)\""
      }
      let attributes =
        ["Key=\"\(entry.value)\""] + colour + ["Alpha=\"1\""] + terms + membership(entry.value)
      lines.append("<Label \(attributes.joined(separator: " "))>\(entry.name.markup)</Label>")
    }
    lines += [
      "</LabelTable>", "<StudyMetaDataLinkSet/>", "<VolumeType>Label</VolumeType>",
      "</VolumeInformation>", "</CaretExtension>",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// The regions that a value is a part of, as an attribute; none when a name has the separator.
  private func membership(_ value: Int) -> [String] {
    guard !regions.contains(where: { $0.name.contains("|") }) else { return [] }
    let names = regions.filter { $0.values.contains(value) }.map { $0.name.markup }
    return names.isEmpty ? [] : ["regions=\"\(names.joined(separator: "|"))\""]
  }

  /// The table in the extensions of a NIfTI file; empty when there is none, or none that can be read.
  ///
  /// - Parameter bytes: what lies between the header and the voxels.
  package init(extensions bytes: [UInt8], isSwapped: Bool) {
    self.init()
    guard bytes.count >= 12, bytes[0] != 0 else { return }
    func number(_ offset: Int) -> UInt32 {
      let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
      return isSwapped ? value.byteSwapped : value
    }
    var position = 4
    while position + 8 <= bytes.count {
      let size = Int(number(position))
      guard size >= 8, size <= bytes.count - position else { return }
      if LabelTable.readCodes.contains(number(position + 4)) {
        let content = bytes[(position + 8)..<(position + size)]
        let table = LabelTable(xml: String(decoding: content, as: UTF8.self))
        if !table.isEmpty {
          self = table
          return
        }
      }
      position += size
    }
  }

  /// The `Label` elements of a GIFTI label table, wherever they stand. In time proportional to the text,
  /// whatever it is.
  init(xml: String) {
    var entries: [Entry] = []
    var regions: [Region] = []
    var seen: Set<Int> = []
    for piece in xml.pieces(between: "</Label>").dropLast() {
      guard let start = piece.pieces(between: "<Label").dropFirst().last?.startIndex,
        let end = piece[start...].firstIndex(of: ">"), piece[start].isWhitespace
      else { continue }
      let attributes = LabelTable.attributes(piece[start..<end])
      guard let value = attributes["Key"].flatMap({ Int($0) }), (1...65535).contains(value),
        seen.insert(value).inserted
      else { continue }
      let colour = ["Red", "Green", "Blue"].compactMap { LabelTable.level(attributes[$0]) }
      entries.append(
        Entry(
          value: value, name: LabelTable.text(piece[piece.index(after: end)...]),
          rgb: colour.count == 3 ? colour : nil, terms: LabelTable.terms(attributes)))
      for name in (attributes["regions"] ?? "").split(separator: "|").map({ String($0) }) {
        if let known = regions.firstIndex(where: { $0.name == name }) {
          regions[known].values.append(value)
        } else if regions.count < LabelTable.mostRegions {
          regions.append(Region(name: name, values: [value]))
        }
      }
    }
    self.init(entries, regions: regions)
  }

  /// `name="value"` again and again.
  private static func attributes(_ text: Substring) -> [String: String] {
    var attributes: [String: String] = [:]
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    for index in stride(from: 0, to: parts.count - 1, by: 2) {
      let name = parts[index].split { $0.isWhitespace || $0 == "=" }.last ?? ""
      attributes[String(name)] = unescaped(String(parts[index + 1]))
    }
    return attributes
  }

  /// The content of an element: CDATA as it stands, or text with its marks resolved.
  private static func text(_ content: Substring) -> String {
    guard let start = content.firstPlace(of: "<![CDATA[")?.upperBound,
      let end = content[start...].firstPlace(of: "]]>")?.lowerBound
    else { return unescaped(String(content)).trimmed }
    return content[start..<end].trimmed
  }

  private static func level(_ share: String?) -> Int? {
    guard let share = share.flatMap({ Double($0) }), (0...1).contains(share) else { return nil }
    return Int((share * 255).rounded())
  }

  private static func terms(_ attributes: [String: String]) -> [Term] {
    ["category", "type", "modifier", "region", "regionModifier"].compactMap { role in
      let parts = (attributes[role] ?? "").split(
        separator: "|", maxSplits: 2, omittingEmptySubsequences: false
      ).map { String($0) }
      guard parts.count == 3 else { return nil }
      return Term(role: role, value: parts[1], scheme: parts[0], meaning: parts[2])
    }
  }
}

/// `38;` and `x26;` and what follows, resolved; an ampersand as its mark.
private func resolved(_ piece: Substring) -> String? {
  guard let end = piece.firstIndex(of: ";") else { return nil }
  let isHexadecimal = piece.first == "x"
  let digits = piece[..<end].dropFirst(isHexadecimal ? 1 : 0)
  guard digits.first?.isHexDigit == true, digits.utf8.count <= (isHexadecimal ? 6 : 7),
    let value = UInt32(digits, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
  else { return nil }
  return (value == "&" ? "&amp;" : String(value)) + piece[end...].dropFirst()
}

private func unescaped(_ text: String) -> String {
  let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
  // Characters by their numbers (XML 1.0, section 4.1), of which an ampersand may be one: last but it.
  let pieces = text.pieces(between: "&#")
  let numbered = pieces.dropFirst().reduce(into: String(pieces[0])) { text, piece in
    text += resolved(piece) ?? "&#" + piece
  }
  return marks.reduce(numbered) { $0.replacing($1.0, with: $1.1) }
}
