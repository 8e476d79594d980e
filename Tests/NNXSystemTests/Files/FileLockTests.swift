import Foundation
import NNXSystem
import Synchronization
import TestSupport
import Testing

/// Holds a lock until another thread releases it.
private final class Holder: @unchecked Sendable {
  private var lock: FileLock?
  let isHeld = Atomic(true)

  init(_ path: String) throws { lock = try FileLock(path) }

  func release() {
    isHeld.store(false, ordering: .sequentiallyConsistent)
    lock = nil
  }
}

@Suite struct FileLockTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/lock" }

  init() throws { folder = try TemporaryFolder() }

  @Test func oneHoldsIt() throws {
    let first = try FileLock(path)
    let error = #expect(throws: NNXError.self) { try FileLock(path, wait: false) }
    #expect(error?.code == .lockedBy)
    #expect(error?.message == "another nnx is working on \(path)")
    withExtendedLifetime(first) {}
  }

  @Test func itIsFreeWhenTheValueIsGone() throws {
    do {
      let first = try FileLock(path)
      withExtendedLifetime(first) {}
    }
    let second = try FileLock(path, wait: false) { Issue.record("nobody holds it") }
    withExtendedLifetime(second) {}
    // The file stays: whoever removed it would let two hold locks of one name.
    #expect(Folder.kind(path) == .file(size: 0))
  }

  @Test func locksOfOtherNamesAreFree() throws {
    let first = try FileLock(path)
    let second = try FileLock(path + "2", wait: false)
    withExtendedLifetime((first, second)) {}
  }

  @Test func whoeverComesLaterWaits() throws {
    let first = try Holder(path)
    let second = try FileLock(path) {
      Thread.detachNewThread {
        Thread.sleep(forTimeInterval: 0.05)
        first.release()
      }
    }
    let isHeld = first.isHeld.load(ordering: .sequentiallyConsistent)
    #expect(!isHeld)
    withExtendedLifetime(second) {}
  }

  @Test func aFolderThatIsMissingIsSaid() throws {
    let error = #expect(throws: NNXError.self) { try FileLock(folder.path + "/no/lock") }
    #expect(error?.code == .fileNotFound)
  }
}
