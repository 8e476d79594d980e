import NNXSystem
import TestSupport
import Testing

@testable import NNXDICOM

@Suite struct DICOMObjectTests {
  /// Explicit VR little endian.
  static let plain = "1.2.840.10008.1.2.1"
  static let rle = "1.2.840.10008.1.2.5"

  /// A small image of 16 bits with a sequence in it.
  private func image(_ words: [UInt16]) throws -> DICOMObject {
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
    try data.put(.pixelData, "OW", count: 2 * words.count) { bytes in
      for (index, word) in words.enumerated() {
        (bytes[2 * index], bytes[2 * index + 1]) = (UInt8(word & 255), UInt8(word >> 8))
      }
    }
    return object
  }

  @Test(arguments: [plain, rle])
  func `what is written is read`(syntax: String) throws {
    let folder = try TemporaryFolder()
    let words: [UInt16] = [1, 2, 300, 40000, 65535, 0]
    let path = folder.path + "/a.dcm"
    try image(words).write(to: path, syntax: syntax)
    let object = try DICOMObject(path)
    #expect(object.transferSyntax == syntax)
    #expect(object.dataset.numbers(.position) == [1, -2.5, 3])
    #expect(object.dataset.integer(.rows) == 2)
    #expect(object.dataset.text(.modality) == nil)
    let numbers = object.dataset.items(.frameGroups).map {
      $0.item(.sharedGroups)?.text(.seriesNumber)
    }
    #expect(numbers == ["1", "2", "3"])
    var bytes = [UInt8](repeating: 9, count: 12)
    try object.decode(0, into: &bytes)
    #expect(bytes == words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    #expect(throws: NNXError.self) { try object.decode(1, into: &bytes) }
    bytes.removeLast()
    #expect(throws: NNXError.self) { try object.decode(0, into: &bytes) }
  }
}
