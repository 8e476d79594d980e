import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct HostileArchiveTests {
  @Test(arguments: HostileArchive.all)
  func isRefusedAndTouchesNothingOutside(_ hostile: HostileArchive) throws {
    let outer = try TemporaryFolder()
    let target = outer.path + "/staging/out"
    try Folder.create(target)
    let path = try outer.write("hostile.zip", hostile.bytes)
    let error = #expect(throws: NNXError.self) { try Archive(path).unpack(into: target) }
    #expect(error?.code.name == hostile.code, "\(String(describing: error))")
    let outside = outer.files.filter { !$0.hasPrefix("staging/out/") }
    #expect(outside == ["hostile.zip"])
    for file in try Folder.files(below: target) { #expect(file.size <= 1 << 20) }
  }

  @Test func thereAreManyKinds() { #expect(HostileArchive.all.count >= 200) }
}
