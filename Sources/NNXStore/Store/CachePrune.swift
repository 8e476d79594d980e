import Glibc
import NNXSystem

/// What `nnx cache prune` and `nnx cache clean` remove. A value: `--dry-run` prints it.
package struct CachePrune: Sendable {
  package let items: [CacheItem]
  /// Checkpoints that stay although they were asked for, for they are nowhere else: of models that came from a
  /// file or a folder.
  package private(set) var kept: [CacheItem] = []

  /// Bytes.
  package var size: Int { items.reduce(0) { $0 + $1.size } }

  /// What nobody needs: kept and rejected archives, leftovers of killed installs, partial downloads that
  /// nobody continued and indexes of `nnx gather` that nobody asked for long, and on request the
  /// checkpoints of models that nnx itself can run.
  ///
  /// - Parameters:
  ///   - age: only what was not used for so many seconds; partial downloads and indexes of the last 30 days
  ///     stay even without it.
  ///   - checkpoints: whether nnU-Net's own files go, too.
  ///   - now: seconds since 1970.
  /// - Throws: `unreadable`.
  package init(
    _ store: Store, olderThan age: Int? = nil, checkpoints: Bool = false, now: Int = time(nil)
  ) throws(NNXError) {
    let all = try store.cacheItems()
    kept = all.filter {
      checkpoints && $0.kind == .checkpoints && $0.model?.receipt.isPublished == false
    }
    items = all.filter { item in
      let idle = now - item.used
      switch item.kind {
      case .weights: return false
      case .checkpoints:
        return checkpoints && idle >= age ?? 0 && item.model?.receipt.isPublished == true
          && item.model?.receipt.sets.allSatisfy { $0.unsupported == nil } == true
      case .partial, .index: return idle >= age ?? 30 * 86400
      case .archive, .rejected, .staging: return idle >= age ?? 0
      }
    }
  }

  /// Everything in the cache, partial downloads too; models stay.
  ///
  /// - Throws: `unreadable`.
  package init(cleaning store: Store, olderThan age: Int? = nil, now: Int = time(nil))
    throws(NNXError)
  {
    items = try store.cacheItems().filter {
      $0.model == nil && now - $0.used >= age ?? 0
    }
  }

  /// Removes it.
  ///
  /// - Throws: `cannot-write`, `unreadable`; what could not be removed stays.
  package func run(in store: Store) throws(NNXError) {
    for item in items {
      switch item.kind {
      case .weights: continue
      case .checkpoints: if let model = item.model { try store.dropCheckpoints(of: model) }
      case .staging: store.sweep()
      case .partial, .archive, .rejected, .index: for path in item.paths { try Folder.remove(path) }
      }
    }
  }
}

extension Store {
  /// Bytes that `nnx cache prune` would free, for the message about a full disk.
  func prunableBytes() -> Int { (try? CachePrune(self))?.size ?? 0 }
}
