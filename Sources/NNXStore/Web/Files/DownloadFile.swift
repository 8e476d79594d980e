import Glibc
import NNXSystem

/// A file of the downloads folder: `KEY.PID.RANDOM.<state>`, and a note of what its bytes belong to,
/// `….<state>.json`.
///
/// PID is of the process that owns it, so that two writers never share a file even where locks do nothing.
/// What a dead process left may be taken over, whatever its state: its bytes are hashed again before they
/// are used.
struct DownloadFile {
  enum State: String {
    /// Bytes are coming.
    case part
    /// Unpacked by an install that is about to be committed: nobody needs it after that.
    case used
    /// Unpacked, and kept because the user wants it.
    case kept
  }

  let path: String
  let state: State
  private let owner: Int32

  /// - Returns: `nil` for the name of anything else.
  init?(_ path: String) {
    let parts = lastComponent(path).split(separator: ".")
    guard parts.count == 4, let owner = Int32(parts[1]),
      let state = State(rawValue: String(parts[3]))
    else { return nil }
    self.path = path
    self.state = state
    self.owner = owner
  }

  /// A new name of this process.
  init(key: String, in folder: String) {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    owner = getpid()
    state = .part
    path = "\(folder)/\(key).\(owner).\(random).part"
  }

  /// The downloads in a folder.
  static func all(in folder: String) throws(NNXError) -> [DownloadFile] {
    try Folder.entries(folder).compactMap { DownloadFile("\(folder)/\($0)") }
  }

  var note: String { "\(path).json" }

  /// Whether no other process works with it.
  var isFree: Bool { owner == getpid() || ProcessFacts.isGone(owner) }

  /// Gives file and note another name; without a note there is nothing to move but the file.
  func move(to other: DownloadFile) {
    SystemCall.rename(note, to: other.note)
    SystemCall.rename(path, to: other.path)
  }

  /// The same download in another state.
  func become(_ state: State) -> DownloadFile {
    guard
      let other = DownloadFile("\(path.dropLast(self.state.rawValue.utf8.count))\(state.rawValue)")
    else { return self }
    move(to: other)
    return other
  }

  func remove() {
    SystemCall.unlink(path)
    SystemCall.unlink(note)
  }

  /// Removes what installs used up that were killed before they could remove it. Never fails: what cannot
  /// be removed stays.
  static func sweep(_ folder: String) {
    for file in (try? all(in: folder)) ?? [] where file.state == .used && file.isFree {
      file.remove()
    }
  }
}
