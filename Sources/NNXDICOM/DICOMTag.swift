/// The name of an element: its group times 65536 plus its number (DICOM PS3.6).
package struct DICOMTag: Hashable, Sendable, CustomStringConvertible {
  package let number: UInt32

  package init(_ number: UInt32) { self.number = number }

  package var description: String {
    func hex(_ value: UInt32) -> String {
      let digits = String(value, radix: 16, uppercase: true)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "(\(hex(number >> 16)),\(hex(number & 0xFFFF)))"
  }
}

extension DICOMTag {
  static let mediaStorageClass = DICOMTag(0x0002_0002)
  static let mediaStorageInstance = DICOMTag(0x0002_0003)
  package static let imageType = DICOMTag(0x0008_0008)
  package static let sopClass = DICOMTag(0x0008_0016)
  package static let sopInstance = DICOMTag(0x0008_0018)
  package static let modality = DICOMTag(0x0008_0060)
  static let manufacturer = DICOMTag(0x0008_0070)
  package static let seriesDescription = DICOMTag(0x0008_103E)
  package static let patientID = DICOMTag(0x0010_0020)
  package static let patientName = DICOMTag(0x0010_0010)
  static let acquisitionType = DICOMTag(0x0018_0023)
  package static let sliceThickness = DICOMTag(0x0018_0050)
  static let spacingBetweenSlices = DICOMTag(0x0018_0088)
  static let echoTime = DICOMTag(0x0018_0081)
  package static let studyInstance = DICOMTag(0x0020_000D)
  package static let seriesInstance = DICOMTag(0x0020_000E)
  package static let seriesNumber = DICOMTag(0x0020_0011)
  static let acquisitionNumber = DICOMTag(0x0020_0012)
  static let instanceNumber = DICOMTag(0x0020_0013)
  static let imageIndex = DICOMTag(0x0054_1330)
  package static let position = DICOMTag(0x0020_0032)
  package static let orientation = DICOMTag(0x0020_0037)
  package static let frameOfReference = DICOMTag(0x0020_0052)
  static let temporalPosition = DICOMTag(0x0020_0100)
  package static let samples = DICOMTag(0x0028_0002)
  package static let photometric = DICOMTag(0x0028_0004)
  package static let frameCount = DICOMTag(0x0028_0008)
  package static let rows = DICOMTag(0x0028_0010)
  package static let columns = DICOMTag(0x0028_0011)
  package static let pixelSpacing = DICOMTag(0x0028_0030)
  package static let bitsAllocated = DICOMTag(0x0028_0100)
  package static let bitsStored = DICOMTag(0x0028_0101)
  package static let highBit = DICOMTag(0x0028_0102)
  package static let pixelRepresentation = DICOMTag(0x0028_0103)
  static let rescaleIntercept = DICOMTag(0x0028_1052)
  static let rescaleSlope = DICOMTag(0x0028_1053)
  package static let lossy = DICOMTag(0x0028_2110)
  package static let sharedGroups = DICOMTag(0x5200_9229)
  package static let frameGroups = DICOMTag(0x5200_9230)
  package static let pixelData = DICOMTag(0x7FE0_0010)
}
