import NNXSystem

/// A configuration of a model that nnx cannot run, beside others that it can.
package struct RefusedConfiguration: Equatable, Sendable {
  package var configuration: String
  package var trainer: String
  package var plans: String
  /// Why, and how nnU-Net runs it.
  package var reason: NNXError

  package init(configuration: String, trainer: String, plans: String, reason: NNXError) {
    self.configuration = configuration
    self.trainer = trainer
    self.plans = plans
    self.reason = reason
  }
}

extension RefusedConfiguration {
  func isOf(_ model: PublishedModel) -> Bool {
    configuration == model.configuration && trainer == model.trainer && plans == model.plans
  }

  var json: OrderedJSON {
    [
      "configuration": .string(configuration), "trainer": .string(trainer),
      "plans": .string(plans), "message": .string(reason.message),
      "details": OrderedJSON(reason.details), "fixes": OrderedJSON(reason.fixes),
    ]
  }

  init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      configuration: try fields.string("configuration"),
      trainer: try fields.optionalString("trainer") ?? "",
      plans: try fields.optionalString("plans") ?? "",
      reason: NNXError(
        .unsupportedNetwork, try fields.string("message"), details: try fields.strings("details"),
        fixes: try fields.strings("fixes")))
  }
}
