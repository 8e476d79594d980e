import NNXSystem

/// The first part of a weights file, with all rules of docs/format/weights.md checked.
struct WeightsHeader {
  /// Bytes; tensors begin at multiples of it.
  static let alignment = 64
  /// Bytes of the JSON text.
  static let largest = 16 << 20
  static let mostTensors = 100_000
  static let longestName = 256
  static let highestRank = 8
  static let format = "nnx-weights"
  static let version = "1"
  /// Names of the filler between tensors begin with this.
  static let padding = "_padding."

  let entries: [WeightsFile.Entry]
  let metadata: [String: String]

  static func failure(_ path: String, _ reason: String) -> NNXError {
    NNXError(
      .integrity, "\(path) is damaged: \(reason)",
      fixes: ["Repair the model with: nnx verify --repair"])
  }

  init(_ bytes: RawSpan, path: String) throws(NNXError) {
    func failure(_ reason: String) -> NNXError { WeightsHeader.failure(path, reason) }
    guard bytes.byteCount >= 8 else { throw failure("it is too short") }
    let length = bytes.littleEndian(UInt64.self, at: 0)
    guard length <= WeightsHeader.largest, Int(length) <= bytes.byteCount - 8 else {
      throw failure("its header has \(length) bytes")
    }
    let start = 8 + Int(length)
    guard start % WeightsHeader.alignment == 0 else { throw failure("its header is not aligned") }
    let text = bytes.copy(8..<start)
    guard text.first == UInt8(ascii: "{") else { throw failure("its header is no JSON object") }
    let json: OrderedJSON
    do throws(NNXError) {
      json = try OrderedJSON(parsing: text, source: path)
    } catch { throw failure("its header is no JSON") }
    guard let members = json.members, members.count <= WeightsHeader.mostTensors else {
      throw failure("its header is no object of tensors")
    }
    metadata = try WeightsHeader.metadata(json["__metadata__"], path)
    var all: [(range: Range<Int>, type: String, entry: WeightsFile.Entry)] = []
    for member in members where member.key != "__metadata__" {
      all.append(try WeightsHeader.tensor(member, start, bytes.byteCount, path))
    }
    all.sort { $0.range.lowerBound < $1.range.lowerBound }
    var end = start
    for item in all {
      guard item.range.lowerBound == end else { throw failure("its tensors overlap or leave gaps") }
      end = item.range.upperBound
      guard item.type == "F32" else { continue }
      guard item.range.lowerBound % WeightsHeader.alignment == 0 else {
        throw failure("the tensor '\(item.entry.name)' is not aligned")
      }
    }
    guard end == bytes.byteCount else { throw failure("it does not end where its tensors do") }
    entries = all.filter { $0.type == "F32" }.map(\.entry)
  }

  private static func metadata(
    _ json: OrderedJSON?, _ path: String
  ) throws(NNXError) -> [String: String] {
    var metadata: [String: String] = [:]
    for member in json?.members ?? [] {
      guard let text = member.value.string else { throw failure(path, "metadata that is no text") }
      metadata[member.key] = text
    }
    guard metadata["format"] == format, metadata["version"] == version else {
      throw failure(path, "it is not in version \(version) of the format \(format)")
    }
    return metadata
  }

  private static func tensor(
    _ member: OrderedJSON.Member, _ start: Int, _ fileSize: Int, _ path: String
  ) throws(NNXError) -> (range: Range<Int>, type: String, entry: WeightsFile.Entry) {
    let name = member.key
    let wrong = failure(path, "the entry of '\(printable(name))' breaks the format")
    guard (1...longestName).contains(name.utf8.count),
      name.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }),
      member.value.members?.count == 3, let type = member.value["dtype"]?.string,
      let axes = member.value["shape"]?.array, axes.count <= highestRank,
      let offsets = member.value["data_offsets"]?.array?.map(\.plainInt), offsets.count == 2,
      let first = offsets[0], let last = offsets[1], 0 <= first, first < last,
      last <= fileSize - start
    else { throw wrong }
    guard type == (name.hasPrefix(padding) ? "U8" : "F32") else { throw wrong }
    var size = type == "F32" ? 4 : 1
    var shape: [Int] = []
    for axis in axes {
      guard let extent = axis.plainInt, extent > 0 else { throw wrong }
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw wrong }
      size = product
      shape.append(extent)
    }
    guard size == last - first else { throw wrong }
    let entry = WeightsFile.Entry(name: name, shape: shape, offset: start + first)
    return (start + first..<start + last, type, entry)
  }
}

extension OrderedJSON {
  /// The number of a JSON integer; `nil` for `1.0`.
  fileprivate var plainInt: Int? {
    guard case .int(let value) = self else { return nil }
    return value
  }
}
