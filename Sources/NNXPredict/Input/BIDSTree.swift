import NNXImage
import NNXSystem

/// The cases of a BIDS tree: its raw images, `sub-*/ses-*/anat/*.nii.gz`, chosen by their entities.
struct BIDSTree {
  let cases: [Case]
  let remarks: [String]

  private struct File {
    let path: String
    /// From the top of the tree, without ending.
    let place: String
    let name: BIDSName
  }

  /// Whether a folder is one: subjects' folders lie in it, and no images.
  static func isOne(_ folder: String) -> Bool {
    let names = (try? Folder.entries(folder)) ?? []
    return names.contains { $0.hasPrefix("sub-") && Folder.isFolder("\(folder)/\($0)") == true }
  }

  /// - Parameters:
  ///   - filters: one for a model of one channel, one for each channel of others; none: all images, as long as
  ///     they are of one kind.
  /// - Throws: `usage` when the filters leave open what is meant; `no-images` when they leave nothing.
  init(
    _ folder: String, channels: [String], filters: [BIDSFilter], model: String
  ) throws(NNXError) {
    let top = Folder.trimmed(folder)
    let (files, others) = try Self.files(top)
    guard !files.isEmpty else {
      throw NNXError(
        .noImages,
        "no image in \(top): its subjects' folders hold no .nii or .nii.gz of BIDS' names",
        fixes: ["See what there is with: find \(top) -name '*.nii*'"])
    }
    var cases: [Case]
    if channels.count == 1 {
      cases = try Self.single(files, filters, in: top)
    } else {
      cases = try Self.several(files, filters, channels, model)
    }
    let facts = try Participants(top)
    for index in cases.indices { cases[index].facts = facts.of(cases[index].name) }
    self.cases = cases
    let taken = Set(cases.flatMap(\.images))
    let left = files.filter { !taken.contains($0.path) }
    let passedOver =
      left.isEmpty
      ? nil
      : "\(left.count) of \(files.count) images in \(top) are passed over: \(Self.kinds(left))"
    let repeats =
      channels.count == 1 ? Self.several(files.filter { taken.contains($0.path) }) : nil
    remarks = [passedOver, repeats, Self.unnamed(others)].compactMap(\.self)
  }

  /// Images that are a case each though they are of one visit: runs, or one made of the other.
  private static func several(_ files: [File]) -> String? {
    let visits = Dictionary(grouping: files) { "\(parentFolder($0.place)) \($0.name.visit)" }
      .values.filter { $0.count > 1 }
    guard let first = visits.min(by: { $0[0].place < $1[0].place }) else { return nil }
    let names = first.map { lastComponent($0.place) }
    let isAll = visits.count == 1 && names.count <= 3
    return (visits.count == 1 ? "1 visit has" : "\(visits.count) visits have")
      + " several of these images, each is a case: \(names.prefix(3).joined(separator: ", "))"
      + (isAll ? "" : ", …")
  }

  private static func unnamed(_ files: [String]) -> String? {
    guard let first = files.first else { return nil }
    let what = files.count == 1 ? "1 image has a name" : "\(files.count) images have names"
    return "\(what) other than BIDS', passed over: \(first)\(files.count > 1 ? ", …" : "")"
  }

  /// - Returns: the images, and the places of those with other names.
  private static func files(
    _ top: String
  ) throws(NNXError) -> (images: [File], others: [String]) {
    func isImage(_ name: String) -> Bool { name.hasSuffix(".nii.gz") || name.hasSuffix(".nii") }
    let tree = try ImageTree(top, enters: { $0.hasPrefix("sub-") }, isImage: isImage)
    var others: [String] = []
    let images = tree.branches.flatMap { branch in
      let earlier = EarlierResults(branch.path, names: branch.names)
      return branch.names.compactMap { (file) -> File? in
        let stem = ImageName(file).stem
        guard isImage(file), !earlier.contains(file) else { return nil }
        guard let name = BIDSName(stem) else {
          others.append("\(branch.place)/\(file)")
          return nil
        }
        return File(
          path: "\(branch.path)/\(file)", place: "\(branch.place)/\(stem)", name: name)
      }
    }
    return (images, others)
  }

