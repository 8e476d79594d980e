import NNXSystem

/// An object of nnU-Net's plans, read field by field: which fields there are depends on the version that
/// wrote them. A missing or wrong field is an error that says where it is.
struct PlansFields {
  let json: OrderedJSON
  /// The file.
  let source: String
  /// Where in the file, as in `configurations.3d_fullres`; empty at the top.
  let place: String

  init(_ json: OrderedJSON, source: String, place: String = "") {
    self.json = json
    self.source = source
    self.place = place
  }

  func failure(_ reason: String) -> NNXError {
    NNXError(.invalidModel, "\(source): \(place.isEmpty ? "" : "\(place): ")\(reason)")
  }

  private func at(_ key: String, _ value: OrderedJSON) -> PlansFields {
    PlansFields(value, source: source, place: place.isEmpty ? key : "\(place).\(key)")
  }

  private func wrong(_ key: String, _ kind: String) -> NNXError {
    failure("'\(key)' is not \(kind)")
  }

  /// The field `key`; `nil` when it is absent or `null`.
  func optional(_ key: String) -> OrderedJSON? {
    guard let value = json[key], !value.isNull else { return nil }
    return value
  }

  func value(_ key: String) throws(NNXError) -> OrderedJSON {
    guard let value = optional(key) else { throw failure("'\(key)' is missing") }
    return value
  }

  func object(_ key: String) throws(NNXError) -> PlansFields {
    let value = try value(key)
    guard value.members != nil else { throw wrong(key, "an object") }
    return at(key, value)
  }

  func string(_ key: String) throws(NNXError) -> String {
    guard let value = try value(key).string else { throw wrong(key, "a text") }
    return value
  }

  func optionalString(_ key: String) throws(NNXError) -> String? {
    optional(key) == nil ? nil : try string(key)
  }

  func bool(_ key: String) throws(NNXError) -> Bool {
    guard let value = try value(key).bool else { throw wrong(key, "true or false") }
    return value
  }

  func optionalBool(_ key: String) throws(NNXError) -> Bool? {
    optional(key) == nil ? nil : try bool(key)
  }

  func int(_ key: String) throws(NNXError) -> Int {
    guard let value = try value(key).int else { throw wrong(key, "a whole number") }
    return value
  }

  func optionalInt(_ key: String) throws(NNXError) -> Int? {
    optional(key) == nil ? nil : try int(key)
  }

  /// A finite number.
  func double(_ key: String) throws(NNXError) -> Double {
    guard let value = try value(key).double, value.isFinite else { throw wrong(key, "a number") }
    return value
  }

  func optionalDouble(_ key: String) throws(NNXError) -> Double? {
    optional(key) == nil ? nil : try double(key)
  }

  func strings(_ key: String) throws(NNXError) -> [String] {
    try list(key, "a list of texts", \.string)
  }

  func ints(_ key: String) throws(NNXError) -> [Int] {
    try list(key, "a list of whole numbers", \.int)
  }

  func doubles(_ key: String) throws(NNXError) -> [Double] {
    try list(key, "a list of numbers") { $0.double.flatMap { $0.isFinite ? $0 : nil } }
  }

  func bools(_ key: String) throws(NNXError) -> [Bool] {
    try list(key, "a list of true and false", \.bool)
  }

  private func list<Element>(
    _ key: String, _ kind: String, _ element: (OrderedJSON) -> Element?
  ) throws(NNXError) -> [Element] {
    guard let array = try value(key).array else { throw wrong(key, kind) }
    let values = array.compactMap(element)
    guard values.count == array.count else { throw wrong(key, kind) }
    return values
  }
}
