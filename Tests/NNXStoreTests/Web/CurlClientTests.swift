import NNXSystem
import Testing

@testable import NNXStore

@Suite struct CurlClientTests {
  /// libcurl keeps its buffer when a connection fails, and refuses to be given another.
  @Test func aClientOutlivesConnectionsThatFail() {
    let client = CurlClient(environment: { _ in nil }, connectTimeout: 2, allowsPlain: true)
    for _ in 0..<3 {
      #expect(throws: NNXError.self) {
        _ = try client.get(HTTPRequest("http://127.0.0.1:1/"), onHead: { _ in }, onBytes: { _ in })
      }
    }
  }
}
