import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXDICOM

/// Slices of one SeriesInstanceUID that say different things of themselves; of seven slices of 13 × 11 pixels, 9 mm
/// apart, some are changed.
@Suite struct SeriesUnityTests {
  private let folder: TemporaryFolder
  /// In the order of their positions.
  private let names: [String]

  init() throws {
    folder = try TemporaryFolder()
    let source = Fixtures.folder + "/dicom/odd_size"
    for name in try Folder.entries(source) {
      try folder.write(name, try folder.read("\(source)/\(name)"))
    }
    let slices = try SliceStack(DICOMScan(folder.path).series[0].volumes[0], path: "").slices
    names = slices.map { lastComponent($0.source.path) }
  }

  /// Sets an element of some slices; `nil` gives each a value of its own.
  private func set(_ tag: DICOMTag, _ vr: String, _ value: String?, of slices: Range<Int>) throws {
    for index in slices {
      let path = "\(folder.path)/\(names[index])"
      let head = try DICOMObject(path, until: .pixelData)
      let pixels = Array(try folder.read(path).suffix(12 + 2 * 13 * 11))
      try head.dataset.put(tag, vr, value ?? "1.2.3.\(index + 1)")
      try folder.write(names[index], try head.bytes(syntax: head.transferSyntax) + pixels)
    }
  }

