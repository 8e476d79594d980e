import NNXSystem

/// github.com: the files of releases, with the size of each and the SHA-256 of those that were uploaded
/// since June 2025.
///
/// Files lie on machines of their own, behind one redirect. The API counts what it is asked: 60 questions an
/// hour without a token, and says no with 403.
struct GitHub: PublishingHost {
  let hosts: Set<String> = ["github.com", "api.github.com"]
  let redirectTargets: Set<String> = [
    "release-assets.githubusercontent.com", "objects.githubusercontent.com",
  ]
  let token: HostToken

  /// Bytes of an answer; a release of a hundred files has about 200,000.
  private static let longest = 8 << 20

  init(token: String? = nil) {
    self.token = HostToken(host: "api.github.com", variable: "GITHUB_TOKEN", value: token)
  }

  /// `OWNER/REPOSITORY/TAG`, as it stands in the address of a release's file.
  func record(of url: String) -> String? {
    let parts = addressParts(url, of: "github.com")
    guard parts.count == 6, parts[2...3] == ["releases", "download"] else { return nil }
    return "\(parts[0])/\(parts[1])/\(parts[4])"
  }

  func isLimited(_ head: HTTPHead) -> Bool {
    head.status == 403 && (head["x-ratelimit-remaining"] == "0" || head["retry-after"] != nil)
  }

  func files(of record: String, asking web: Web) throws(NNXError) -> [RemoteFile] {
    let parts = record.split(separator: "/", maxSplits: 2).map(String.init)
    guard parts.count == 3 else { throw GitHub.noRelease(record) }
    let repository = "\(parts[0])/\(parts[1])"
    let url = "https://api.github.com/repos/\(repository)/releases/tags/\(parts[2])"
    let release = try web.record(
      at: url, headers: [("Accept", "application/vnd.github+json")], atMost: GitHub.longest,
      name: "release \(record)"
    ) { GitHub.noRelease(record) }
    guard let assets = release["assets"]?.array else {
      throw NNXError(.hostRefused, "\(url) answered with a release that lists no files")
    }
    return try assets.map { (asset) throws(NNXError) in
      let refusal = NNXError(.hostRefused, "\(url) answered with a file without name or size")
      guard let name = asset["name"]?.string, let size = try asset["size"]?.statedSize(refusal)
      else { throw refusal }
      return RemoteFile(
        name: name,
        urls: [
          "https://github.com/\(repository)/releases/download/\(parts[2])/\(percentEncoded(name))"
        ], size: size, sha256: try sha256(asset["digest"], of: name, from: url))
    }
  }

  /// `sha256:<hex>`; `null` for files of before June 2025.
  private func sha256(
    _ digest: OrderedJSON?, of name: String, from url: String
  ) throws(NNXError) -> String? {
    guard let text = digest?.string, text.hasPrefix("sha256:") else { return nil }
    let digits = String(text.dropFirst(7)).lowercased()
    guard SHA256Text.flaw(of: digits) == nil else {
      throw NNXError(.hostRefused, "\(url) answered with a digest of \(name) that is none")
    }
    return digits
  }

  private static func noRelease(_ record: String) -> NNXError {
    NNXError(
      .recordNotFound, "there is no release \(record) on GitHub",
      fixes: [
        "Check owner, repository and tag", "See if a newer registry knows it: nnx registry update",
      ])
  }
}
