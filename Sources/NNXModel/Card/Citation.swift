import NNXSystem

/// A work to cite.
package struct Citation: Codable, SelfChecking, Equatable, Sendable {
  /// In the words of CSL; `article` is a preprint.
  package enum Kind: String, Word {
    case journalArticle = "article-journal"
    case preprint = "article"
    case dataset
    /// What a source names in words alone: `title` has them.
    case document
  }

  /// Stable key, also for BibTeX.
  package var key: String
  package var kind: Kind
  package var title: String
  /// `Family, Given`, in order.
  package var authors: [String]
  /// Journal or archive.
  package var container: String
  package var volume: String?
  package var issue: String?
  /// Pages or article number.
  package var pages: String?
  /// `nil` where no date is known.
  package var year: Int?
  /// Without a prefix.
  package var doi: String?
  @CheckedIfThere<WebAddress> package var url: String?

  private enum CodingKeys: String, CodingKey {
    case key
    case kind = "type"
    case title, authors, container, volume, issue, pages, year, doi, url
  }

  package init(
    key: String, kind: Kind, title: String, authors: [String], container: String,
    volume: String? = nil, issue: String? = nil, pages: String? = nil, year: Int?,
    doi: String? = nil, url: String? = nil
  ) {
    self.key = key
    self.kind = kind
    self.title = title
    self.authors = authors
    self.container = container
    self.volume = volume
    self.issue = issue
    self.pages = pages
    self.year = year
    self.doi = doi
    self.url = url
  }

  package func check() throws(DocumentProblem) {
    if year == nil { throw DocumentProblem(at: "year", "is missing") }
  }
}

extension Citation {
  /// One member of a registry's table of citations.
  package init(_ work: OrderedJSON.Member) throws(DocumentProblem) {
    let members = [.init("key", .string(work.key))] + (work.value.members ?? [])
    do throws(DocumentProblem) {
      self = try OrderedJSON.object(members).decode(Citation.self, .sparse)
    } catch { throw error.within(work.key) }
  }
}

extension Citation {
  /// A record on Zenodo as a work to cite.
  package init(record: Int, title: String, authors: [String], year: Int?, doi: String) {
    self.init(
      key: "zenodo\(record)", kind: .dataset, title: title, authors: authors, container: "Zenodo",
      year: year, doi: doi)
  }
}

extension Citation {
  /// A work as a source names it: `Isensee et al. 2019, Hum Brain Mapp, doi:10.1002/hbm.24750`.
  ///
  /// Nothing is made up: what is no DOI, address or year stays in words.
  package init(named words: String) {
    let parts = words.split(separator: " ").map { $0.trimmed(of: ",;()") }
    let arXiv = parts.first { $0.hasPrefix("arXiv:") }?.dropFirst("arXiv:".count)
    let doi =
      parts.first { $0.hasPrefix("doi:10.") }.map { String($0.dropFirst("doi:".count)) }
      ?? arXiv.map { "10.48550/arXiv.\($0)" }
    let url = parts.first { $0.hasPrefix("https://") }
    let rest = words.split(separator: " ").filter {
      let part = $0.trimmed(of: ",;()")
      return !part.hasPrefix("doi:10.") && part != url && !part.hasPrefix("arXiv:")
    }.joined(separator: " ").trimmed(of: ", ")
    let name = rest.isEmpty ? String(doi ?? url ?? words) : rest
    let year = parts.compactMap { $0.count == 4 ? Int($0) : nil }.first {
      (1950...2100).contains($0)
    }
    let key = (rest.isEmpty ? name : String(rest.prefix { $0.isLetter })).lowercased()
    self.init(
      key: key.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        + (year.map(String.init) ?? ""),
      kind: .document, title: name, authors: [], container: "", year: year, doi: doi,
      url: url)
  }
}

extension StringProtocol {
  /// Without some characters at both ends.
  fileprivate func trimmed(of characters: String) -> String {
    let start = firstIndex { !characters.contains($0) } ?? endIndex
    guard let last = lastIndex(where: { !characters.contains($0) }) else { return "" }
    return String(self[start...last])
  }
}

extension ModelCard {
  /// What sources name to cite, in words.
  package var referenceCitations: [Citation] { references.map(Citation.init(named:)) }

  /// The records that the weights come from, as works to cite.
  package var recordCitations: [Citation] {
    weights.compactMap { set in
      guard let doi = set.doi, let record = set.record else { return nil }
      return Citation(
        record: record, title: set.title ?? "Weights of \(title)",
        authors: set.authors.isEmpty ? authors : set.authors,
        year: set.published.flatMap { Int($0.prefix(4)) }, doi: doi)
    }
  }
}
