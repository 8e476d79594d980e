/// The files that a command is going to write, looked at before it begins: the one rule by which nothing that
/// a person has is written over (docs/errors.md, `output-exists`).
///
/// What the command reads is never written to. What exists is replaced on request alone, and only where nnx
/// wrote it and nobody changed it since.
package struct OutputPlan: Sendable {
  /// A file or folder that the command reads.
  package struct Input: Sendable {
    package let path: String
    /// What it is, for the message: `an image of this run`.
    package let role: String

    package init(_ path: String, _ role: String = "an input of this command") {
      (self.path, self.role) = (path, role)
    }
  }

  /// A file, or a folder as a whole, that the command writes.
  package struct Output: Sendable {
    package let path: String
    /// Who wrote what lies there, if something does.
    let author: @Sendable (String) -> Author

    package init(_ path: String, author: @escaping @Sendable (String) -> Author) {
      (self.path, self.author) = (path, author)
    }
  }

  /// Who wrote a file.
  package enum Author: Equatable, Sendable {
    /// nnx, and it is as nnx left it, as far as can be told.
    case nnx
    /// nnx, but it was changed since.
    case changed
    /// nnx wrote its like, but nothing in it tells whether somebody edited it.
    case untold
    /// nnx, as what belongs to another file, which is named.
    case another(String)
    case someone
  }

  private let inputs: [(path: String, place: String, identity: FileIdentity?, role: String)]

  /// - Parameter inputs: all that the command reads.
  /// - Throws: `usage` for `-`: nnx neither reads stdin nor writes stdout as files.
  package init(reading inputs: [Input]) throws(NNXError) {
    for input in inputs { try StandardStream.input.refuse(input.path) }
    var places = PathResolver()
    self.inputs = inputs.map {
      ($0.path, places.resolved($0.path), FileIdentity($0.path), $0.role)
    }
  }

  /// Checks what no flag allows: an output that is an input or another output, or that cannot be made.
  ///
  /// - Throws: `output-exists`; `cannot-write` when a folder may not be made or written to; `usage`.
  package func check(_ outputs: [Output]) throws(NNXError) {
    var roles: [String: String] = [:]
    var numbers: [FileIdentity: String] = [:]
    for input in inputs {
      roles[input.place] = input.role
      if let identity = input.identity { numbers[identity] = input.role }
    }
    var resolver = PathResolver()
    var places: [String: String] = [:]
    var taken: [FileIdentity: String] = [:]
    var folders: Set<String> = []
    for output in outputs {
      try StandardStream.output.refuse(output.path)
      let (place, identity) = (resolver.resolved(output.path), FileIdentity(output.path))
      if let role = roles[place] ?? identity.flatMap({ numbers[$0] }) {
        throw NNXError(
          .outputExists, "\(output.path) is \(role); nnx never writes over it",
          fixes: ["Choose another name or another folder for the result"])
      }
      if Folder.isFolder(output.path) == true,
        let input = inputs.first(where: { $0.place.hasPrefix(place + "/") })
      {
        throw NNXError(
          .outputExists, "\(output.path) holds \(input.path), \(input.role)",
          fixes: ["Choose another name or another folder for the result"])
      }
      if let other = places.updateValue(output.path, forKey: place)
        ?? identity.flatMap({ taken.updateValue(output.path, forKey: $0) })
      {
        throw NNXError(
          .outputExists,
          other == output.path
            ? "two results would have the name \(other); one would replace the other"
            : "\(other) and \(output.path) are one file; one would replace the other",
          fixes: ["Choose another name for one of them"])
      }
      let folder = parentFolder(output.path)
      if folders.insert(folder).inserted { try OutputPlan.checkFolder(folder) }
    }
  }

  /// Checks what lies under the names of outputs already.
  ///
  /// - Parameter overwrites: whether results of nnx may be replaced; `nil` where a command has no flag for that.
  /// - Throws: `output-exists`.
  package static func checkExisting(_ outputs: [Output], overwrites: Bool?) throws(NNXError) {
    for output in outputs where Folder.kind(output.path) != nil {
      let author = output.author(output.path)
      guard author != .nnx || overwrites != true else { continue }
      throw .exists(output.path, by: author, canOverwrite: overwrites == false)
    }
  }

  /// Both checks, for a command of one step.
  ///
  /// - Throws: as `check(_:)` and `checkExisting(_:overwrites:)`.
  package static func check(
    _ outputs: [Output], reading inputs: [Input], overwrites: Bool?
  ) throws(NNXError) {
    try OutputPlan(reading: inputs).check(outputs)
    try checkExisting(outputs, overwrites: overwrites)
  }

  /// Whether files can be made in a folder, or the folder itself.
  private static func checkFolder(_ folder: String) throws(NNXError) {
    var place = folder
    while Folder.kind(place) == nil, place != ".", place != "/" { place = parentFolder(place) }
    guard Folder.isFolder(place) == true else {
      throw NNXError(
        .cannotWrite, "cannot write to \(folder): \(place) is no folder",
        fixes: ["Choose another folder for the result"])
    }
    guard Folder.isWritable(place) else {
      throw NNXError(
        .cannotWrite, "cannot write to \(folder): you may not make files in \(place)",
        fixes: ["Choose another folder for the result"])
    }
  }
}

extension NNXError {
  /// Something lies where nothing was when the work began.
  static func appeared(_ path: String) -> NNXError {
    NNXError(
      .outputExists, "\(path) appeared while nnx worked, and stays as it is",
      fixes: ["The same command looks at what is there now; or choose another name"])
  }

  /// What lies where a result should go.
  static func exists(
    _ path: String, by author: OutputPlan.Author = .someone, canOverwrite: Bool = false
  ) -> NNXError {
    switch author {
    case .nnx:
      NNXError(
        .outputExists, "\(path) exists",
        fixes: [
          canOverwrite
            ? "Replace it with --overwrite, or choose another name"
            : "Move it away, or choose another name"
        ])
    case .changed:
      NNXError(
        .outputExists, "\(path) was changed after nnx wrote it; nnx never replaces it",
        details: ["It may hold somebody's corrections."],
        fixes: ["Move it away, or choose another name"])
    case .untold:
      NNXError(
        .outputExists, "\(path) exists, and nothing in it tells whether somebody edited it",
        details: ["nnx never replaces what may hold somebody's work."],
        fixes: ["Move it away, or choose another name"])
    case .another(let other):
      NNXError(
        .outputExists, "\(path) exists, and belongs to \(other) beside it",
        details: ["What nnx notes of a result has its name without the ending."],
        fixes: ["Choose another name, or another folder"])
    case .someone:
      NNXError(
        .outputExists, "\(path) exists, and nothing tells that nnx wrote it",
        details: ["nnx never replaces what others wrote."],
        fixes: ["Move it away, or choose another name"])
    }
  }
}
