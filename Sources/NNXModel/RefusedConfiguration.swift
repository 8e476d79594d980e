import NNXSystem

/// A configuration of a model that nnx cannot run, beside others that it can.
package struct RefusedConfiguration: Equatable, Sendable {
  package var configuration: String
  /// Why, and how nnU-Net runs it.
  package var reason: NNXError

  package init(configuration: String, reason: NNXError) {
    self.configuration = configuration
    self.reason = reason
  }
}

extension RefusedConfiguration {
  var json: OrderedJSON {
    [
      "configuration": .string(configuration), "message": .string(reason.message),
      "details": OrderedJSON(reason.details), "fixes": OrderedJSON(reason.fixes),
    ]
  }

  init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      configuration: try fields.string("configuration"),
      reason: NNXError(
        .unsupportedNetwork, try fields.string("message"), details: try fields.strings("details"),
        fixes: try fields.strings("fixes")))
  }
}
