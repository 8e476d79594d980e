import NNXSystem

/// What prediction reads of a v2 `dataset.json`.
package struct DatasetJSON: Equatable, Sendable {
  /// Names of the image channels in order.
  package var channels: [String]
  package var labels: Labels
  /// With the dot.
  package var fileEnding: String
  /// Present in some files; folders are a better source.
  package var name: String?

  static let mostLabels = 65_535
  static let mostChannels = 1024

  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`, `invalid-model`.
  package init(contentsOf path: String) throws(NNXError) {
    try self.init(try OrderedJSON(contentsOf: path), source: path)
  }

  /// - Throws: `invalid-model`.
  package init(_ json: OrderedJSON, source: String) throws(NNXError) {
    let fields = JSONFields(json, source: source)
    channels = try DatasetJSON.channels(fields)
    labels = try DatasetJSON.labels(fields)
    fileEnding = try fields.optionalString("file_ending") ?? ".nii.gz"
    name = fields.optional("name")?.string
  }

  /// `modality` of older files takes precedence over `channel_names`, as in nnU-Net.
  private static func channels(_ fields: JSONFields) throws(NNXError) -> [String] {
    let key = fields.optional("modality") == nil ? "channel_names" : "modality"
    let members = try fields.object(key).json.members ?? []
    guard (1...mostChannels).contains(members.count) else {
      throw fields.failure("'\(key)' names \(members.count) channels")
    }
    var names: [String] = []
    for index in members.indices {
      guard let name = members.first(where: { $0.key == String(index) })?.value.string else {
        throw fields.failure("'\(key)' has no channel \(index)")
      }
      names.append(name)
    }
    return names
  }

  /// `LabelManager.__init__` and `_get_regions` of nnunetv2/utilities/label_handling.
  private static func labels(_ fields: JSONFields) throws(NNXError) -> Labels {
    var entries: [Labels.Entry] = []
    var ignore: Int?
    let members = try fields.object("labels").json.members ?? []
    guard members.count <= mostLabels else { throw fields.failure("too many labels") }
    for member in members {
      let values = member.value.array ?? [member.value]
      let numbers = values.compactMap(\.int)
      guard !numbers.isEmpty, numbers.count == values.count,
        numbers.allSatisfy({ (0...mostLabels).contains($0) })
      else { throw fields.failure("the label '\(member.key)' has no value") }
      if member.key == "ignore" {
        guard member.value.array == nil else { throw fields.failure("'ignore' is a region") }
        ignore = numbers[0]
      }
      entries.append(Labels.Entry(name: member.key, values: numbers))
    }
    guard entries.contains(where: { $0.name == "background" && $0.values == [0] }) else {
      throw fields.failure("the label 'background' is not 0")
    }
    var labels = Labels(entries: entries, ignore: ignore)
    if let ignore, ignore != (labels.foreground.last ?? 0) + 1 {
      throw fields.failure("'ignore' is not one more than the largest label")
    }
    if entries.contains(where: { $0.values.count > 1 }) {
      let order = try fields.ints("regions_class_order")
      guard order.count == labels.regions.count, order.allSatisfy({ (0...mostLabels).contains($0) })
      else {
        throw fields.failure(
          "'regions_class_order' has \(order.count) values for \(labels.regions.count) regions")
      }
      labels.regionsClassOrder = order
    }
    return labels
  }
}

extension Labels {
  /// The entries that are predicted as regions, in the order of the logits' channels: all but
  /// `ignore` and those that are background alone.
  package var regions: [Entry] {
    entries.filter { entry in
      entry.values.contains { $0 != 0 } && !(ignore != nil && entry.values == [ignore ?? 0])
    }
  }
}
