import NNXSystem

/// Compares a segmentation, the images it was made from and the model that made it with what the record
/// of the run says of them (docs/format/run-record.md).
package struct RunVerification: Sendable {
  package enum State: String, Sendable {
    case ok, changed
    /// Not where the record says, or not in the store.
    case missing
    case unreadable
    /// The record has no digest to compare with.
    case unknown
  }

  package struct Check: Equatable, Sendable {
    /// `record`, `output`, `name`, `uncertainty`, `probabilities`, `stats`, `preview`, `spacing`, `input`, `model` or
    /// `weights`.
    package var kind: String
    /// A path, or the name and version of a model.
    package var item: String
    package var state: State
    package var expected: String?
    package var got: String?
  }

  /// Path of the record.
  package let record: String
  package let checks: [Check]

  /// Whether nothing differs: the segmentation is there and what was written, and of images and models
  /// all that are here are those that were used.
  package var isClean: Bool {
    checks.allSatisfy { check in
      switch check.state {
      case .ok, .unknown: true
      case .missing: !["output", "weights"].contains(check.kind)
      case .changed, .unreadable: false
      }
    }
  }

  /// - Parameters:
  ///   - path: of the record.
  ///   - segmentation: `nil`: the file of the record's name beside the record.
  ///   - installed: the models of the store.
  ///   - recordPath: where the record of a segmentation lies.
  ///   - kind: what a file beside a segmentation is, by its path and the segmentation's.
  ///   - seriesDigest: the digest of a series of DICOM at an address; `nil` where there is none.
  /// - Throws: `file-not-found`, `invalid-json`, `invalid-record`.
  package init(
    _ path: String, segmentation: String?, installed: [InstalledModel],
    recordPath: (_ segmentation: String) -> String = { _ in "" },
    kind: (_ path: String, _ segmentation: String) -> String = { _, _ in "file" },
    seriesDigest: (_ address: String) -> String? = { _ in nil }
  ) throws(NNXError) {
    let json: OrderedJSON
    do throws(NNXError) { json = try OrderedJSON(contentsOf: path) } catch {
      if let segmentation, Folder.kind(path) == nil, Folder.kind(segmentation) != nil {
        throw NNXError(
          .fileNotFound, "\(segmentation) has no record: there is no \(path)",
          fixes: ["Where it was renamed, give the record its name, too"])
      }
      throw error.advising(
        "The record is damaged: bring it back from a copy, or move it and its segmentation away "
          + "and predict again")
    }
    guard json["schema"]?.string?.hasPrefix("nnx.run/") == true,
      let output = json["output"], let written = output["path"]?.string
    else {
      throw NNXError(
        .invalidRecord, "\(path) is no record of a run",
        fixes: ["Give a segmentation that nnx predict wrote, or the .nnx.json beside it"])
    }
    record = path
    let folder = parentFolder(path)
    let name = lastComponent(written)
    let place = segmentation ?? "\(folder)/\(name)"
    var checks = [RunVerification.file("output", place, output["sha256"]?.string)]
    if json.isSealBroken { checks.append(Check(kind: "record", item: path, state: .changed)) }
    // Result and record may have been given another case's name together.
    let own = lastComponent(recordPath(name))
    if !own.isEmpty, own != lastComponent(path) || lastComponent(place) != name {
      checks.append(
        Check(
          kind: "name", item: place, state: .changed, expected: name, got: lastComponent(place)))
    }
    for entry in json["files"]?.array ?? [] {
      guard let file = entry["path"]?.string, lastComponent(file) != name,
        file != json["uncertainty"]?["path"]?.string.map(lastComponent)
      else { continue }
      checks.append(
        RunVerification.file(
          kind(file, written), file.hasPrefix("/") ? file : "\(folder)/\(file)",
          entry["sha256"]?.string))
    }
    if let map = json["uncertainty"]?["path"]?.string {
      let name = map.split(separator: "/").last.map(String.init) ?? map
      let place = ["\(folder)/\(name)", map].first(where: Folder.isFile)
      checks.append(
        RunVerification.file(
          "uncertainty", place ?? map, json["uncertainty"]?["sha256"]?.string))
    }
    for input in json["input"]?.array ?? [] {
      guard let path = input["path"]?.string else { continue }
      let places =
        path.hasPrefix("/")
        ? [path]
        : [json["folder"]?.string.map { "\($0)/\(path)" }, path, "\(folder)/\(path)"]
          .compactMap(\.self)
      var check = RunVerification.file(
        "input", places.first(where: Folder.isFile) ?? path, input["sha256"]?.string)
      if check.state == .missing || check.state == .changed, let expected = check.expected {
        // Of a series, which is no one file.
        for place in places {
          guard let digest = seriesDigest(place) else { continue }
          (check.item, check.got) = (place, digest)
          check.state = digest == expected ? .ok : .changed
          break
        }
      }
      checks.append(check)
    }
    let models = (json["model"]?.array ?? json["models"]?.array ?? [json["model"] ?? .null])
      .filter { !$0.isNull }
    var used: [InstalledModel] = []
    for model in models {
      let (check, own) = RunVerification.model(model, installed)
      checks.append(check)
      if let own { used.append(own) }
    }
    // Weights can be looked for only where the models are here.
    if !used.isEmpty, used.count == models.count {
      checks += RunVerification.weights(json["settings"] ?? .null).map { fold in
        RunVerification.weights(fold.name, fold.digest, used)
      }
    }
    self.checks = checks
  }

  private static func file(_ kind: String, _ path: String, _ expected: String?) -> Check {
    var check = Check(kind: kind, item: path, state: .missing, expected: expected)
    guard Folder.isFile(path) else { return check }
    guard let expected else {
      check.state = .unknown
      return check
    }
    check.got = try? Digest.ofFile(path, .sha256)
    check.state = check.got == nil ? .unreadable : check.got == expected ? .ok : .changed
    return check
  }

  /// The model of the record in the store: of its version, of whatever digest.
  private static func model(
    _ model: OrderedJSON, _ installed: [InstalledModel]
  ) -> (Check, InstalledModel?) {
    let (name, version) = (model["name"]?.string ?? "", model["version"]?.string ?? "")
    var check = Check(
      kind: "model", item: "\(name) \(version)", state: .missing,
      expected: model["digest"]?.string)
    let same = installed.filter { $0.name == name && $0.version == version }
    guard let own = same.first(where: { $0.receipt.digest == check.expected }) ?? same.first else {
      return (check, nil)
    }
    check.got = own.receipt.digest
    let isSame = check.got == check.expected || isPart(model["source"] ?? .null, own.receipt)
    check.state = check.expected == nil ? .unknown : isSame ? .ok : .changed
    return (check, own)
  }

  /// Whether networks were added to the model, or left out, since the run: those that ran are told by their weights.
  private static func isPart(_ source: OrderedJSON, _ receipt: Receipt) -> Bool {
    func key(_ file: String, _ sha256: String) -> String { "\(sha256)  \(file)" }
    let before = Set(
      (source.array ?? []).compactMap { file in
        file["file"]?.string.flatMap { name in file["sha256"]?.string.map { key(name, $0) } }
      })
    let now = Set(
      receipt.source.archives.compactMap { archive in
        archive.sha256.map { key(archive.key, $0) }
      })
    return !before.isEmpty && !now.isEmpty && before.count != now.count
      && (before.isSubset(of: now) || now.isSubset(of: before))
  }

  /// The digests of all weights that the settings name, those of earlier stages and of the members of an
  /// ensemble, too.
  private static func weights(_ settings: OrderedJSON) -> [(name: String, digest: String)] {
    let digests = settings["weightsSha256"]?.array?.compactMap(\.string) ?? []
    let folds = settings["folds"]?.array?.compactMap(\.string) ?? []
    let configuration = settings["configuration"]?.string ?? ""
    let own = digests.enumerated().map { index, digest in
      ("\(configuration) fold \(index < folds.count ? folds[index] : "\(index)")", digest)
    }
    let nested =
      (settings.members ?? []).flatMap { $0.value.array ?? [$0.value] }
      .filter { $0.members != nil }
    return own + nested.flatMap(weights)
  }

  /// Reads the weights of a digest again.
  private static func weights(
    _ name: String, _ digest: String, _ models: [InstalledModel]
  ) -> Check {
    for model in models {
      if let known = model.receipt.files.first(where: { $0.sha256 == digest }) {
        let check = file("weights", "\(model.path)/\(known.path)", digest)
        return Check(
          kind: "weights", item: "\(model.name) \(name)", state: check.state, expected: digest,
          got: check.got)
      }
    }
    return Check(kind: "weights", item: name, state: .missing, expected: digest)
  }
}
