import NNXSystem

/// How far a cohort is, case by case: what its records, its claims and its list of cases say.
package struct CohortState: Sendable {
  package enum Status: String, Sendable, CaseIterable {
    case done, running, interrupted, failed, missing
  }

  package struct Item: Sendable {
    package let name: String
    /// Path of its segmentation from the folder of results; `nil` where only its key is known.
    package let result: String?
    package let status: Status
    /// Of a case that is worked on, or was when its worker ended.
    package var claim: Claim?
    /// Seconds since its worker's last sign of life, by the clock of the folder's own system; `nil` where that
    /// cannot be asked.
    package var age: Double?
    package var failure: FailedRecord?
    /// Why its record cannot be used.
    package var problem: String?
  }

  /// By name.
  package let items: [Item]
  /// Whether it is known which cases there are to be.
  package let isListed: Bool
  package let counts: [Status: Int]

  package subscript(_ status: Status) -> [Item] { items.filter { $0.status == status } }
  package func count(_ status: Status) -> Int { counts[status] ?? 0 }

  /// - Parameters:
  ///   - results: folder of the results.
  ///   - more: cases of inputs that were given besides.
  /// - Throws: what asking the index throws; `unreadable`.
  package init(
    _ results: String, _ index: CohortIndex, more: [CohortList.Entry] = []
  ) throws(NNXError) {
    let places = CohortPlaces(results: results)
    let listing = try CohortListing(places)
    let now = listing.claims.isEmpty ? nil : try? SharedFile.now("\(places.root)/clock")
    var items: [Item] = []
    var done: Set<ExactText> = []
    var unusable: [ExactText: String] = [:]
    for entry in try index.entries() {
      if !entry.problem.isEmpty {
        unusable[ExactText(entry.result)] = entry.problem
      } else if entry.isThere {
        done.insert(ExactText(entry.result))
        items.append(Item(name: entry.name, result: entry.result, status: .done))
      }
    }
    let listed =
      try index.listed()
      + more.map { .init(name: $0.name, result: $0.result, images: $0.images) }
    isListed = !listed.isEmpty
    var seen = done
    var known: Set<String> = []
    items += Self.sharing(listed)
    for item in listed where seen.insert(ExactText(item.result)).inserted {
      let (name, result) = (item.name, item.result)
      let key = CaseKey(result: result)
      known.insert(key.text)
      var item = Self.unfinished(key, name, result, listing, places, now)
      item.problem =
        unusable.removeValue(forKey: ExactText(result))
        ?? unusable.removeValue(forKey: ExactText(name))
      items.append(item)
    }
    // Cases that no list names: their records say what they are called.
    let others = Set(listing.failed).union(listing.claims.keys).subtracting(known)
      .subtracting(listing.done)
    let finished = others.isEmpty ? [] : Set(done.map { CaseKey(result: $0.text).text })
    for text in others.subtracting(finished) {
      let item = Self.unfinished(CaseKey(text: text), nil, nil, listing, places, now)
      if item.status != .missing { items.append(item) }
    }
    for (result, problem) in unusable {
      var item = Item(name: result.text, result: nil, status: .missing)
      item.problem = problem
      items.append(item)
    }
    self.items = items.sorted { $0.name < $1.name }
    counts = items.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
  }

  /// Cases of another image whose result would be that of a case before: of two folders of inputs with images of one
  /// name.
  private static func sharing(_ listed: [CohortIndex.Listed]) -> [Item] {
    var known: [ExactText: [[String]]] = [:]
    var items: [Item] = []
    for item in listed {
      let others = known[ExactText(item.result)] ?? []
      known[ExactText(item.result)] = others + [item.images]
      guard let other = others.first, !others.contains(where: { areSame($0, item.images) }) else {
        continue
      }
      var twin = Item(name: item.name, result: nil, status: .failed)
      twin.problem =
        "its result would be \(item.result), which is that of \(other.first ?? "?"): "
        + "\(item.images.first ?? "?") needs a folder of results of its own"
      items.append(twin)
    }
    return items
  }

  /// Whether images are the same files, or some are gone: they may lie elsewhere now.
  private static func areSame(_ a: [String], _ b: [String]) -> Bool {
    if a == b { return true }
    return zip(a, b).allSatisfy { one, other in
      guard let one = FileIdentity(one), let other = FileIdentity(other) else { return true }
      return one == other
    }
  }

  private static func unfinished(
    _ key: CaseKey, _ name: String?, _ result: String?, _ listing: CohortListing,
    _ places: CohortPlaces, _ now: Double?
  ) -> Item {
    if listing.failed.contains(key.text),
      let record = try? FailedRecord(contentsOf: places.record(.failed, key))
    {
      var item = Item(name: name ?? record.case, result: result, status: .failed)
      item.failure = record
      return item
    }
    guard let history = listing.claims[key.text], history.top > 0, !history.isReleased else {
      return Item(name: name ?? key.text, result: result, status: .missing)
    }
    let path = places.claim(key, history.top)
    let claim = Claim(contentsOf: path)
    let age = now.flatMap { now in SharedFile.changed(path).map { max(0, now - $0) } }
    let isOver = age.map { $0 > claim?.stale ?? ClaimTimes().stale } ?? false
    var item = Item(
      name: name ?? claim?.case ?? key.text, result: result,
      status: isOver ? .interrupted : .running)
    (item.claim, item.age) = (claim, age)
    return item
  }
}
