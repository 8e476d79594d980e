import Foundation

/// A folder that is removed with the value.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// - Parameter parent: the system's folder for temporary files, unless given.
  public init(in parent: String? = nil) throws {
    path = (parent.map { $0 + "/" } ?? NSTemporaryDirectory()) + "nnx-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making the folders it lies in.
  @discardableResult
  public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// The bytes of the file at `path`.
  public func read(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Cuts a file off, in place.
  public func truncate(_ name: String, to size: UInt64) throws {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    let handle = try FileHandle(forUpdating: file)
    try handle.truncate(atOffset: size)
    try handle.close()
  }

  /// Makes a symbolic link, and the folders it lies in.
  public func link(_ name: String, to target: String) throws {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: target)
  }

  /// Overwrites one byte of a file, in place: much faster than writing the file again.
  public func change(_ name: String, at offset: Int, to byte: UInt8) throws {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    let handle = try FileHandle(forUpdating: file)
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: Data([byte]))
    try handle.close()
  }

  /// Names below the folder, sorted, with folders.
  public func contents() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
  }
}
