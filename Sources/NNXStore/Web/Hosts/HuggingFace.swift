import NNXSystem

/// huggingface.co: the files of a model's repository, with the size of each; with the SHA-256 of those that
/// are stored beside git (the linked ETag), which all large ones are.
///
/// Files lie on machines of their own, behind one redirect (`/.well-known/meta.json` lists them).
struct HuggingFace: PublishingHost {
  let hosts: Set<String> = ["huggingface.co"]
  let redirectTargets: Set<String> = [
    "cas-bridge.xethub.hf.co", "transfer.xethub.hf.co", "transfer.xethub-eu.hf.co",
    "cdn-lfs.huggingface.co", "cdn-lfs.hf.co", "cdn-lfs-us-1.hf.co", "cdn-lfs-eu-1.hf.co",
    "aws.cdn.hf.co", "us.aws.cdn.hf.co", "us-east-1.aws.cdn.hf.co", "us-west-2.aws.cdn.hf.co",
    "eu-west-3.aws.cdn.hf.co", "ap-southeast-1.aws.cdn.hf.co", "us.gcp.cdn.hf.co",
    "us-east1.us.gcp.cdn.hf.co", "us-central1.us.gcp.cdn.hf.co", "us-west4.us.gcp.cdn.hf.co",
    "europe-west4.us.gcp.cdn.hf.co", "asia-southeast1.us.gcp.cdn.hf.co",
  ]
  let token: HostToken

  /// Bytes of an answer; a repository of ten thousand files has about four million.
  private static let longest = 16 << 20

  init(token: String? = nil) {
    self.token = HostToken(host: "huggingface.co", variable: "HF_TOKEN", value: token)
  }

  /// `OWNER/REPOSITORY/REVISION`, as it stands in the address of a file.
  func record(of url: String) -> String? {
    let parts = addressParts(url, of: "huggingface.co")
    guard parts.count >= 5, parts[2] == "resolve" else { return nil }
    return "\(parts[0])/\(parts[1])/\(parts[3])"
  }

  /// `OWNER/REPOSITORY`, or `OWNER/REPOSITORY/tree/REVISION/FOLDER` as a browser shows it.
  func folder(of url: String) -> PublishedFolder? {
    let parts = addressParts(url, of: "huggingface.co").map { percentDecoded($0) ?? $0 }
    guard parts.count == 2 || (parts.count >= 4 && parts[2] == "tree") else { return nil }
    let revision = parts.count > 2 ? parts[3] : "main"
    let path = parts.dropFirst(4).joined(separator: "/")
    guard !["api", "datasets", "spaces", "models", "docs"].contains(parts[0]),
      path.isEmpty || RelativePath.flaw(of: path) == nil
    else { return nil }
    let repository = "\(parts[0])/\(parts[1])"
    return PublishedFolder(
      record: "\(repository)/\(revision)",
      base: "https://huggingface.co/\(repository)/resolve/\(revision)/", path: path,
      name: path.isEmpty ? parts[1] : lastComponent(path))
  }

  func files(of record: String, asking web: Web) throws(NNXError) -> [RemoteFile] {
    let parts = record.split(separator: "/", maxSplits: 2).map(String.init)
    guard parts.count == 3 else { throw HuggingFace.noRepository(record) }
    let repository = "\(parts[0])/\(parts[1])"
    let url = "https://huggingface.co/api/models/\(repository)/revision/\(parts[2])?blobs=true"
    let model = try web.record(
      at: url, headers: [("Accept", "application/json")], atMost: HuggingFace.longest,
      name: "repository \(record)"
    ) { HuggingFace.noRepository(record) }
    guard let files = model["siblings"]?.array else {
      throw NNXError(.hostRefused, "\(url) answered with a repository that lists no files")
    }
    return try files.map { (file) throws(NNXError) in
      guard let path = file["rfilename"]?.string, RelativePath.flaw(of: path) == nil else {
        throw NNXError(.hostRefused, "\(url) answered with a file without a usable path")
      }
      let digest = file["lfs"]?["sha256"]?.string?.lowercased()
      if let digest, SHA256Text.flaw(of: digest) != nil {
        throw NNXError(.hostRefused, "\(url) answered with a digest of \(path) that is none")
      }
      let size = try (file["lfs"]?["size"] ?? file["size"])?.statedSize(
        NNXError(.hostRefused, "\(url) answered with a size of \(path) that is none"))
      return RemoteFile(
        name: lastComponent(path),
        urls: [
          "https://huggingface.co/\(repository)/resolve/\(parts[2])/\(percentEncoded(path: path))"
        ], size: size, sha256: digest)
    }
  }

  private static func noRepository(_ record: String) -> NNXError {
    NNXError(
      .recordNotFound,
      "there is no repository \(record) on Hugging Face, or it wants to know who asks",
      fixes: [
        "Check owner, repository and revision",
        "Where its page asks to accept terms: accept them there, and set HF_TOKEN",
      ])
  }
}
