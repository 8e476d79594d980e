import NNXSystem
import TestSupport
import Testing

@Suite struct ResourceTests {
  @Test(arguments: Resource.allCases) func theCopyInTheBinaryIsTheFile(resource: Resource) throws {
    let file = try FileReader("\(Fixtures.repository)/\(resource.rawValue)")
    #expect(file.count > 0)
    let bytes = try file.bytes(at: 0, count: file.count)
    #expect(resource.bytes == bytes)
    #expect(resource.text == String(decoding: bytes, as: UTF8.self))
    let carried = try resource.open(as: "carried")
    #expect(try carried.count == file.count && carried.bytes(at: 0, count: file.count) == bytes)
  }
}
