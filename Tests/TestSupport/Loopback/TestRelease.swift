import NNXSystem

/// Files as a loopback GitHub or Hugging Face publishes them.
public struct TestRelease: Sendable {
  public enum Host: String, CaseIterable, Sendable {
    case gitHub = "github.com"
    case huggingFace = "huggingface.co"
  }

  public var host: Host
  /// `OWNER/NAME`.
  public var repository: String
  /// Tag or revision.
  public var tag: String
  public var files: [File]
  /// Whether the host knows digests: GitHub does since June 2025, Hugging Face of what it stores beside git.
  public var statesDigests: Bool
  /// Answers of the API that are left until it says no; `nil`: as many as anybody wants.
  public var limit: Int?

  public struct File: Sendable {
    /// Name; on Hugging Face a path.
    public var key: String
    public var path: String
    public var size: Int
    public var sha256: String

    public init(_ path: String, key: String? = nil) throws {
      self.path = path
      self.key = key ?? lastComponent(path)
      size = try FileReader(path).count
      sha256 = try Digest.ofFile(path, .sha256)
    }
  }

  public init(
    _ host: Host, _ repository: String, _ tag: String, statesDigests: Bool = true,
    limit: Int? = nil, files: [File]
  ) {
    self.host = host
    self.repository = repository
    self.tag = tag
    self.statesDigests = statesDigests
    self.limit = limit
    self.files = files
  }

  /// `FOLDER/github.com/OWNER/NAME/TAG/FILE`, and the same below `huggingface.co`.
  public static func all(in folder: String) throws -> [TestRelease] {
    func folders(_ path: String) throws -> [String] {
      guard Folder.isFolder(path) == true else { return [] }
      return try Folder.entries(path).sorted().filter { Folder.isFolder("\(path)/\($0)") == true }
    }
    var releases: [TestRelease] = []
    for host in Host.allCases {
      let top = "\(folder)/\(host.rawValue)"
      for owner in try folders(top) {
        for name in try folders("\(top)/\(owner)") {
          for tag in try folders("\(top)/\(owner)/\(name)") {
            let place = "\(top)/\(owner)/\(name)/\(tag)"
            let files = try Folder.files(below: place).map {
              try File("\(place)/\($0.path)", key: $0.path)
            }
            releases.append(TestRelease(host, "\(owner)/\(name)", tag, files: files))
          }
        }
      }
    }
    return releases
  }

  /// The address that people paste.
  public func address(of file: File) -> String {
    switch host {
    case .gitHub: "https://github.com/\(repository)/releases/download/\(tag)/\(file.key)"
    case .huggingFace: "https://huggingface.co/\(repository)/resolve/\(tag)/\(file.key)"
    }
  }

  /// The address of the API that lists the files.
  package var listing: String {
    switch host {
    case .gitHub: "api.github.com/repos/\(repository)/releases/tags/\(tag)"
    case .huggingFace: "huggingface.co/api/models/\(repository)/revision/\(tag)"
    }
  }

  /// The machine that serves the bytes.
  public var store: String {
    host == .gitHub ? "release-assets.githubusercontent.com" : "cas-bridge.xethub.hf.co"
  }

  /// What the API answers.
  package var json: OrderedJSON {
    switch host {
    case .gitHub:
      [
        "url": .string("https://\(listing)"), "tag_name": .string(tag), "draft": .bool(false),
        "assets": .array(
          files.map { file in
            [
              "name": .string(file.key), "size": .int(file.size), "state": "uploaded",
              "digest": statesDigests ? .string("sha256:\(file.sha256)") : .null,
              "browser_download_url": .string(address(of: file)),
            ]
          }),
      ]
    case .huggingFace:
      [
        "id": .string(repository), "sha": "0123456789abcdef0123456789abcdef01234567",
        "gated": .bool(false),
        "siblings": .array(
          files.map { file in
            var members: [OrderedJSON.Member] = [
              .init("rfilename", .string(file.key)), .init("size", .int(file.size)),
            ]
            if statesDigests {
              members.append(
                .init("lfs", ["sha256": .string(file.sha256), "size": .int(file.size)]))
            }
            return .object(members)
          }),
      ]
    }
  }
}
