import NNXModel
import NNXSystem

/// Compares what the registry says of records with what their hosts say, before anything is fetched.
///
/// A difference stops the install: either the registry is wrong, or the record is not what it was.
/// When the API cannot be asked (offline, no answer), files whose digest the registry knows may still
/// come from wherever they are; for others nothing would vouch, and the install stops. A record that is
/// gone stops it too, unless its files have mirrors.
package struct RecordCheck: Sendable {
  let web: Web
  let asksOnlyIfNeeded: Bool
  let onSkip: @Sendable (NNXError) -> Void
  let onUnvouched: @Sendable (RemoteFile) -> Void

  /// - Parameters:
  ///   - web: what asks.
  ///   - asksOnlyIfNeeded: leave the API alone where the registry knows every digest; for machines
  ///     that have a mirror because they do not reach Zenodo.
  ///   - onSkip: called with the reason when the API did not answer and the install goes on.
  ///   - onUnvouched: called with each file that neither the registry nor its host has a digest of.
  package init(
    asking web: Web, asksOnlyIfNeeded: Bool = false,
    onSkip: @escaping @Sendable (NNXError) -> Void = { _ in },
    onUnvouched: @escaping @Sendable (RemoteFile) -> Void = { _ in }
  ) {
    self.web = web.trying(.brief)
    self.asksOnlyIfNeeded = asksOnlyIfNeeded
    self.onSkip = onSkip
    self.onUnvouched = onUnvouched
  }

  /// The plan, with sizes and MD5 digests that the registry lacks filled in from the API.
  ///
  /// - Throws: `integrity` with every difference; what `Zenodo.record` throws, when the registry
  ///   does not know the digest of some file.
  package func compare(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    guard [.registry, .record].contains(plan.kind), plan.origin == .network else { return plan }
    var plan = plan
    var known: [Int: ZenodoRecord] = [:]
    var listings: Listings = [:]
    for index in plan.items.indices {
      // What lies in a folder is known to its host alone.
      for position in plan.items[index].files.indices
      where plan.items[index].files[position].contents == nil {
        plan.items[index].files[position] = try plan.items[index].files[position].listed(
          web.hosts, asking: web, known: &listings)
      }
      // A record that was looked up to make the plan has said what it says.
      guard plan.kind == .registry else { continue }
      guard let number = plan.items[index].record else {
        try compareFiles(&plan.items[index], &listings)
        continue
      }
      let isPinned = plan.items[index].files.allSatisfy(\.isPinned)
      if isPinned, asksOnlyIfNeeded { continue }
      if known[number] == nil {
        do throws(NNXError) {
          known[number] = try Zenodo.record(number, asking: web)
        } catch {
          let files = plan.items[index].files
          let isMirrored =
            error.code == .recordNotFound && files.allSatisfy { $0.urls.count > 1 }
          guard isPinned, isMirrored || RecordCheck.isSilence(error.code) else { throw error }
          if error.code != .offline { onSkip(error) }
          continue
        }
      }
      guard let record = known[number] else { continue }
      let licenses = plan.licenses.filter { $0.statedBy == "Zenodo" && $0.scope == .weights }
      try RecordCheck.compare(&plan.items[index], with: record, licenses.map(\.spdx))
    }
    noteUnvouched(plan)
    return plan
  }

  /// Whether nobody answered: other than an answer that there is no such record.
  static func isSilence(_ code: NNXError.Code) -> Bool {
    [.offline, .unreachable, .hostRefused, .rateLimited].contains(code)
  }

  private static func compare(
    _ item: inout InstallPlan.Item, with record: ZenodoRecord, _ licenses: [String]
  ) throws(NNXError) {
    var differences: [String] = []
    func expect(_ what: String, _ expected: String?, _ got: String?) {
      guard let expected, let got, expected.lowercased() != got.lowercased() else { return }
      differences.append("\(what): the registry says \(expected), zenodo.org says \(got)")
    }
    expect("record", item.record.map(String.init), String(record.id))
    expect("DOI", item.doi, record.doi)
    if let stated = record.license, !licenses.isEmpty,
      !licenses.contains(where: { $0.lowercased() == stated.lowercased() })
    {
      expect("licence", licenses[0], stated)
    }
    for index in item.files.indices {
      let file = item.files[index]
      guard let published = record.files.first(where: { $0.key == file.name }) else {
        let names = record.files.map(\.key).prefix(5).joined(separator: ", ")
        differences.append(
          "file: the registry says \(file.name), zenodo.org has \(names.isEmpty ? "none" : names)")
        continue
      }
      expect(
        "size of \(file.name)", file.size.map(String.init), published.size.map(String.init))
      expect("md5 of \(file.name)", file.md5, published.md5)
      item.files[index].size = file.size ?? published.size
      item.files[index].md5 = file.md5 ?? published.md5
    }
    guard differences.isEmpty else {
      throw NNXError(
        .integrity, "record \(record.id) on Zenodo is not what the registry says",
        details: differences + ["Nothing was fetched."],
        fixes: [
          "Update the registry (nnx registry update), or tell its maintainers",
          "To take what Zenodo has now, download it and run: nnx install FILE.zip --name NAME",
        ])
    }
  }
}
