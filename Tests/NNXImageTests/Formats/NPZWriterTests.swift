import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct NPZWriterTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The larger array has several blocks of the compressor.
  @Test(arguments: [[5], [2, 3, 4, 5], [3, 100, 100, 50]], [false, true])
  func readsBackWhatWasWritten(_ shape: [Int], zip64: Bool) throws {
    let values = randomValues(shape.reduce(1, *), seed: 8)
    let path = folder.path + "/case.npz"
    let writer = try NPZWriter(
      path, key: "probabilities", shape: shape, zip64: zip64, threads: Threads(2))
    for start in stride(from: 0, to: values.count, by: 7777) {
      try writer.write(values.span.extracting(start..<min(start + 7777, values.count)))
    }
    #expect(
      try folder.contents().filter { $0 == "case.npz" } == [], "visible before it is complete")
    try writer.finish()
    let array = try NPY.read(path, key: "probabilities")
    #expect(array.shape == shape)
    #expect(array.values == values)
  }

  @Test func halvesAreRounded() throws {
    let path = folder.path + "/case.npz"
    let writer = try NPZWriter(path, key: "softmax", shape: [1, 3], .float16)
    try writer.write([0.1, 1, 0.333_333_34].span)
    try writer.finish()
    #expect(try NPY.read(path, key: "softmax").values == [0.099975586, 1, 0.33325195])
  }

  @Test func theSameValuesGiveTheSameFile() throws {
    let values = randomValues(3_000_000, seed: 1)
    let files = try [1, 3].map { threads in
      let path = folder.path + "/\(threads).npz"
      let writer = try NPZWriter(
        path, key: "probabilities", shape: [values.count], threads: Threads(threads))
      try writer.write(values.span)
      try writer.finish()
      return try MappedFile(path).withBytes { span in span.withUnsafeBytes { [UInt8]($0) } }
    }
    #expect(files[0] == files[1])
  }
}
