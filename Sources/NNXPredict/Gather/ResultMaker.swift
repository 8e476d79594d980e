import NNXSystem

/// What made a result: results of one table are to have one.
package struct ResultMaker: Equatable, Sendable {
  /// Name and version of the model.
  package let model: String
  /// What else decides, by digest.
  let settings: String

  /// - Parameter record: of a run.
  init(_ record: OrderedJSON) {
    let model = record["model"]
    self.model = [model?["name"]?.string, model?["version"]?.string].compactMap(\.self)
      .joined(separator: " ")
    let all = [model?["digest"], record["settings"]].map { $0?.text() ?? "" }
    settings = String(Digest.sha256(all.joined(separator: "\n")).prefix(16))
  }

  /// As `text` gives it.
  init(text: String) {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
    (settings, model) = (parts[0], parts.dropFirst().joined(separator: "\t"))
  }

  var text: String { "\(settings)\t\(model)" }

  /// What a person should know of results that several made; `nil` of those of one.
  package static func note(_ makers: [(maker: ResultMaker, cases: Int)]) -> String? {
    guard makers.count > 1 else { return nil }
    let models = Dictionary(grouping: makers) { $0.maker.model }
    let words = models.sorted { $0.key < $1.key }.map { model, own in
      let cases = own.reduce(0) { $0 + $1.cases }
      return "\(model) (\(cases)" + (own.count > 1 ? ", by \(own.count) settings)" : ")")
    }
    return "results are not all of one model and its settings: " + words.joined(separator: ", ")
  }
}
