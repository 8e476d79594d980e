import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct SettingsTests {
  private let folder: TemporaryFolder
  private let user: String
  private let system: String

  init() throws {
    folder = try TemporaryFolder()
    user = folder.path + "/user/config.toml"
    system = folder.path + "/system/config.toml"
  }

  private func settings(
    user text: String = "", system other: String = "", environment: [String: String] = [:],
    flags: [String: SettingValue] = [:]
  ) throws -> Settings {
    try folder.write("user/config.toml", Array(text.utf8))
    try folder.write("system/config.toml", Array(other.utf8))
    return try Settings(
      flags: flags, environment: environment.merging(["HOME": "/home-of-me"]) { $1 },
      files: [user, system])
  }

  private func failure(_ body: @autoclosure () throws -> Any) -> NNXError? {
    do { _ = try body() } catch { return error as? NNXError }
    return nil
  }

  @Test func everyOriginBeatsTheNext() throws {
    let all = try settings(
      user: "progress = \"plain\"", system: "progress = \"none\"\nthreads = 1",
      environment: ["NNX_PROGRESS": "json"], flags: ["progress": .text("auto")])
    #expect(all.progress == "auto")
    #expect(all.origin(of: .progress) == .flag("--progress"))
    let variable = try settings(
      user: "progress = \"plain\"", environment: ["NNX_PROGRESS": "json"])
    #expect(variable.progress == "json")
    #expect(variable.origin(of: .progress).description == "NNX_PROGRESS")
    let files = try settings(user: "\n# mine\nprogress = \"plain\"", system: "progress = \"none\"")
    #expect(files.progress == "plain")
    #expect(files.origin(of: .progress) == .file(user, line: 3))
    let machine = try settings(system: "progress = \"none\"\nthreads = 1")
    #expect(machine.progress == "none")
    #expect(machine.threads == 1)
    #expect(machine.origin(of: .threads) == .file(system, line: 2))
    let none = try settings()
    #expect(none.progress == "auto")
    #expect(none.origin(of: .progress) == .fallback)
  }

  @Test func emptyVariablesAreNotSet() throws {
    let settings = try settings(user: "offline = true", environment: ["NNX_OFFLINE": ""])
    #expect(settings.isOffline)
  }

  @Test func everyKindIsRead() throws {
    let settings = try settings(
      user: """
        store = "~/models"
        stores = ["/apps/nnx", "/data/nnx/"]
        registry = "https://example.org/registry.json"
        mirror = [
          "https://mirror.example.org",  # one
          "/mnt/mirror",
        ]
        offline = true
        threads = 6
        max-memory = "4G"
        license-policy = "commercial"
        accept-licenses = ["CC-BY-NC-4.0"]
        """)
    #expect(settings.store == "/home-of-me/models")
    #expect(settings.stores == ["/apps/nnx", "/data/nnx"])
    #expect(settings.registries == ["https://example.org/registry.json"])
    #expect(settings.mirrors == ["https://mirror.example.org", "/mnt/mirror"])
    #expect(settings.isOffline)
    #expect(settings.threads == 6)
    #expect(settings.maxMemory == 4 << 30)
    #expect(settings.licensePolicy == .commercial)
    #expect(settings.acceptedLicenses == ["CC-BY-NC-4.0"])
  }

  @Test func theEnvironmentHasListsToo() throws {
    let settings = try settings(environment: [
      "NNX_STORES": "/a:/b/", "NNX_MIRROR": "https://m.org:8443/x, https://n.org",
      "NNX_MAX_MEMORY": "800MB", "ZENODO_TOKEN": "secret",
    ])
    #expect(settings.stores == ["/a", "/b"])
    #expect(settings.mirrors == ["https://m.org:8443/x", "https://n.org"])
    #expect(settings.maxMemory == 800_000_000)
    #expect(settings.zenodoToken == "secret")
  }

  @Test(arguments: [
    ("licence-policy = \"any\"", "unknown-setting", "there is no setting 'licence-policy'"),
    ("offline = \"yes\"", "invalid-setting", "offline is a TOML string"),
    ("threads = 0", "invalid-setting", "threads cannot be '0'"),
    ("threads = 1.5", "invalid-setting", "threads is a TOML floating-point number"),
    ("stores = [1]", "invalid-setting", "stores is a TOML array"),
    ("stores = [\"apps\"]", "invalid-setting", "stores cannot be 'apps'"),
    ("max-memory = \"much\"", "invalid-setting", "max-memory cannot be 'much'"),
    ("progress = \"loud\"", "invalid-setting", "progress cannot be 'loud'"),
    ("zenodo-token = \"x\"", "invalid-setting", "zenodo-token does not belong into a file"),
    ("offline = ", "invalid-setting", "is not TOML"),
    ("[network]\noffline = true", "unknown-setting", "there is no setting 'network'"),
    ("offline = true\noffline = false", "invalid-setting", "is not TOML"),
  ])
  func whatCannotBeRightNamesItsPlace(text: String, code: String, message: String) throws {
    let error = try #require(failure(try settings(user: "# first line\n" + text)))
    #expect(error.code.name == code)
    #expect(error.code.status == .configuration)
    #expect(error.message.hasPrefix(user + ":"), "\(error.message)")
    #expect(error.message.contains(message), "\(error.message)")
  }

  @Test func linesAreThoseOfTheKey() throws {
    let error = failure(try settings(user: "offline = true\n\n# threads = 3\nthreads = 9999\n"))
    #expect(error?.message == "\(user):4: threads cannot be '9999'")
    #expect(error?.details == ["It should be a number from 1 to 4096"])
  }

  @Test func theNearestKeyIsNamed() throws {
    let error = failure(try settings(user: "licence-policy = \"any\""))
    #expect(error?.details == ["The nearest is 'license-policy'"])
  }

  @Test func variablesAreCheckedAsFilesAre() throws {
    let error = failure(try settings(environment: ["NNX_THREADS": "many"]))
    #expect(error?.message == "NNX_THREADS: threads cannot be 'many'")
    #expect(error?.code.status == .configuration)
  }

  @Test func editingKeepsCommentsAndOrder() throws {
    let text =
      "# who: me\noffline = true # on the plane\nmirror = [\n  \"a\", # ]\n  \"b\"\n]\nthreads = 1\n"
    try folder.write("user/config.toml", Array(text.utf8))
    try SettingsFile.set("mirror", to: "c,d", in: user, home: "/h")
    try SettingsFile.set("max-memory", to: "4G", in: user, home: "/h")
    #expect(try SettingsFile.unset("threads", in: user))
    #expect(try !SettingsFile.unset("threads", in: user))
    let expected = """
      # who: me
      offline = true # on the plane
      mirror = ["c", "d"]
      max-memory = "4G"

      """
    #expect(String(decoding: try folder.read(user), as: UTF8.self) == expected)
    #expect(try Settings(files: [user]).mirrors == ["c", "d"])
  }

  @Test func editingKeepsTheCommentOfItsLine() throws {
    try folder.write(
      "user/config.toml",
      Array("store = \"/a # \\\" b\" # mine\r\nprogress = 'plain' # \"quoted\"\nthreads = 3".utf8))
    try SettingsFile.set("store", to: "/c", in: user, home: "/h")
    try SettingsFile.set("progress", to: "none", in: user, home: "/h")
    try SettingsFile.set("threads", to: "2", in: user, home: "/h")
    let expected =
      "store = \"/c\" # mine\r\nprogress = \"none\" # \"quoted\"\r\nthreads = 2\r\n"
    #expect(String(decoding: try folder.read(user), as: UTF8.self) == expected)
  }

  @Test func editingKeepsTheLineEndsOfWindows() throws {
    try folder.write(
      "user/config.toml", Array("# me\r\n\"threads\" = 1\r\nmirror = [\r\n 'a' ]\r\n# end".utf8))
    try SettingsFile.set("threads", to: "2", in: user, home: "/h")
    try SettingsFile.set("offline", to: "yes", in: user, home: "/h")
    #expect(try SettingsFile.unset("mirror", in: user))
    #expect(
      String(decoding: try folder.read(user), as: UTF8.self)
        == "# me\r\nthreads = 2\r\n# end\noffline = true\r\n")
  }

  @Test func whatCannotBeQuotedIsEscaped() throws {
    try SettingsFile.set("registry", to: "a\"\\\u{1B}\u{7F}é", in: user, home: "/h")
    #expect(
      String(decoding: try folder.read(user), as: UTF8.self)
        == #"registry = ["a\"\\\u001b\u007fé"]"# + "\n")
    #expect(try Settings(files: [user]).registries == ["a\"\\\u{1B}\u{7F}é"])
  }

  @Test func theFileIsMadeWhenThereIsNone() throws {
    let path = folder.path + "/new/deep/config.toml"
    try SettingsFile.set("store", to: "~/models", in: path, home: "/h")
    #expect(String(decoding: try folder.read(path), as: UTF8.self) == "store = \"/h/models\"\n")
  }

  @Test func aBrokenFileIsNotEdited() throws {
    try folder.write("user/config.toml", Array("offline = \n".utf8))
    #expect(failure(try SettingsFile.set("threads", to: "2", in: user, home: nil)) != nil)
    #expect(String(decoding: try folder.read(user), as: UTF8.self) == "offline = \n")
    #expect(failure(try SettingsFile.set("threads", to: "two", in: user, home: nil)) != nil)
    #expect(failure(try SettingsFile.set("zenodo-token", to: "x", in: user, home: nil)) != nil)
  }

  @Test func changesAtOnceAreAllKept() throws {
    let file = folder.path + "/many/config.toml"
    let pairs = [("threads", "3"), ("max-memory", "4G"), ("offline", "yes"), ("mirror", "a")]
    try Parallel.forEach(pairs.count) { (index) throws(NNXError) in
      try SettingsFile.set(pairs[index].0, to: pairs[index].1, in: file, home: "/h")
    }
    #expect(try SettingsFile(file, home: "/h").entries.count == pairs.count)
  }

  @Test func aLinkIsWrittenThrough() throws {
    let target = try folder.write("dotfiles/nnx.toml", Array("threads = 2\n".utf8))
    try folder.link("linked/config.toml", to: "../dotfiles/nnx.toml")
    let file = folder.path + "/linked/config.toml"
    try folder.write("dotfiles/nnx.toml.999999999.a.tmp", [1])
    try SettingsFile.set("offline", to: "yes", in: file, home: "/h")
    #expect(Folder.kind(file) == .link)
    #expect(try SettingsFile(target, home: "/h").entries.count == 2)
    #expect(Folder.kind(target + ".999999999.a.tmp") == nil)
    try folder.link("nowhere/config.toml", to: "../made/later.toml")
    try SettingsFile.set(
      "offline", to: "yes", in: folder.path + "/nowhere/config.toml", home: "/h")
    #expect(try SettingsFile(folder.path + "/made/later.toml", home: "/h").entries.count == 1)
  }

  @Test func whatCannotBeRightCanBeRemoved() throws {
    let file = try folder.write(
      "bad/config.toml", Array("threads = \"many\"\nthread = 4\nofflin = true\n".utf8))
    let said = failure(try SettingsFile(file, home: "/h"))
    #expect(said?.fixes.last == "Remove it from the file: nnx config unset threads")
    for key in ["threads", "thread", "offlin"] { #expect(try SettingsFile.unset(key, in: file)) }
    #expect(try folder.read(file).isEmpty)
    #expect(throws: NNXError.self) { try SettingsFile.unset("thread", in: file) }
  }
}
