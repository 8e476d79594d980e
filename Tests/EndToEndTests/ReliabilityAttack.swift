import Foundation
import TestSupport
import Testing

/// A store that hostile files are thrown at, in a folder where every change would be seen.
final class Attack {
  let folder: TemporaryFolder
  private let nnx = Binary()

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("neighbour/precious", Array("untouched".utf8))
    // Once, so that locks and the empty store are there before anything is compared.
    _ = try nnx.run("list", "-q")
  }

  /// Installs `path` and expects a refusal.
  ///
  /// - Parameters:
  ///   - codes: of the error, any of them.
  ///   - isWatched: whether to trace the run: no process, no socket, no write outside of the store.
  func run(_ path: String, _ name: String, _ codes: [String], isWatched: Bool = false) throws {
    let trace = folder.path + "/trace"
    let watch = [
      "/usr/bin/strace", "-f", "-qq", "-s", "500", "-o", trace, "-e",
      "trace=%process,%network,%file",
    ]
    let outcome = try nnx.run(
      ["install", path, "--name", "bad"], under: isWatched ? watch : [])
    #expect(outcome.status == 65, "\(name): \(outcome.status) \(outcome.errors)")
    #expect(
      codes.contains { outcome.errors.contains("error[\($0)]: ") }, "\(name): \(outcome.errors)")
    let controls = outcome.errors.unicodeScalars.filter { $0.value < 0x20 && $0 != "\n" }
    #expect(controls.isEmpty, "\(name): control characters reach the terminal")
    if isWatched { try judge(trace, name) }
  }

  func checkThatNothingIsLeft() throws {
    #expect(try nnx.run("list", "-q").output == "")
    let home = try nnx.home.get()
    let files = try home.contents().filter { !home.isFolder($0) && !$0.hasPrefix("locks/") }
    let expected = ["cache/CACHEDIR.TAG"]
    #expect(files.filter { !$0.hasPrefix("catalogue.sqlite") && !expected.contains($0) } == [])
    #expect(
      try home.contents().filter { $0.hasPrefix("staging/") || $0.hasPrefix("models/") } == [])
    let around = try folder.contents().filter { $0 != "trace" && !folder.isFolder($0) }
    #expect(around == ["bait/hostile.zip", "neighbour/precious"])
    let precious = FileManager.default.contents(atPath: folder.path + "/neighbour/precious")
    #expect(precious == Data("untouched".utf8))
  }

  /// Reads what the tracer saw.
  private func judge(_ trace: String, _ name: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: trace)), as: UTF8.self)
    let home = try nnx.home.get().path
    var starts = 0
    for line in text.split(whereSeparator: \.isNewline) {
      let call = line.drop { $0.isNumber || $0 == " " }
      let verb = call.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      switch verb {
      case "execve": starts += 1
      case "execveat", "fork", "vfork", "socket", "connect", "bind", "sendto", "socketpair":
        Issue.record("\(name): \(line)")
      case "clone", "clone3":
        #expect(call.contains("CLONE_THREAD") || call.contains("resumed"), "\(name): \(line)")
      case "openat", "open", "openat2":
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].contains { call.contains($0) }
        guard writes else { continue }
        #expect(call.contains("\"\(home)/"), "\(name): \(line)")
      case "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir",
        "symlink", "symlinkat", "link", "linkat", "chmod", "fchmodat", "chown", "lchown", "mknod",
        "mknodat", "truncate", "utimensat", "creat":
        #expect(call.contains("\"\(home)"), "\(name): \(line)")
      default: break
      }
    }
    #expect(starts == 1, "\(name)")
  }
}

extension TemporaryFolder {
  func isFolder(_ name: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
      && isFolder.boolValue
  }
}

/// The files of a published model, to be put into an archive again.
struct PublishedParts {
  /// Path and content, sorted by path.
  var files: [(path: String, content: [UInt8])]

  /// - Parameter name: a case of the fixtures, such as `v2/slices_2d`.
  init(of name: String) throws {
    let folder = try Fixtures.unzip("reference/\(name)/model.zip")
    files = try folder.contents().filter { !folder.isFolder($0) }.map {
      ($0, [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)"))))
    }
  }

  var entries: [ZipBuilder.Entry] {
    files.map { ZipBuilder.Entry($0.path, $0.content, deflated: true) }
  }
}

/// Where in a model a hostile pickle hides.
enum HostileCarrier: CaseIterable, Sendable {
  /// `checkpoint_final.pth` of v2, as torch writes it.
  case checkpoint
  /// The same in the container before torch 1.6.
  case oldCheckpoint
  /// A second checkpoint that nnx does not convert, and nnU-Net may load.
  case secondCheckpoint
  /// `model_final_checkpoint.model` of v1.
  case modelV1
  /// The notes beside it.
  case notesV1
  /// `plans.pkl`, which nnx does not need, and nnU-Net v1 loads first.
  case plansV1

  var number: Int { HostileCarrier.allCases.firstIndex(of: self)! }

  /// A model that is well formed but for this pickle.
  func archive(with pickle: [UInt8]) throws -> ZipBuilder {
    let zip = CheckpointBuilder.zip(CheckpointBuilder.members(pickle, []))
    switch self {
    case .checkpoint: return try model("v2/slices_2d", "checkpoint_final.pth", zip)
    case .oldCheckpoint:
      let legacy = CheckpointBuilder.legacy(pickle, [])
      return try model("v2/slices_2d", "checkpoint_final.pth", legacy)
    case .secondCheckpoint: return try model("v2/slices_2d", "checkpoint_best.pth", zip)
    case .modelV1: return try model("v1/slices_2d", "model_final_checkpoint.model", zip)
    case .notesV1: return try model("v1/slices_2d", "model_final_checkpoint.model.pkl", pickle)
    case .plansV1: return try model("v1/slices_2d", "plans.pkl", pickle)
    }
  }

  /// The archive of a case with one file replaced, or added beside the checkpoint.
  private func model(_ name: String, _ file: String, _ content: [UInt8]) throws -> ZipBuilder {
    var parts = try PublishedParts(of: name)
    if let index = parts.files.firstIndex(where: { $0.path.hasSuffix("/\(file)") }) {
      parts.files[index].content = content
    } else {
      let beside = parts.files.first { $0.path.contains("/fold_0/") }!.path
      let folder = beside.split(separator: "/").dropLast().joined(separator: "/")
      parts.files.append(("\(folder)/\(file)", content))
    }
    return ZipBuilder(parts.entries)
  }
}