  private static func kinds(_ files: [File]) -> String {
    let counts = Dictionary(grouping: files) { $0.name.entities["suffix"] ?? "" }
      .map { ($0.key, $0.value.count) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
  }

  private static func single(
    _ files: [File], _ filters: [BIDSFilter], in top: String
  ) throws(NNXError) -> [Case] {
    guard filters.count <= 1 else {
      throw NNXError(
        .usage, "the model has one channel, and --bids is given \(filters.count) times",
        fixes: ["Write all entities into one, with commas: --bids suffix=T1w,ses=01"])
    }
    let taken = filters.first.map { filter in files.filter { filter.takes($0.name) } } ?? files
    guard !taken.isEmpty else { throw none(files, filters[0]) }
    let suffixes = Set(taken.compactMap { $0.name.entities["suffix"] })
    guard suffixes.count == 1 || filters.first?.text.contains("suffix=") == true else {
      throw NNXError(
        .usage, "\(top) holds images of several kinds: \(kinds(taken))",
        details: ["The model was trained on one kind, and its name alone does not say which."],
        fixes: [
          "Say which: --bids suffix=\(suffixes.sorted()[0])", "All of them: --bids suffix='*'",
        ])
    }
    return taken.map { Case(name: $0.place, images: [$0.path]) }
  }

  private static func several(
    _ files: [File], _ filters: [BIDSFilter], _ channels: [String], _ model: String
  ) throws(NNXError) -> [Case] {
    guard filters.count == channels.count else {
      throw NNXError(
        .usage,
        "\(model) needs \(channels.count) images per case, and \(filters.count) --bids say which",
        details: ["It expects, in this order: " + channels.joined(separator: ", ")],
        fixes: ["Give one for each, in this order: --bids suffix=T1w --bids suffix=FLAIR …"])
    }
    for filter in filters where !files.contains(where: { filter.takes($0.name) }) {
      throw none(files, filter)
    }
    return Dictionary(grouping: files, by: \.name.visit).sorted { $0.key < $1.key }.compactMap {
      visit, files in
      let found = filters.map { filter in files.filter { filter.takes($0.name) } }
      // A visit with none of the kinds is no case.
      guard let first = found.first(where: { !$0.isEmpty })?.first else { return nil }
      let name = "\(parentFolder(first.place))/\(visit)"
      var item = Case(name: name, images: found.compactMap { $0.first?.path })
      if let index = found.firstIndex(where: { $0.count != 1 }) {
        item.problem = wrongCount(visit, channels[index], filters[index], found[index].map(\.path))
      }
      return item
    }
  }

  private static func wrongCount(
    _ visit: String, _ channel: String, _ filter: BIDSFilter, _ paths: [String]
  ) -> NNXError {
    NNXError(
      .channels,
      paths.isEmpty
        ? "\(visit) has no image of \(filter.text) for \(channel)"
        : "\(visit) has \(paths.count) images of \(filter.text) for \(channel)",
      details: paths,
      fixes: further(paths).map { ["Choose by a further entity: --bids \(filter.text),\($0)"] }
        ?? [])
  }

  /// An entity that tells images apart, as a filter has it: an empty label is for names without the entity.
  private static func further(_ paths: [String]) -> String? {
    let names = paths.compactMap { BIDSName(ImageName($0).stem) }
    let entities = Set(names.flatMap(\.entities.keys)).sorted()
    let telling = entities.first { entity in
      Set(names.map { $0.entities[entity] ?? "" }).count > 1
    }
    return telling.map { "\($0)=\(names[0].entities[$0] ?? "")" }
  }

  private static func none(_ files: [File], _ filter: BIDSFilter) -> NNXError {
    NNXError(
      .noImages, "no image is of \(filter.text)",
      details: ["There are \(kinds(files))", "such as \(files[0].path)"],
      fixes: [
        "Choose by what the names say: --bids suffix=\(files[0].name.entities["suffix"] ?? "")"
      ])
  }
}

/// `participants.tsv` of a BIDS tree: what is known of each subject.
private struct Participants {
  private let facts: [String: [Case.Fact]]

  /// - Throws: `broken-table`.
  init(_ top: String) throws(NNXError) {
    let path = "\(top)/participants.tsv"
    guard Folder.isFile(path) else {
      facts = [:]
      return
    }
    let table = try DelimitedReader(path, separator: "\t")
    var facts: [String: [Case.Fact]] = [:]
    for row in table.rows {
      guard let subject = table.field("participant_id", of: row) else { continue }
      facts[subject] = zip(table.columns, row).filter { $0.0 != "participant_id" }
        .map { Case.Fact($0, $1) }
    }
    self.facts = facts
  }

  func of(_ place: String) -> [Case.Fact] {
    facts[String(place.prefix { $0 != "/" })] ?? []
  }
}
