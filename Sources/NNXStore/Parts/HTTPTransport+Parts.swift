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
  package func withParts(
    of file: RemoteFile, progress: @escaping ProgressHandler = { _ in },
    _ body: (RemoteParts) throws(NNXError) -> Void
  ) throws(NNXError) -> Bool {
    guard !ArchiveName.isTar(file.name), let (transport, file) = parts(of: file) else {
      return false
    }
    guard !transport.isOffline else {
      throw NNXError(.offline, "\(file.name) is not here and --offline is set")
    }
    var last: NNXError?
    for url in file.urls {
      for attempt in 0...1 {
        do throws(NNXError) {
          try body(RemoteParts(file, at: url, of: transport, progress: progress))
          return true
        } catch {
          if error.code == .partsRefused { return false }
          last = error
          if error.code == .changedMeanwhile, attempt == 0 { continue }
          guard HTTPTransport.isWorthAnotherAddress(error.code) else { throw error }
          break
        }
      }
    }
    throw last ?? NNXError(.bug, "\(file.name) has no address")
  }
}

extension HTTPTransport {
  package func parts(of file: RemoteFile) -> (HTTPTransport, RemoteFile)? { (self, file) }
}
