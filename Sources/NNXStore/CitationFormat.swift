import NNXModel
import NNXSystem

/// How works are cited: for a reference manager, or to be read.
package enum CitationFormat: String, Sendable, CaseIterable {
  /// BibTeX, UTF-8 (http://mirrors.ctan.org/biblio/bibtex/base/btxdoc.pdf).
  case bibtex
  /// Research Information Systems, 2001 specification.
  case ris
  /// As journals of medicine print it (NLM, "Citing Medicine"); six authors, then "et al".
  case text
  /// CSL-JSON (https://citeproc-js.readthedocs.io, csl-data.json).
  case csl

  /// All `works` as one text that ends with a line break.
  package func text(_ works: [Citation]) -> String {
    switch self {
    case .bibtex: works.map(bibtexEntry).joined(separator: "\n")
    case .ris: works.map(risEntry).joined(separator: "\n")
    case .text: works.map { $0.printed + "\n" }.joined()
    case .csl: OrderedJSON.array(works.map(\.cslItem)).text(pretty: true) + "\n"
    }
  }
}

/// One member of a format: the name, and a value that may be missing.
private typealias Field = (name: String, value: String?)

// MARK: - BibTeX

private func bibtexEntry(_ work: Citation) -> String {
  var fields: [Field] = [
    (
      "author", work.authors.isEmpty ? nil : work.authors.map(bibtexText).joined(separator: " and ")
    ),
    // Doubled braces keep the title's capitals.
    ("title", "{\(bibtexText(work.title))}"),
  ]
  switch work.kind {
  case .journalArticle:
    fields += [
      ("journal", bibtexText(work.container)), ("volume", work.volume), ("number", work.issue),
      ("pages", work.pages?.replacing("-", with: "--")),
    ]
  case .preprint:
    fields += [("archiveprefix", bibtexText(work.container)), ("eprint", work.preprintNumber)]
  case .document: break
  case .dataset: fields += [("howpublished", bibtexText(work.container))]
  }
  fields += [("year", work.year.map(String.init)), ("doi", work.doi), ("url", work.url)]
  let lines = fields.compactMap { field in field.value.map { "  \(field.name) = {\($0)}" } }
  let kind = work.kind == .journalArticle ? "article" : "misc"
  return "@\(kind){\(work.key),\n" + lines.joined(separator: ",\n") + "\n}\n"
}

/// `text` with the characters that mean something to TeX escaped.
private func bibtexText(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
    case "\\": result += "\\textbackslash{}"
    case "~": result += "\\textasciitilde{}"
    case "^": result += "\\textasciicircum{}"
    default: result.append(character)
    }
  }
  return result
}

// MARK: - RIS

private func risEntry(_ work: Citation) -> String {
  let kinds: [Citation.Kind: String] = [
    .journalArticle: "JOUR", .preprint: "UNPB", .dataset: "DATA", .document: "GEN",
  ]
  let pages = work.pages?.split(separator: "-").map(String.init) ?? []
  var fields: [Field] = [("TY", kinds[work.kind])]
  fields += work.authors.map { ("AU", $0) }
  fields += [
    ("TI", work.title),
    (work.kind == .journalArticle ? "T2" : "PB", work.container.isEmpty ? nil : work.container),
    ("VL", work.volume), ("IS", work.issue), ("SP", pages.first),
    ("EP", pages.count > 1 ? pages.last : nil), ("PY", work.year.map(String.init)),
    ("DO", work.doi),
    ("UR", work.address),
  ]
  let lines = fields.compactMap { field in field.value.map { "\(field.name)  - \($0)\n" } }
  return lines.joined() + "ER  - \n"
}

// MARK: - Text and CSL

extension Citation {
  /// The number of a preprint in its archive: the end of its address.
  fileprivate var preprintNumber: String? {
    url?.split(separator: "/").last.map(String.init)
  }

  /// Where to read the work.
  fileprivate var address: String? { doi.map { "https://doi.org/\($0)" } ?? url }

  fileprivate var printed: String {
    var parts: [String] = []
    if !authors.isEmpty {
      let names = authors.prefix(6).map(initialled).joined(separator: ", ")
      parts.append(names + (authors.count > 6 ? ", et al." : "."))
    }
    parts.append(title + ".")
    if kind == .document {
      if let doi { parts.append("doi:\(doi)") } else if let url { parts.append(url) }
      return parts.joined(separator: " ")
    }
    var place = "\(container). \(year.map(String.init) ?? "[date unknown]")"
    if let volume { place += ";\(volume)" + (issue.map { "(\($0))" } ?? "") }
    if let pages { place += ":\(pages)" }
    if kind == .preprint, let preprintNumber { place += ":\(preprintNumber)" }
    parts.append(place + ".")
    if let doi { parts.append("doi:\(doi)") } else if let url { parts.append(url) }
    return parts.joined(separator: " ")
  }

  fileprivate var cslItem: OrderedJSON {
    var members: [OrderedJSON.Member] = [
      .init("id", .string(key)), .init("type", .string(kind.rawValue)),
      .init("title", .string(title)),
    ]
    if !authors.isEmpty { members.append(.init("author", .array(authors.map(cslName)))) }
    if !container.isEmpty {
      members.append(
        .init(
          kind == .journalArticle ? "container-title" : "publisher", .string(container)))
    }
    let texts = [
      ("volume", volume), ("issue", issue), ("page", pages), ("DOI", doi), ("URL", url),
    ]
    for (name, value) in texts {
      if let value { members.append(.init(name, .string(value))) }
    }
    if let year { members.append(.init("issued", ["date-parts": .array([.array([.int(year)])])])) }
    return .object(members)
  }
}

/// `Kohl SAA` for `Kohl, Simon A. A.`.
private func initialled(_ name: String) -> String {
  let (family, given) = nameParts(name)
  guard let given else { return family }
  let words = given.split { $0 == " " || $0 == "-" || $0 == "." }
  return "\(family) \(words.compactMap { $0.first.map(String.init) }.joined())"
}

private func cslName(_ name: String) -> OrderedJSON {
  let (family, given) = nameParts(name)
  guard let given else { return ["literal": .string(family)] }
  return ["family": .string(family), "given": .string(given)]
}

/// The two sides of `Family, Given`; a name without a comma is one of an organisation.
private func nameParts(_ name: String) -> (family: String, given: String?) {
  guard let comma = name.firstIndex(of: ",") else { return (name, nil) }
  let given = name[name.index(after: comma)...].drop { $0 == " " }
  return (String(name[..<comma]), given.isEmpty ? nil : String(given))
}
