import Glibc

/// Files that belong together and appear together: written in a hidden folder beside their places, then
/// renamed.
///
/// A value that is dropped before `commit` leaves nothing behind: no file, and no folder that was made for
/// them. Neither does a process that a signal ends.
package final class StagedFiles {
  /// Hidden folders, by the folder that the files go to.
  private var stages: [String: String] = [:]
  private var staged: [(path: String, stage: String)] = []
  private var madeFolders: [String] = []
  private let owner: String?

  /// - Parameter owner: a name for the hidden folders that no other process has; then others may remove what this
  ///   one left when it was killed (`stage(of:in:)`). `nil`: processes of this machine see that it is gone.
  package init(owner: String? = nil) { self.owner = owner }

  deinit {
    removeStages()
    Folder.removeEmpty(madeFolders.reversed())
  }

  /// Makes a file under another name; again, if it was made before.
  ///
  /// - Parameters:
  ///   - path: where it will be.
  ///   - home: the folder in which the hidden one is made, where that is above the file's, which appears with the
  ///     file; `nil`: the file's own.
  ///   - write: is given the path to write to until then, which has the same ending.
  /// - Throws: `cannot-write`, `no-space`, and what `write` throws, in words of the file's place.
  package func write(
    _ path: String, below home: String? = nil, _ write: (String) throws -> Void
  ) throws {
    let folder = parentFolder(path)
    var stage = try stage(for: home ?? folder)
    if let home, home != folder {
      stage += "/\(lastComponent(folder))"
      try Folder.create(stage)
    }
    let name = lastComponent(path)
    do {
      try write("\(stage)/\(name)")
    } catch let error as NNXError {
      throw error.replacing(stage, with: folder)
    }
    if !staged.contains(where: { $0.path == path }) { staged.append((path, "\(stage)/\(name)")) }
  }

  /// Where a file that was written can be read until it is in its place.
  package func path(of path: String) -> String {
    staged.first { $0.path == path }?.stage ?? path
  }

  /// Puts all files in their places, in the order in which they were written, or none of them.
  ///
  /// - Parameters:
  ///   - replaces: whether files that are there go.
  ///   - removes: files that go as well, because what they speak of does.
  ///   - seal: the file that tells of the others. It comes last where there was none, so that it speaks of
  ///     nothing that is not there; where there was one, first, so that it is never an old one that speaks of
  ///     new files.
  ///   - keystone: the file without which the others are known to be left of a process that was killed: the seal
  ///     comes first then, and this last.
  ///   - takesBack: whether nothing stays in its place when somebody else's files are met; `false` where other
  ///     processes may have gone on from what is in place.
  /// - Throws: `output-exists` when a file appeared meanwhile; `cannot-write`, `no-space`.
  package func commit(
    replaces: Bool, removes stale: [String] = [], seal: String, keystone: String? = nil,
    takesBack: Bool = true
  ) throws(NNXError) {
    let attic = stale.isEmpty ? "" : try stage(for: parentFolder(seal))
    try Interruption.deferred { () throws(NNXError) in
      var others = staged.filter { $0.path != seal && $0.path != keystone }
      others += staged.filter { $0.path == keystone }
      let last = staged.filter { $0.path == seal }
      var done: [(path: String, stage: String, isExchanged: Bool)] = []
      let folders = Set(staged.map { parentFolder($0.path) })
      do throws(NNXError) {
        for folder in folders { madeFolders += try Folder.createMissing(folder) }
        let isSealLast = keystone == nil && Folder.kind(seal) == nil
        for file in isSealLast ? others + last : last + others {
          let isThere = Folder.kind(file.path) != nil
          if isThere, replaces {
            try Folder.exchange(file.stage, file.path)
          } else {
            try Folder.place(file.stage, at: file.path)
          }
          done.append((file.path, file.stage, isThere))
        }
        for path in stale {
          let stage = "\(attic)/\(done.count).stale"
          try Folder.move(path, to: stage)
          done.append((stage, path, false))
        }
        for folder in folders.union(stages.keys) { try syncFolder(of: "\(folder)/.") }
      } catch {
        for file in takesBack ? done.reversed() : [] {
          if file.isExchanged {
            try? Folder.exchange(file.stage, file.path)
          } else {
            try? Folder.move(file.path, to: file.stage)
          }
        }
        throw error
      }
      removeStages()
      madeFolders = []
      // A folder of which every file went.
      Folder.removeEmpty(Array(Set(stale.map(parentFolder))))
    }
  }

  private func stage(for folder: String) throws(NNXError) -> String {
    if let known = stages[folder] { return known }
    madeFolders += try Folder.createMissing(folder)
    StagedFiles.removeAbandoned(in: folder)
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    let stage =
      owner.map { StagedFiles.stage(of: $0, in: folder) }
      ?? "\(folder)/\(StagedFiles.prefix).\(getpid()).\(random).tmp"
    try Interruption.create(stage)
    stages[folder] = stage
    return stage
  }

  /// The hidden folder of an owner.
  package static func stage(of owner: String, in folder: String) -> String {
    "\(folder)/.nnx.\(owner).tmp"
  }

  private func removeStages() {
    for stage in stages.values {
      try? Folder.remove(stage)
      Interruption.forget(stage)
    }
    stages = [:]
  }

  /// Processes of several machines may write to one folder.
  private static let prefix = ".nnx." + ProcessFacts.hostLabel

  /// Removes what processes of this machine were killed over.
  private static func removeAbandoned(in folder: String) {
    for name in (try? Folder.entries(folder)) ?? []
    where name.hasPrefix(prefix + ".") && name.hasSuffix(".tmp") {
      let parts = name.dropFirst(prefix.count + 1).split(separator: ".")
      guard parts.count == 3, let process = Int32(parts[0]), ProcessFacts.isGone(process) else {
        continue
      }
      try? Folder.remove("\(folder)/\(name)")
    }
  }
}

extension NNXError {
  fileprivate func replacing(_ text: String, with other: String) -> NNXError {
    NNXError(
      code, message.replacing(text, with: other),
      details: details.map { $0.replacing(text, with: other) },
      fixes: fixes.map { $0.replacing(text, with: other) })
  }
}
