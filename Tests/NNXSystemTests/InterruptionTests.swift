import Glibc
import Synchronization
import TestSupport
import Testing

@testable import NNXSystem

/// What a signal does to a process of nnx, the tests of whole commands show (CohortResumeTests).
@Suite struct InterruptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func whatMustNotBeCutGivesItsResult() throws {
    #expect(Interruption.deferred { 7 } == 7)
    let error = #expect(throws: NNXError.self) {
      try Interruption.deferred { () throws(NNXError) in throw NNXError(.usage, "stop") }
    }
    #expect(error?.message == "stop")
    // An error ends it as well: the next one is not kept out.
    #expect(Interruption.deferred { 8 } == 8)
  }

  @Test func oneAfterTheOtherIsNotCut() throws {
    let inside = Atomic(0)
    let most = Mutex(0)
    try Parallel.forEach(4, workers: 4) { (_) throws(NNXError) in
      Interruption.deferred {
        let now = inside.wrappingAdd(1, ordering: .relaxed).newValue
        most.withLock { $0 = max($0, now) }
        usleep(2000)
        inside.wrappingSubtract(1, ordering: .relaxed)
      }
    }
    #expect(most.withLock { $0 } == 1)
  }

  @Test func newFilesAndFoldersAreMade() throws {
    let path = folder.path + "/a/file"
    try Interruption.create(folder.path + "/a")
    let descriptor = Interruption.createFile(path, permissions: 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    #expect(SystemCall.status(of: path).map { $0.st_mode & 0o777 } == 0o600)
    #expect(Interruption.createFile(path, permissions: 0o600) == -1)
    Interruption.forget(path)
    Interruption.forget(folder.path + "/a")
    #expect(try folder.contents() == ["a", "a/file"])
  }

  @Test func whereNothingCanBeMadeIsSaid() throws {
    try folder.write("file", [])
    let error = #expect(throws: NNXError.self) { try Interruption.create(folder.path + "/file/a") }
    #expect(error?.code == .cannotWrite)
    Interruption.forget(folder.path + "/file/a")
  }
}
