import NNXModel
import NNXSystem

extension Transport {
  package func parts(of file: RemoteFile) -> (HTTPTransport, RemoteFile)? { nil }

  /// Opens a published file to read parts of it, at the first of its addresses that gives them.
  ///
  /// A file that changes meanwhile is begun anew once.
  ///
  /// - Parameter body: may be called again, for another address.
  /// - Returns: `false` when no host gives parts, and for archives that have no directory; `body` has done nothing then.
  /// - Throws: what `body` throws, and as `fetch`.
  func withParts(
    of file: RemoteFile, progress: @escaping ProgressHandler = { _ in },
    _ body: (RemoteParts) throws(NNXError) -> Void
  ) throws(NNXError) -> Bool {
    guard !ArchiveName.isTar(file.name), let (transport, file) = parts(of: file) else {
      return false
    }
    guard !transport.web.isOffline else {
      throw NNXError(.offline, "\(file.name) is not here and --offline is set")
    }
    return try file.atAnyAddress { (url) throws(NNXError) in
      func isThere() throws(NNXError) -> Bool {
        do throws(NNXError) {
          try body(RemoteParts(file, at: url, of: transport, progress: progress))
          return true
        } catch {
          guard error.code == .partsRefused else { throw error }
          return false
        }
      }
      do throws(NNXError) { return try isThere() } catch {
        guard error.code == .changedMeanwhile else { throw error }
        return try isThere()
      }
    }
  }
}

extension HTTPTransport {
  package func parts(of file: RemoteFile) -> (HTTPTransport, RemoteFile)? { (self, file) }
}
