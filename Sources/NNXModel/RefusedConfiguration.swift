import NNXSystem

/// A configuration of a model that nnx cannot run, beside others that it can.
package struct RefusedConfiguration: Codable, Equatable, Sendable {
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

  private enum CodingKeys: CodingKey { case configuration, trainer, plans }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    configuration = try members.decode(String.self, forKey: .configuration)
    trainer = try members.decodeIfPresent(String.self, forKey: .trainer) ?? ""
    plans = try members.decodeIfPresent(String.self, forKey: .plans) ?? ""
    reason = try UnsupportedReason.read(decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(configuration, forKey: .configuration)
    try members.encode(trainer, forKey: .trainer)
    try members.encode(plans, forKey: .plans)
    try UnsupportedReason(wrappedValue: reason).encode(to: encoder)
  }
}
