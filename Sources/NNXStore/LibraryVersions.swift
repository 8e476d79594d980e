import CArchive
import CCurl
import GRDB

/// Versions of the libraries that this process runs with, for reports about problems.
package enum LibraryVersions {
  /// `curl`, `libarchive` and `sqlite`, as they call themselves.
  package static var all: [(name: String, version: String)] {
    let sqlite = try? DatabaseQueue().read {
      try String.fetchOne($0, sql: "SELECT sqlite_version()")
    }
    return [
      ("curl", unsafe String(cString: curl_version())),
      ("libarchive", unsafe String(cString: archive_version_string())),
      ("sqlite", (sqlite ?? nil) ?? "unknown"),
    ]
  }
}
