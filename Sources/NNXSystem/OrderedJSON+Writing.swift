extension OrderedJSON {
  /// The value as JSON text.
  ///
  /// - Parameter pretty: two-space indentation, one member a line; otherwise one line.
  ///
  /// Numbers that JSON cannot hold (NaN, infinities) are written as `null`.
  package func text(pretty: Bool = false) -> String {
    var output = ""
    write(into: &output, indentation: pretty ? 0 : nil)
    return output
  }

  private func write(into output: inout String, indentation: Int?) {
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .int(let value): output += String(value)
    case .double(let value): output += value.isFinite ? "\(value)" : "null"
    case .string(let value): OrderedJSON.quote(value, into: &output)
    case .array(let values):
      let isShort = values.allSatisfy { $0.array == nil && $0.members == nil }
      OrderedJSON.write(
        values, "[", "]", indentation: isShort ? nil : indentation, into: &output
      ) { value, output, inner in
        value.write(into: &output, indentation: inner)
      }
    case .object(let members):
      OrderedJSON.write(members, "{", "}", indentation: indentation, into: &output) {
        member, output, inner in
        OrderedJSON.quote(member.key, into: &output)
        output += ": "
        member.value.write(into: &output, indentation: inner)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ open: String, _ close: String, indentation: Int?,
    into output: inout String, element: (Element, inout String, Int?) -> Void
  ) {
    output += open
    let inner = indentation.map { $0 + 2 }
    for (index, item) in elements.enumerated() {
      if index > 0 { output += inner == nil ? ", " : "," }
      if let inner { output += "\n" + String(repeating: " ", count: inner) }
      element(item, &output, inner)
    }
    if let indentation, !elements.isEmpty {
      output += "\n" + String(repeating: " ", count: indentation)
    }
    output += close
  }

  private static func quote(_ text: String, into output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case _ where scalar.isObeyed:
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
