import NNXSystem

/// What a place where models are published has to say about itself; `Zenodo` is an example.
///
/// Its machines, where they lead to, who sees a token, when it wants to be left alone, and what a record
/// holds. Everything else is the same for every host and needs nothing: https, refusals, retries, redirects,
/// resumed downloads, parts of files, digests.
protocol PublishingHost: Sendable {
  /// The machines whose addresses are its own, in lower case, with the port unless it is 443.
  var hosts: Set<String> { get }
  /// Machines that its redirects lead to and that nobody asks otherwise; they see no token.
  var redirectTargets: Set<String> { get }
  /// Who sees the token, and what it is.
  var token: HostToken { get }

  /// When it wants to be asked again, as the head of an answer says, whether that succeeded or not.
  ///
  /// - Returns: seconds since 1970; `nil`: at any time.
  func notBefore(_ head: HTTPHead) -> Double?

  /// Whether an answer that looks like a refusal means that too much was asked.
  func isLimited(_ head: HTTPHead) -> Bool

  /// The record that holds the file at an address, as `files(of:asking:)` takes it; `nil`: this is no address
  /// of a file, or records are named by numbers of their own.
  func record(of url: String) -> String?

  /// The folder of a record that an address means; `nil`: this is no address of a folder.
  func folder(of url: String) -> PublishedFolder?

  /// The files of a record: their names and addresses, with every size and digest that the host states.
  ///
  /// - Parameters:
  ///   - record: as the host names it.
  ///   - web: what asks.
  /// - Throws: `record-not-found`, `offline`, `unreachable`, `host-refused`.
  func files(of record: String, asking web: Web) throws(NNXError) -> [RemoteFile]
}

extension PublishingHost {
  var redirectTargets: Set<String> { [] }
  func notBefore(_ head: HTTPHead) -> Double? { head.rateLimitReset }
  func isLimited(_ head: HTTPHead) -> Bool { false }
  func record(of url: String) -> String? { nil }
  func folder(of url: String) -> PublishedFolder? { nil }
}

/// What proves to a host who asks.
struct HostToken: Sendable {
  /// The one machine that sees it.
  var host: String
  /// The environment variable that it comes from.
  var variable: String
  var value: String?
}

/// Every place of publication that nnx knows.
///
/// - Parameter settings: where tokens come from.
func publishingHosts(_ settings: Settings? = nil) -> [any PublishingHost] {
  [
    Zenodo(token: settings?.zenodoToken), GitHub(token: settings?.gitHubToken),
    HuggingFace(token: settings?.huggingFaceToken),
  ]
}
