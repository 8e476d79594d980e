// Label tables in NIfTI files: an extension of code 30 with the XML that Connectome Workbench reads
// (CaretExtension with a GIFTI LabelTable); TotalSegmentator writes the same under code 0.

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
    func share(_ level: Int) -> String { numberText((Double(level) / 255 * 1e6).rounded() / 1e6) }
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<CaretExtension>",
      "<VolumeInformation Index=\"0\">", "<LabelTable>",
      "<Label Key=\"0\" Red=\"0\" Green=\"0\" Blue=\"0\" Alpha=\"0\">background</Label>",
    ]
    for entry in entries {
      let colour = zip(["Red", "Green", "Blue"], entry.rgb).map { "\($0)=\"\(share($1))\"" }
      let terms = entry.terms.map { term in
        let text = "\(term.scheme)|\(term.value)|\(term.meaning)"
        return "\(term.role)=\"\(escaped(text))\""
      }
      let attributes =
        ["Key=\"\(entry.value)\""] + colour + ["Alpha=\"1\""] + terms
      lines.append("<Label \(attributes.joined(separator: " "))>\(escaped(entry.name))</Label>")
    }
    lines += [
      "</LabelTable>", "<StudyMetaDataLinkSet/>", "<VolumeType>Label</VolumeType>",
      "</VolumeInformation>", "</CaretExtension>",
    ]
    return lines.joined(separator: "\n") + "\n"
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

  /// The `Label` elements of a GIFTI label table, wherever they stand.
  init(xml: String) {
    var entries: [Entry] = []
    for match in xml.matches(of: /<Label\s([^>]*)>(.*?)<\/Label>/.dotMatchesNewlines()) {
      var attributes: [String: String] = [:]
      for pair in match.1.matches(of: /(\w+)\s*=\s*"([^"]*)"/) {
        attributes[String(pair.1)] = unescaped(String(pair.2))
      }
      guard let value = attributes["Key"].flatMap({ Int($0) }), (1...65535).contains(value),
        !entries.contains(where: { $0.value == value })
      else { continue }
      var name = String(match.2)
      if let data = name.firstMatch(of: /<!\[CDATA\[(.*?)\]\]>/.dotMatchesNewlines())?.1 {
        name = String(data)
      } else {
        name = unescaped(name)
      }
      let colour = ["Red", "Green", "Blue"].compactMap { key in
        attributes[key].flatMap { Double($0) }.flatMap { share in
          (0...1).contains(share) ? Int((share * 255).rounded()) : nil
        }
      }
      let terms = ["category", "type", "modifier", "region", "regionModifier"].compactMap {
        role -> Term? in
        let parts = (attributes[role] ?? "").split(
          separator: "|", maxSplits: 2, omittingEmptySubsequences: false
        ).map(String.init)
        guard parts.count == 3 else { return nil }
        return Term(role: role, value: parts[1], scheme: parts[0], meaning: parts[2])
      }
      entries.append(
        Entry(
          value: value, name: name.trimmed, rgb: colour.count == 3 ? colour : nil, terms: terms))
    }
    self.init(entries)
  }
}

private func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}

private func unescaped(_ text: String) -> String {
  let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
  return marks.reduce(text) { $0.replacing($1.0, with: $1.1) }
}