  private func series() throws -> DICOMSeries { try #require(DICOMScan(folder.path).series.first) }

  private func stack(_ allowed: Set<SliceStack.Allowance> = []) throws -> SliceStack {
    let address = try #require(SeriesAddress(folder.path))
    let (_, volume) = try DICOMScan(folder.path).volume(address)
    return try SliceStack(volume, path: "scan", allowed: allowed)
  }

  private func refusal() -> NNXError? { #expect(throws: NNXError.self) { try stack() } }

  @Test func `slices of several frames of reference are refused, and taken on request`() throws {
    let whole = try stack().read(reversesRows: false).values
    try set(.frameOfReference, "UI", "1.2.3", of: 4..<7)
    let error = refusal()
    #expect(error?.code == .slices)
    #expect(error?.message == "the slices of scan name 2 frames of reference")
    #expect(
      error?.details[0].hasPrefix("4 slices from -17 mm on: ") == true, "\(error?.details ?? [])")
    #expect(error?.details[1] == "3 slices from 19 mm on: 1.2.3")
    let stack = try stack([.frames])
    #expect(stack.notes.count == 1 && stack.notes[0].contains("--allow frames"))
    #expect(try stack.read(reversesRows: false).values == whole)
    try set(.frameOfReference, "UI", nil, of: 0..<7)
    #expect(refusal()?.message == "the slices of scan name 7 frames of reference")
  }

  @Test func `two frames of reference in the same places are two volumes`() throws {
    for name in names { try folder.write("b" + name, try folder.read("\(folder.path)/\(name)")) }
    try set(.frameOfReference, "UI", "1.2.3", of: 0..<7)
    let error = refusal()
    #expect(error?.code == .series)
    #expect(error?.details.contains { $0.contains("FrameOfReferenceUID 1.2.3  7 slices") } == true)
  }

  @Test func `slices of two modalities are refused`() throws {
    try set(.modality, "CS", "PT", of: 3..<7)
    #expect(refusal()?.message == "one series holds slices of 2 modalities")
    #expect(refusal()?.details == ["CT: 3 files", "PT: 4 files"])
  }

  @Test func `slices of two patients are refused without a name`() throws {
    try set(.patientName, "PN", "PHANTOM^SYNTHETIC", of: 3..<7)
    #expect(try stack().slices.count == 7)
    try set(.patientName, "PN", "Other^One", of: 3..<7)
    #expect(refusal()?.message == "one series holds slices of 2 patients")
    #expect(refusal()?.details == ["their PatientName differs, and PatientID is PHANTOM"])
    try set(.patientID, "LO", "OTHER", of: 3..<7)
    #expect(refusal()?.details == ["PatientID OTHER", "PatientID PHANTOM"])
  }

  @Test func `slices of two studies are read, with a note`() throws {
    try set(.studyInstance, "UI", "1.2.3", of: 3..<7)
    let notes = try stack().notes
    #expect(notes.count == 1 && notes[0].hasPrefix("its slices name 2 studies"), "\(notes)")
  }

  @Test func `volumes of a series are told apart by what differs`() throws {
    try set(.pixelSpacing, "DS", "13.2\\16", of: 3..<7)
    #expect(
      try series().volumes.map(\.mark) == [
        "axial 11 × 13, PixelSpacing 13 16", "axial 11 × 13, PixelSpacing 13.2 16",
      ])
    try set(.pixelSpacing, "DS", "13\\16", of: 3..<7)
    try set(.orientation, "DS", "0.9999\\0.01\\0\\-0.01\\0.9999\\0", of: 6..<7)
    #expect(
      try series().volumes.map(\.mark) == [
        "axial 11 × 13, ImageOrientationPatient 1 0 0 0 1 0",
        "axial 11 × 13, ImageOrientationPatient 1 0.01 0 -0.01 1 0",
      ])
    #expect(try series().volumes[1].line.hasSuffix("  1 slice"))
  }

  @Test func `spacings and directions may differ by rounding`() throws {
    let whole = try stack().read(reversesRows: false).values
    try set(.pixelSpacing, "DS", "13.0002\\16.0001", of: 3..<7)
    try set(.orientation, "DS", "1\\0.0004\\0\\-0.0004\\1\\0", of: 6..<7)
    #expect(try stack().read(reversesRows: false).values == whole)
  }

  @Test func `each slice has its own way of storing pixels`() throws {
    let whole = try stack().read(reversesRows: false).values
    try set(.bitsStored, "US", "16", of: 2..<4)
    try set(.highBit, "US", "15", of: 2..<4)
    try set(.pixelRepresentation, "US", "1", of: 3..<4)
    let stack = try stack()
    #expect(try stack.read(reversesRows: false).values == whole)
    #expect(stack.bounds(reversesRows: false) == -33792...64511)
  }

  @Test func `a screenshot beside a scan is passed over`() throws {
    let scan = names[0..<6]
    try set(.seriesInstance, "UI", "1.2.3", of: 6..<7)
    #expect(refusal()?.code == .series)
    try set(.sopClass, "UI", "1.2.840.10008.5.1.4.1.1.7", of: 6..<7)
    // One that lies in the patient may be meant.
    #expect(refusal()?.code == .series)
    try set(.position, "DS", "", of: 6..<7)
    #expect(try stack().slices.count == scan.count)
    #expect(try DICOMScan(folder.path).series.count == 2)
    for name in scan { try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
    #expect(refusal()?.code == .unsupportedDICOM)
  }

  @Test func `a series is named as a table shows it`() throws {
    let uid = try series().uid
    for (name, isIt) in [
      (uid, true), ("\(uid.prefix(6))…\(uid.suffix(3))", true), ("…\(uid.suffix(3))", true),
      ("\(uid.prefix(6))…x", false), ("\(uid)…\(uid.suffix(1))", false), ("x…", false),
    ] {
      #expect(try series().isCalled(name) == isIt, "\(name)")
      if isIt {
        let address = try #require(SeriesAddress("\(folder.path)#\(name)"))
        #expect(try DICOMScan(folder.path).volume(address).series.uid == uid)
      }
    }
  }

  @Test func `one slice of inverted greys refuses all`() throws {
    try set(.photometric, "CS", "MONOCHROME1", of: 2..<3)
    #expect(refusal()?.code == .unsupportedDICOM)
    #expect(refusal()?.message.hasSuffix("is MONOCHROME1: its low values are white") == true)
  }
}
