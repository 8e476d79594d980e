import NNXSystem

/// The cases that a folder of results is to have, as whoever began it named them: what is not there yet is told from
/// what nobody asked for. Schema `nnx.cohort/1`, docs/gather.md.
///
/// It lies in `OUT/.nnx/cohort/`, one file for each set of inputs: runs of different inputs into one folder replace
/// nobody's list, and the same command writes the same bytes.
package struct CohortList: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package let name: String
    package let images: [String]
    /// Path of its segmentation from the folder of results.
    package let result: String
    package let facts: [Case.Fact]
  }

  /// As `-m` named it.
  package let model: String
  /// Absolute paths; what is no path (`T1=3`) as it was given.
  package let inputs: [String]
  package let filters: [String]
  /// Words of `nnx predict …` that work on the cohort with the settings of whoever began it, without `--claim`;
  /// empty where they are not known.
  package let command: [String]
  /// Where relative paths of the command begin.
  package let start: String
  package let entries: [Entry]

  /// - Parameters:
  ///   - targets: of the cases, in a folder.
  ///   - filters: of a BIDS tree, as they were given.
  ///   - command: see there.
  /// - Returns: `nil` where results lie in no folder of a cohort.
  package init?(
    model: String, inputs: [String], filters: [String], command: [String] = [], _ cases: [Case],
    _ targets: OutputPaths
  ) {
    guard let folder = targets.folder else { return nil }
    self.model = model
    self.inputs = inputs.map(Folder.absolute)
    self.filters = filters
    (self.command, start) = (command, Folder.absolute("."))
    let prefix = folder == "/" ? 1 : folder.utf8.count + 1
    var folders: [String: String] = [:]
    func absolute(_ image: String) -> String {
      if image.utf8.first == UInt8(ascii: "/") { return image }
      let folder = parentFolder(image)
      let place = folders[folder] ?? Folder.absolute(folder)
      folders[folder] = place
      return "\(place)/\(lastComponent(image))"
    }
    entries = zip(cases, targets.segmentations).map { item, target in
      Entry(
        name: item.name, images: item.images.map(absolute),
        result: String(decoding: target.utf8.dropFirst(prefix), as: UTF8.self), facts: item.facts)
    }
  }

  private static func place(in folder: String) -> String { "\(folder)/.nnx/cohort" }

  /// - Parameter folder: of the results; `nil`: there is none, and nothing is written.
  /// - Throws: `cannot-write`, `no-space`.
  package func write(to folder: String?) throws(NNXError) {
    guard let folder else { return }
    let place = Self.place(in: folder)
    try Folder.create(place)
    let key = Digest.sha256((inputs + [""] + filters).joined(separator: "\0")).prefix(16)
    let path = "\(place)/\(key).json"
    let text = json.text(pretty: false) + "\n"
    if let file = try? FileReader(path), file.count == text.utf8.count,
      (try? file.bytes(at: 0, count: file.count)) == Array(text.utf8)
    {
      return
    }
    try AtomicFile.write(text, to: path)
  }

  private var json: OrderedJSON {
    [
      "schema": "nnx.cohort/1", "model": .string(model), "inputs": OrderedJSON(inputs),
      "filters": OrderedJSON(filters), "command": OrderedJSON(command), "folder": .string(start),
      "cases": .array(
        entries.map { entry in
          [
            "case": .string(entry.name), "images": OrderedJSON(entry.images),
            "result": .string(entry.result),
            "facts": .object(entry.facts.map { .init($0.column, .string($0.value)) }),
          ]
        }),
    ]
  }

  /// Paths of the lists of a folder of results.
  package static func paths(in folder: String) -> [String] {
    let place = place(in: folder)
    let names = (try? Folder.entries(place)) ?? []
    return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { "\(place)/\($0)" }
  }

  /// - Throws: `unreadable`, `invalid-json`, `invalid-record`.
  package init(contentsOf path: String) throws(NNXError) {
    let json = try OrderedJSON(contentsOf: path)
    guard json["schema"]?.string?.hasPrefix("nnx.cohort/") == true,
      let cases = json["cases"]?.array, let model = json["model"]?.string
    else {
      throw NNXError(
        .invalidRecord, "\(path) is no list of a cohort of nnx",
        fixes: ["Delete it: nnx predict and nnx submit write it anew"])
    }
    func texts(_ json: OrderedJSON?) -> [String] { json?.array?.compactMap(\.string) ?? [] }
    self.model = model
    (inputs, filters) = (texts(json["inputs"]), texts(json["filters"]))
    (command, start) = (texts(json["command"]), json["folder"]?.string ?? "")
    entries = cases.compactMap { item in
      guard let name = item["case"]?.string, let result = item["result"]?.string else { return nil }
      return Entry(
        name: name, images: texts(item["images"]), result: result,
        facts: (item["facts"]?.members ?? []).map { Case.Fact($0.key, $0.value.string ?? "") })
    }
  }
}
