import Foundation
import NNXSystem
import TestSupport
import Testing

/// Texts as people see them, kept in `Tests/Fixtures/console` and looked at when they change.
///
/// `NNX_UPDATE_SNAPSHOTS=1` writes them anew.
enum Snapshot {
  /// Compares `text` with the file `name`.txt.
  static func expect(
    _ text: String, _ name: String, location: SourceLocation = #_sourceLocation
  ) throws {
    let path = "\(Fixtures.folder)/console/\(name).txt"
    if ProcessInfo.processInfo.environment["NNX_UPDATE_SNAPSHOTS"] != nil {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let kept = try? String(contentsOfFile: path, encoding: .utf8)
    #expect(text == kept, "differs from \(name).txt", sourceLocation: location)
  }

  /// Expects every line to fit into a terminal.
  static func expectFits(
    _ text: String, columns: Int = 80, location: SourceLocation = #_sourceLocation
  ) {
    for line in text.split(separator: "\n") where line.count > columns {
      // A path that fills the line by itself cannot be broken.
      let longest = line.split(separator: " ").map(\.count).max() ?? 0
      if longest > columns - 16 { continue }
      Issue.record("wider than \(columns): \(line)", sourceLocation: location)
    }
  }
}

/// A store with some models, and a registry that stays as it is while the one of nnx grows.
struct Shelf {
  let nnx = Binary()
  let home: String
  private let folder: TemporaryFolder

  /// - Parameter models: archives of the fixtures, by the name to install them under.
  init(_ models: [(name: String, archive: String)] = []) throws {
    folder = try TemporaryFolder()
    home = folder.path
    let zip = try Data(
      contentsOf: URL(fileURLWithPath: "\(Fixtures.repository)/Models/demo-ct.zip"))
    let known = try Data(
      contentsOf: URL(fileURLWithPath: "\(Fixtures.folder)/console/registry.json"))
    for place in ["registry", "newer"] {
      try folder.write("\(place)/Models/demo-ct.zip", [UInt8](zip))
      try folder.write("\(place)/registry.json", [UInt8](known))
    }
    for model in models {
      let archive = "\(home)/\(model.name).zip"
      try FileManager.default.copyItem(
        atPath: "\(Fixtures.folder)/reference/\(model.archive)/model.zip", toPath: archive)
      let outcome = try run("install", archive, "--name", model.name, "-q")
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
  }

  func run(_ arguments: String...) throws -> Binary.Outcome { try run(arguments) }

  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Binary.Outcome {
    let own = [
      "HOME": home, "NNX_HOME": "\(home)/nnx", "COLUMNS": "80",
      "NNX_REGISTRY": "\(home)/registry/registry.json",
    ]
    return try nnx.run(arguments, environment: own.merging(environment) { $1 })
  }

  /// The `data` of an answer, after its envelope was checked.
  func data(
    _ arguments: [String], schema: String, status: Int32 = 0,
    location: SourceLocation = #_sourceLocation
  ) throws -> OrderedJSON {
    let outcome = try run(arguments + ["--json"])
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: location)
    let answer = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "\(arguments)")
    #expect(answer["schema"]?.string == schema, sourceLocation: location)
    #expect(answer["nnx"]?.string != nil, sourceLocation: location)
    #expect(answer["ok"]?.bool == true, sourceLocation: location)
    #expect(answer["warnings"]?.array != nil, sourceLocation: location)
    return answer["data"] ?? .null
  }

  /// A copy of the registry with every `old` replaced by `new`.
  ///
  /// - Returns: path of the registry.
  func registry(replacing changes: [(old: String, new: String)]) throws -> String {
    let path = "\(home)/newer/registry.json"
    var text = try String(contentsOfFile: path, encoding: .utf8)
    for change in changes {
      try #require(text.contains(change.old), "\(change.old)")
      text = text.replacingOccurrences(of: change.old, with: change.new)
    }
    return try folder.write("newer/registry.json", Array(text.utf8))
  }
}
