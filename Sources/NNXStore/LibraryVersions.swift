import CZlib
import NNXSystem

/// Versions of the libraries that this process runs with, for reports about problems.
package enum LibraryVersions {
  /// `curl`, `zlib` and `sqlite`, as they call themselves.
  package static var all: [(name: String, version: String)] {
    [
      ("curl", CurlClient.version),
      ("zlib", unsafe String(cString: zlibVersion())),
      ("sqlite", Database.version),
    ]
  }
}
