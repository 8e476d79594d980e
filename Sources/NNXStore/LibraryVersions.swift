import CZlib
import GRDB

/// Versions of the libraries that this process runs with, for reports about problems.
package enum LibraryVersions {
  /// `curl`, `zlib` and `sqlite`, as they call themselves.
  package static var all: [(name: String, version: String)] {
    let sqlite = try? DatabaseQueue().read {
      try String.fetchOne($0, sql: "SELECT sqlite_version()")
    }
    return [
      ("curl", CurlClient.version),
      ("zlib", unsafe String(cString: zlibVersion())),
      ("sqlite", (sqlite ?? nil) ?? "unknown"),
    ]
  }
}
