import NNXSystem

/// What stands in a claim, `nnx.claim/1`: who works on a case, and how far it is.
///
/// The file's time of change is its heartbeat; a claim whose file is empty was being written when its
/// worker ended.
package struct Claim: Codable, Equatable, Sendable {
  package var schema = "nnx.claim/1"
  /// One for each worker: a name that no other process has.
  package var token: String
  /// Name of the case, for people.
  package var `case`: String
  package var worker: WorkerIdentity
  /// Seconds without a heartbeat after which its own worker counts as dead.
  package var stale: Double
  /// What is being done: a `ProgressEvent.Stage`, or `start`.
  package var stage = "start"
  /// Patches that the networks are through, of so many; `nil` while there are none.
  package var done: Int?
  package var of: Int?

  private enum CodingKeys: String, CodingKey {
    case schema, token, `case`, stale, stage, done, of
  }

  package init(token: String, case name: String, worker: WorkerIdentity, stale: Double) {
    (self.token, self.case, self.worker, self.stale) = (token, name, worker, stale)
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    schema = try fields.decode(String.self, forKey: .schema)
    guard schema.hasPrefix("nnx.claim/") else { throw DocumentProblem(at: "schema", "is another") }
    token = try fields.decode(String.self, forKey: .token)
    `case` = try fields.decode(String.self, forKey: .case)
    stale = try fields.decode(Double.self, forKey: .stale)
    stage = try fields.decode(String.self, forKey: .stage)
    done = try fields.decodeIfPresent(Int.self, forKey: .done)
    of = try fields.decodeIfPresent(Int.self, forKey: .of)
    worker = try WorkerIdentity(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(schema, forKey: .schema)
    try fields.encode(token, forKey: .token)
    try fields.encode(`case`, forKey: .case)
    try worker.encode(to: encoder)
    try fields.encode(stale, forKey: .stale)
    try fields.encode(stage, forKey: .stage)
    try fields.encode(done, forKey: .done)
    try fields.encode(of, forKey: .of)
  }

  /// - Returns: `nil` for a file that is no whole claim.
  package init?(contentsOf path: String) {
    guard let json = try? OrderedJSON(contentsOf: path), let own = try? json.decode(Claim.self)
    else { return nil }
    self = own
  }
}
