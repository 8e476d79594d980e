import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct DataFetcherTests {
  let test: TestStore

  init() throws { test = try TestStore() }

  private static let archive = Fixtures.folder + "/aimi/liver-mr.zip"

  /// Hands over the archive as a host would.
  private struct Host: Transport {
    func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan { plan }
    func parts(of file: RemoteFile) -> (HTTPTransport, RemoteFile)? { nil }
    func fetch(
      _ file: RemoteFile, progress: @escaping ProgressHandler
    ) throws(NNXError) -> FetchedFile {
      var local = file
      local.urls = [DataFetcherTests.archive]
      return try LocalTransport().fetch(local, progress: progress)
    }
  }

  private func fetcher() throws -> DataFetcher {
    let web = Web(
      client: NoClient(), hosts: HostPolicy(publishers: publishingHosts()), isOffline: true)
    return DataFetcher(store: test.store, transport: Host(), asking: web)
  }

  @Test func anArchiveThatSomebodyBroughtIsUnpackedInOneStep() throws {
    let set = try DataSet.named("liver-mr")
    #expect(throws: NNXError.self) { try test.store.dataFolder("liver-mr") }
    let result = try fetcher().fetch(set, from: Self.archive)
    #expect(!result.wasHere && result.data.version == "local")
    #expect(try test.store.dataFolder("liver-mr") == result.data.path)
    #expect(Folder.isFile(result.data.path + "/liver-mr/qa-results.csv"))
    let receipt = try OrderedJSON(contentsOf: result.data.path + "/nnx-data.json")
    #expect(receipt["sha256"]?.string == (try Digest.ofFile(Self.archive, .sha256)))
    #expect(receipt["files"]?.array?.count == 6)
    #expect(try Folder.entries(test.data + "/staging") == [])
    // Again: the new in the place of the old.
    #expect(try fetcher().fetch(set, from: Self.archive).data == result.data)
  }

  @Test func withoutTheNetworkItSaysWhatToBring() throws {
    let error = #expect(throws: NNXError.self) {
      try fetcher().fetch(DataSet.named("liver-mr"))
    }
    #expect(error?.code == .offline)
    #expect(error?.fixes.last == "nnx data fetch liver-mr --from liver-mr.zip")
    #expect(try DataSet.all.map { try DataSet.named($0.name) } == DataSet.all)
    #expect(throws: NNXError.self) { try DataSet.named("spleen") }
  }
}
