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
    let fields = PlansFields(json, source: source)
    channels = try DatasetJSON.channels(fields)
    labels = try DatasetJSON.labels(fields)
    fileEnding = try fields.optionalString("file_ending") ?? ".nii.gz"
    name = fields.optional("name")?.string
  }

  /// `modality` of older files takes precedence over `channel_names`, as in nnU-Net, which only counts
  /// their members (`determine_num_input_channels`): a list or other keys will do.
  private static func channels(_ fields: PlansFields) throws(NNXError) -> [String] {
    let key = fields.optional("modality") == nil ? "channel_names" : "modality"
    let value = try fields.value(key)
    guard let members = value.members ?? value.array?.map({ OrderedJSON.Member("", $0) }) else {
      throw fields.failure("'\(key)' is neither an object nor a list")
    }
    guard (1...mostChannels).contains(members.count) else {
      throw fields.failure("'\(key)' names \(members.count) channels")
    }
    // Keys that count from 0 say which channel is meant; by any others a channel is named by its place.
    let counted = members.indices.map { index in members.first { $0.key == String(index) } }
    let inOrder = counted.contains { $0 == nil } ? members : counted.compactMap { $0 }
    return inOrder.enumerated().map { index, member in
      member.value.string ?? member.value.int.map(String.init) ?? "channel \(index)"
    }
  }

  /// `LabelManager.__init__` and `_get_regions` of nnunetv2/utilities/label_handling.
  private static func labels(_ fields: PlansFields) throws(NNXError) -> Labels {
    var entries: [Labels.Entry] = []
    var ignore: Int?
    let members = try fields.object("labels").json.members ?? []
    guard members.count <= mostLabels else { throw fields.failure("too many labels") }
    for member in members {
      let values = member.value.array ?? [member.value]
      let numbers = values.compactMap(number)
      guard !numbers.isEmpty, numbers.count == values.count,
        numbers.allSatisfy({ (0...mostLabels).contains($0) })
      else { throw fields.failure("the label '\(member.key.excerpt)' has no value") }
      if member.key == "ignore" {
        guard member.value.array == nil else { throw fields.failure("'ignore' is a region") }
        guard member.value.string == nil else {
          throw fields.failure("'ignore' is a text; nnU-Net takes a number only")
        }
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
      // To nnU-Net a zero that is a text is not 0, and so one of the regions.
      let textual = members.first { member in
        (member.value.array ?? [member.value]).allSatisfy { $0.string.flatMap(integer) == 0 }
      }
      if let textual {
        throw fields.failure(
          "the label '\(textual.key)' is the text \"0\", which nnU-Net takes for a region; "
            + "write the number 0")
      }
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

  /// What Python's `int()` makes of a label's value: nnU-Net calls it on each.
  private static func number(_ value: OrderedJSON) -> Int? {
    if let bool = value.bool { return bool ? 1 : 0 }
    if let text = value.string { return integer(text) }
    return value.int ?? value.double.flatMap { Int(exactly: $0.rounded(.towardZero)) }
  }

  /// `int("1")`: digits with a sign, and blanks around them.
  private static func integer(_ text: String) -> Int? {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]
    let end = text.utf8.reversed().drop { blanks.contains($0) }.reversed()
    return Int(String(decoding: end.drop { blanks.contains($0) }, as: UTF8.self))
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
