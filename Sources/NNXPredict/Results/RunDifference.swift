import NNXImage
import NNXSystem

/// What of an earlier run is not as it would be now, in words: whatever may change a voxel counts. Where a
/// file lies does not, only its bytes do.
enum RunDifference {
  /// - Parameters:
  ///   - old: the model of a record, or the models.
  ///   - new: of this run.
  static func ofModels(_ old: OrderedJSON, _ new: OrderedJSON) -> [String] {
    let (before, now) = (old.array ?? [old], new.array ?? [new])
    guard
      before.count != now.count || zip(before, now).contains(where: { !isSameModel($0, $1) })
    else { return [] }
    func names(_ models: [OrderedJSON], _ keys: [String]) -> String {
      models.map { model in
        keys.compactMap { model[$0]?.string }.map { $0.prefix(24) }.joined(separator: " ")
      }.joined(separator: ", ")
    }
    let (made, own) = (names(before, ["name", "version"]), names(now, ["name", "version"]))
    if made != own { return ["made with \(made), now \(own)"] }
    return ["the model \(own) has changed since"]
  }

  /// Whether two identities are of one model, of which one may have networks or folds that the other lacks: those
  /// that ran are told by their weights.
  private static func isSameModel(_ old: OrderedJSON, _ new: OrderedJSON) -> Bool {
    if old["digest"] == new["digest"] { return true }
    guard old["name"] == new["name"], old["version"] == new["version"] else { return false }
    func files(_ model: OrderedJSON) -> [String: String] {
      let all = (model["source"]?.array ?? []).compactMap { file in
        file["file"]?.string.flatMap { name in file["sha256"]?.string.map { (name, $0) } }
      }
      return Dictionary(all, uniquingKeysWith: { first, _ in first })
    }
    let (before, now) = (files(old), files(new))
    let shared = Set(before.keys).intersection(now.keys)
    return before.count != now.count && shared.count == min(before.count, now.count)
      && !shared.isEmpty && shared.allSatisfy { before[$0] == now[$0] }
  }

  /// - Parameters:
  ///   - old: settings of a record.
  ///   - new: of this run.
  static func ofSettings(_ old: OrderedJSON, _ new: OrderedJSON) -> [String] {
    let hadRecipe = !(old["recipe"]?.isNull ?? true)
    let hasRecipe = !(new["recipe"]?.isNull ?? true)
    guard hadRecipe == hasRecipe else {
      return [
        hadRecipe
          ? "made with the publisher's recipe, now nnU-Net's own labels"
          : "made with nnU-Net's own labels, now with the publisher's recipe"
      ]
    }
    if let count = old["ensemble"]?.array?.count ?? (new["ensemble"] == nil ? nil : 1),
      let own = new["ensemble"]?.array?.count ?? (old["ensemble"] == nil ? nil : 1), count != own
    {
      return ["made with \(count == 1 ? "one network" : "\(count) networks"), now \(own)"]
    }
    var found: [String] = []
    var keys = (old.members ?? []).map(\.key)
    keys += (new.members ?? []).map(\.key).filter { !keys.contains($0) }
    for key in keys where old[key] != new[key] {
      found += difference(key, old[key] ?? .null, new[key] ?? .null)
    }
    // Other folds or checkpoints have other weights: said once.
    return found.count > 1 ? found.filter { $0 != otherWeights } : found
  }

  private static let otherWeights = "the weights have changed since"

  private static func difference(
    _ key: String, _ old: OrderedJSON, _ new: OrderedJSON
  ) -> [String] {
    switch key {
    case "threads": return []
    case "folds":
      func text(_ folds: OrderedJSON) -> String {
        let names = folds.array?.compactMap(\.string) ?? []
        return (names.count == 1 ? "fold " : "folds ") + names.joined(separator: " ")
      }
      return ["made with \(text(old)), now \(text(new))"]
    case "weightsSha256": return [otherWeights]
    case "configuration", "checkpoints":
      func text(_ value: OrderedJSON) -> String {
        value.string ?? value.array?.compactMap(\.string).joined(separator: ", ") ?? "none"
      }
      return ["made with \(text(old)), now \(text(new))"]
    case "mirrorAxes":
      func text(_ axes: OrderedJSON) -> String {
        axes.array?.isEmpty == false ? "with mirroring" : "without mirroring"
      }
      let (made, own) = (text(old), text(new))
      return [made == own ? "made with other axes of mirroring" : "made \(made), now \(own)"]
    case "tileStep":
      func text(_ step: OrderedJSON) -> String { step.double.map { "\($0)" } ?? "none" }
      return ["made with --step-size \(text(old)), now \(text(new))"]
    case "postprocessing":
      func text(_ rules: OrderedJSON) -> String {
        rules.array?.isEmpty == false ? "with post-processing" : "without post-processing"
      }
      let (made, own) = (text(old), text(new))
      return [made == own ? "made with other post-processing" : "made \(made), now \(own)"]
    case "allowed":
      // What is allowed and was not needed changes nothing.
      let now = new.array ?? []
      let gone = (old.array ?? []).filter { !now.contains($0) }.compactMap(\.string)
      return gone.isEmpty ? [] : ["made with --allow \(gone.joined(separator: " ")), now without"]
    case "ensemble", "networks":
      return zip(old.array ?? [], new.array ?? []).flatMap { before, now in
        let name = now["step"]?.string ?? now["configuration"]?.string ?? key
        return ofSettings(before, now).map { "\(name): \($0)" }
      }
    case "previousStage":
      guard old.members != nil, new.members != nil else {
        // Of a file, its digest counts.
        return old.string != nil && new.string != nil
          ? [] : ["made with another segmentation of the stage before"]
      }
      return ofSettings(old, new).map { "the stage before: \($0)" }
    case "previousStageSha256":
      return old.isNull || new.isNull
        ? [] : ["the segmentation of the stage before has changed since"]
    // Of a localizer, its digest counts.
    case "localizer": return []
    case "localizerSha256":
      return [
        old.isNull
          ? "made without a localizer"
          : new.isNull ? "made with a localizer" : "made with another localizer"
      ]
    case "segType":
      // Records of before do not tell, and binary was the rule.
      let (made, own) = (old.string ?? "binary", new.string ?? "binary")
      return made == own ? [] : ["made with --seg-type \(made), now \(own)"]
    case "recipe": return ["the publisher's recipe has changed since"]
    default: return ["made with another \(key)"]
    }
  }

  /// How a difference begins that another image makes.
  static let otherImage = "made of "

  /// - Parameters:
  ///   - input: what a record says of an image.
  ///   - path: of the image now.
  /// - Returns: `nil` where they have the same bytes.
  static func ofImage(_ input: OrderedJSON, _ path: String) throws(NNXError) -> String? {
    let further = furtherFiles(ofImage: path)
    let known = input["files"]?.array ?? []
    var isSame = input["sha256"]?.string == (try imageDigest(path))
    isSame = isSame && further.count == known.count
    for (file, own) in zip(known, further) where isSame {
      isSame = file["sha256"]?.string == (try Digest.ofFile(own, .sha256))
    }
    if isSame { return nil }
    let name = input["path"]?.string ?? ""
    return name == path
      ? "the image \(path) has changed since" : "\(otherImage)\(name), now \(path)"
  }
}
