import Glibc
import NNXSystem
import Synchronization

extension DICOMScan {
  /// Scans of before, the last one last, each with the stamps of the files it looked at.
  private static let kept = Mutex<[(scan: DICOMScan, stamps: [FileStamp?])]>([])
  /// Channels may come from a folder each.
  private static let most = 4

  /// What is at a path: what was found there before, as long as no file was added, changed or taken away since.
  ///
  /// Of one series a command asks for the grid, voxels, files, digests and what a segmentation refers to, and for all
  /// of it the headers are read once.
  ///
  /// - Throws: as `init`.
  package static func of(_ path: String) throws(NNXError) -> DICOMScan {
    let files = try files(path)
    // Before the files are read: what changes meanwhile counts as changed.
    let now = ProcessFacts.seconds(CLOCK_REALTIME)
    let stamps = files.map { FileStamp($0.path, followsLinks: true) }
    if let found = kept(path, stamps) { return found }
    let scan = try DICOMScan(path, of: files)
    // Somebody who is still writing may leave no trace in the stamps.
    guard stamps.allSatisfy({ $0.map { Double($0.changed) * 1e-9 < now - 0.1 } ?? false }) else {
      return scan
    }
    kept.withLock {
      $0.removeAll { $0.scan.path == path }
      $0.append((scan, stamps))
      if $0.count > most { $0.removeFirst() }
    }
    return scan
  }

  /// The scan of a path whose files had these stamps.
  static func kept(_ path: String, _ stamps: [FileStamp?]) -> DICOMScan? {
    kept.withLock { $0.first { $0.scan.path == path && $0.stamps == stamps }?.scan }
  }
}
