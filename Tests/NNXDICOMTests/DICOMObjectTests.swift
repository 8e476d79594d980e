import NNXSystem
import TestSupport
import Testing

@testable import NNXDICOM

@Suite struct DICOMObjectTests {
  /// Explicit VR little endian.
  private let plain = "1.2.840.10008.1.2.1"

  /// A small image of 16 bits with a sequence in it, and no pixels.
  private func image() throws -> DICOMObject {
    let object = try DICOMObject()
    let data = object.dataset
    try data.put(.sopClass, "UI", "1.2.840.10008.5.1.4.1.1.2")
    try data.put(.sopInstance, "UI", "2.25.1")
    try data.put(.rows, "US", "2")
    try data.put(.columns, "US", "3")
    try data.put(.samples, "US", "1")
    try data.put(.photometric, "CS", "MONOCHROME2")
    try data.put(.bitsAllocated, "US", "16")
    try data.put(.bitsStored, "US", "16")
    try data.put(.highBit, "US", "15")
    try data.put(.pixelRepresentation, "US", "0")
    try data.put(.position, "DS", "1\\-2.5\\3")
    for frame in 1...3 {
      try data.append(.frameGroups).append(.sharedGroups).put(.seriesNumber, "IS", "\(frame)")
    }
    return object
  }

  @Test func `what is written is read`() throws {
    let folder = try TemporaryFolder()
    let words: [UInt16] = [1, 2, 300, 40000, 65535, 0]
    let pixels = words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let path = folder.path + "/a.dcm"
    let head = try image().bytes(syntax: plain)
    try folder.write("a.dcm", head)
    #expect(try DICOMObject(path).stop == head.count)
    // The element of the pixels: name, VR, 16 bits of nothing, length.
    let element: [UInt8] = [0xE0, 0x7F, 0x10, 0] + Array("OW".utf8) + [0, 0, 12, 0, 0, 0]
    try folder.write("a.dcm", head + element + pixels)
    #expect(try DICOMObject(path, until: .pixelData).stop == head.count + element.count)
    let object = try DICOMObject(path)
    #expect(object.transferSyntax == plain)
    #expect(object.dataset.numbers(.position) == [1, -2.5, 3])
    #expect(object.dataset.integer(.rows) == 2)
    #expect(object.dataset.text(.modality) == nil)
    let numbers = object.dataset.items(.frameGroups).map {
      $0.item(.sharedGroups)?.text(.seriesNumber)
    }
    #expect(numbers == ["1", "2", "3"])
    var bytes = [UInt8](repeating: 9, count: 12)
    try object.decode(0, into: &bytes)
    #expect(bytes == pixels)
    #expect(throws: NNXError.self) { try object.decode(1, into: &bytes) }
    bytes.removeLast()
    #expect(throws: NNXError.self) { try object.decode(0, into: &bytes) }
  }

  /// As short as they can be and still be the same numbers; those that files have as text stay as they are.
  @Test func `numbers of binary elements have the shortest text`() throws {
    let folder = try TemporaryFolder()
    let object = try DICOMObject()
    let (echo, sweep) = (DICOMTag(0x0018_9082), DICOMTag(0x0018_605A))
    try object.dataset.put(echo, "FD", "2.3\\0.1\\1e300\\-0.30000000000000004\\5")
    try object.dataset.put(sweep, "FL", "2.3\\16777216\\1e-20")
    try object.dataset.put(.sliceThickness, "DS", "2.2999999999999998")
    try folder.write("a.dcm", object.bytes(syntax: plain))
    let data = try DICOMObject(folder.path + "/a.dcm").dataset
    #expect(data.text(echo) == "2.3\\0.1\\1e+300\\-0.30000000000000004\\5")
    #expect(data.numbers(echo) == [2.3, 0.1, 1e300, -0.30000000000000004, 5])
    #expect(data.text(sweep) == "2.3\\16777216\\1e-20")
    #expect(data.text(.sliceThickness) == "2.2999999999999998")
  }
}
