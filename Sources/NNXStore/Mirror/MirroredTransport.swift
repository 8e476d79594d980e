import NNXSystem

/// Asks mirrors before the publisher. What comes from there has the same digests to meet.
package struct MirroredTransport: Transport {
  private let transport: any Transport
  private let roots: [String]

  /// - Parameters:
  ///   - transport: for addresses.
  ///   - roots: folders and addresses of mirrors, the first to ask first.
  package init(_ transport: any Transport, roots: [String]) {
    self.transport = transport
    self.roots = roots
  }

  package func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    try transport.confirm(plan)
  }

  package func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    var damaged: NNXError?
    for root in roots where root.hasPrefix("/") {
      guard let path = MirrorTree.path(of: file), Folder.kind("\(root)/\(path)") != nil else {
        continue
      }
      var local = file
      local.urls = ["\(MirrorTree.plain(root))/\(path)"]
      do throws(NNXError) {
        return try LocalTransport().fetch(local, progress: progress)
      } catch {
        // A damaged copy is like none, as long as somebody else may have a good one.
        guard error.code == .integrity else { throw error }
        damaged = error
      }
    }
    do throws(NNXError) {
      return try transport.fetch(mirrored(file), progress: progress)
    } catch {
      guard let damaged, error.code == .offline else { throw error }
      throw damaged
    }
  }

  /// The file with its addresses on mirrors before the others.
  private func mirrored(_ file: RemoteFile) -> RemoteFile {
    roots.reversed().filter { !$0.hasPrefix("/") }.reduce(file) { MirrorTree.file($0, on: $1) }
  }

  package func parts(of file: RemoteFile) -> (HTTPTransport, RemoteFile)? {
    // A whole copy on this machine is nearer than parts of another.
    let isHere = roots.contains { root in
      root.hasPrefix("/")
        && MirrorTree.path(of: file).flatMap { Folder.kind("\(root)/\($0)") } != nil
    }
    return isHere ? nil : transport.parts(of: mirrored(file))
  }
}
