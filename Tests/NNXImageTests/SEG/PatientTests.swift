import NNXDICOM
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// A DICOM segmentation and a series that say of two patients are not looked at together.
@Suite struct PatientTests {
  private static let series = Fixtures.folder + "/dicom/odd_size"

  private func segmentation(in folder: TemporaryFolder) throws -> Segmentation {
    let source = try SEGSource(Self.series)
    let path = folder.path + "/a.dcm"
    let labels = LabelMap(source.geometry.shape, largestLabel: 1)
    labels[5] = 1
    try SEGWriter(source, by: .hand).write(
      labels, LabelTable([.init(value: 1, name: "Liver")]), to: path)
    return try readSegmentation(path)
  }

  @Test func theSeriesOfAnotherPatientIsRefused() throws {
    let folder = try TemporaryFolder()
    var labels = try segmentation(in: folder)
    let own = try #require(labels.patientID)
    try labels.checkPatient(ofImage: Self.series)
    #expect(labels.placed(on: labels.geometry, header: labels.header).patientID == own)
    labels.patientID = "ANOTHER"
    let error = #expect(throws: NNXError.self) { try labels.checkPatient(ofImage: Self.series) }
    #expect(error?.code == .otherPatient)
    #expect(error?.message.contains(own) == true)
    for target in ["x.nii.gz", "x.dcm"] {
      let refused = #expect(throws: NNXError.self) {
        try ImageConversion(
          folder.path + "/a.dcm", series: SeriesReading(), like: Self.series,
          to: folder.path + "/" + target, labels: labels, progress: { _ in })
      }
      #expect(refused?.code == .otherPatient)
    }
    // Whose it is nobody knows of what does not say so.
    labels.patientID = nil
    try labels.checkPatient(ofImage: Self.series)
  }

  @Test func segmentationsOfTwoPatientsAreNotCompared() throws {
    let folder = try TemporaryFolder()
    let first = try segmentation(in: folder)
    var second = first
    try first.checkPatient(of: second)
    second.patientID = "ANOTHER"
    let error = #expect(throws: NNXError.self) { try first.checkPatient(of: second) }
    #expect(error?.code == .otherPatient)
    second.patientID = nil
    try first.checkPatient(of: second)
  }
}
