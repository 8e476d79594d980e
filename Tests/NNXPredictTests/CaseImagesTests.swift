import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

@Suite struct CaseImagesTests {
  /// The record names what was read, or there is none.
  @Test func anImageThatChangesMeanwhileIsRefused() throws {
    let reference = try ReferenceCase("v2/plain_ct")
    let folder = try TemporaryFolder()
    let scan = try folder.write("scan.nii.gz", bytes(of: reference.images[0]))
    let read = {
      try CaseImages(
        Case(name: "scan", images: [scan]), for: reference.entry.description,
        as: reference.entry.description.reader, allowed: [],
        targets: []
      ) { _ in }
    }
    let images = try read()
    #expect(
      try images.record()[0]["sha256"]?.string == Digest.ofFile(reference.images[0], .sha256))
    // Another scan under the name, as a copy makes it; and one that takes its place.
    try folder.write("scan.nii.gz", bytes(of: reference.images[0]) + [0])
    #expect(throws: NNXError.self) { try images.record() }
    try folder.write("scan.nii.gz", bytes(of: reference.images[0]))
    let again = try read()
    let other = try folder.write("other.nii.gz", bytes(of: scan))
    try Folder.move(other, to: scan)
    let error = #expect(throws: NNXError.self) { try again.record() }
    #expect(error?.code == .integrity)
  }
}
