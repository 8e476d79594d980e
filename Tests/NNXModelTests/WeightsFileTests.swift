import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct WeightsFileTests {
  private static let parameters = [
    Architecture.Parameter("a.weight", [3, 1, 1, 1, 1]), Architecture.Parameter("a.bias", [30]),
    Architecture.Parameter("b", [16]), Architecture.Parameter("c", [5]),
  ]

  private static func values(_ index: Int) -> [Float] {
    (0..<parameters[index].shape.reduce(1, *)).map { Float($0) + Float(index) / 8 }
  }

  private func written(_ folder: TemporaryFolder) throws -> (path: String, digest: String) {
    let path = "\(folder.path)/w.safetensors"
    let writer = try WeightsWriter(
      path, parameters: WeightsFileTests.parameters, notes: [("fold", "0")])
    for (index, parameter) in WeightsFileTests.parameters.enumerated() {
      try writer.append(parameter.name, WeightsFileTests.values(index).span)
    }
    return (path, try writer.commit())
  }

  @Test func givesBackWhatWasWritten() throws {
    let folder = try TemporaryFolder()
    let (path, digest) = try written(folder)
    let file = try WeightsFile(path)
    #expect(file.entries.map(\.name) == ["a.weight", "a.bias", "b", "c"])
    #expect(file.metadata == ["format": "nnx-weights", "version": "1", "fold": "0"])
    for (index, parameter) in WeightsFileTests.parameters.enumerated() {
      #expect(file.shape(of: parameter.name) == parameter.shape)
      let read = try file.withTensor(parameter.name) { span in span.indices.map { span[$0] } }
      #expect(read == WeightsFileTests.values(index))
    }
    #expect(file.shape(of: "d") == nil)
    #expect(throws: NNXError.self) { try file.withTensor("d") { _ in } }
    #expect(file.digest() == digest)
    #expect(try Digest.ofFile(path, .sha256) == digest)
  }

  @Test func alignsEveryTensorTo64Bytes() throws {
    let folder = try TemporaryFolder()
    let file = try WeightsFile(try written(folder).path)
    #expect(file.entries.allSatisfy { $0.offset % 64 == 0 })
  }

  @Test func aFileThatIsNotCommittedLeavesNothing() throws {
    let folder = try TemporaryFolder()
    do {
      let writer = try WeightsWriter(
        "\(folder.path)/w.safetensors", parameters: WeightsFileTests.parameters)
      try writer.append("a.weight", WeightsFileTests.values(0).span)
    }
    #expect(try folder.contents() == [])
  }

  @Test func noticesThatTheFileShrank() throws {
    let folder = try TemporaryFolder()
    let (path, _) = try written(folder)
    let file = try WeightsFile(path)
    try folder.truncate("w.safetensors", to: 100)
    let error = try #require(throws: NNXError.self) { try file.withTensor("c") { _ in } }
    #expect(error.code == .unreadable)
  }

  // MARK: Abuse

  /// A file with this header and this many bytes of data.
  private static func file(_ header: String, data: Int = 128, length: UInt64? = nil) -> [UInt8] {
    var text = Array(header.utf8)
    while (8 + text.count) % 64 != 0 { text.append(0x20) }
    return PickleTree.littleEndian(length ?? UInt64(text.count), 8) + text
      + Array(repeating: 0, count: data)
  }

  private static let meta = #""__metadata__": {"format": "nnx-weights", "version": "1"}"#

  private static func tensors(_ entries: String) -> String { "{\(meta), \(entries)}" }

  private static func tensor(
    _ name: String = "a", type: String = "F32", shape: String = "[32]", offsets: String = "[0, 128]"
  ) -> String {
    #""\#(name)": {"dtype": "\#(type)", "shape": \#(shape), "data_offsets": \#(offsets)}"#
  }

  private func failure(_ bytes: [UInt8]) throws -> String {
    let folder = try TemporaryFolder()
    let path = try folder.write("w.safetensors", bytes)
    let error = try #require(throws: NNXError.self) { try WeightsFile(path) }
    #expect(error.code == .integrity)
    let start = try #require(error.message.range(of: "is damaged: "))
    return String(error.message[start.upperBound...])
  }

  @Test func acceptsThePlainCase() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "w.safetensors", WeightsFileTests.file(WeightsFileTests.tensors(WeightsFileTests.tensor())))
    #expect(try WeightsFile(path).entries.count == 1)
  }

  @Test func refusesDamagedHeaders() throws {
    let good = WeightsFileTests.tensors(WeightsFileTests.tensor())
    #expect(try failure([]) == "it is too short")
    #expect(try failure([1, 2, 3]) == "it is too short")
    for length: UInt64 in [.max, 1 << 63, 1 << 40, 17 << 20, 1 << 20] {
      #expect(try failure(WeightsFileTests.file(good, length: length)).contains("its header has"))
    }
    #expect(try failure(WeightsFileTests.file(good, length: 100)) == "its header is not aligned")
    #expect(try failure(WeightsFileTests.file("[]")) == "its header is no JSON object")
    #expect(try failure(WeightsFileTests.file(" {}")) == "its header is no JSON object")
    #expect(try failure(WeightsFileTests.file("{")) == "its header is no JSON")
    #expect(try failure(WeightsFileTests.file("{\"a\": 1, \"a\": 1}")) == "its header is no JSON")
    let format = "it is not in version 1 of the format nnx-weights"
    #expect(try failure(WeightsFileTests.file("{}")) == format)
    #expect(try failure(WeightsFileTests.file("{\(WeightsFileTests.tensor())}")) == format)
    #expect(
      try failure(
        WeightsFileTests.file(#"{"__metadata__": {"format": "nnx-weights", "version": "2"}}"#))
        == format)
    #expect(
      try failure(WeightsFileTests.file(#"{"__metadata__": {"format": 1}}"#))
        == "metadata that is no text")
  }

  @Test(arguments: [
    WeightsFileTests.tensor(type: "F16"), WeightsFileTests.tensor(type: "I8"),
    WeightsFileTests.tensor(type: "U8", shape: "[128]"), WeightsFileTests.tensor(shape: "[33]"),
    WeightsFileTests.tensor(shape: "[]"), WeightsFileTests.tensor(shape: "[-32]"),
    WeightsFileTests.tensor(shape: "[32.0]"), WeightsFileTests.tensor(shape: "[32, 0]"),
    WeightsFileTests.tensor(shape: "32"), WeightsFileTests.tensor(shape: "[\"32\"]"),
    WeightsFileTests.tensor(shape: "[4611686018427387904, 4]"),
    WeightsFileTests.tensor(shape: "[1, 1, 1, 1, 1, 1, 1, 1, 32]"),
    WeightsFileTests.tensor(offsets: "[0, 129]"), WeightsFileTests.tensor(offsets: "[128, 0]"),
    WeightsFileTests.tensor(offsets: "[-128, 0]"), WeightsFileTests.tensor(offsets: "[0]"),
    WeightsFileTests.tensor(offsets: "[0, 9223372036854775807]"),
    WeightsFileTests.tensor(offsets: "[0, 64]"), WeightsFileTests.tensor(offsets: "[128, 256]"),
    WeightsFileTests.tensor("ä"), WeightsFileTests.tensor("a b"), WeightsFileTests.tensor(""),
    WeightsFileTests.tensor(String(repeating: "a", count: 257)),
    #""a": {"dtype": "F32", "shape": [32], "data_offsets": [0, 128], "extra": 1}"#,
    #""a": {"dtype": "F32", "shape": [32]}"#, #""a": 17"#,
  ])
  func refusesDamagedEntries(entry: String) throws {
    let message = try failure(WeightsFileTests.file(WeightsFileTests.tensors(entry)))
    #expect(message.contains("breaks the format"), "\(message)")
  }

  @Test func refusesHolesOverlapsAndTails() throws {
    func message(_ entries: [String], data: Int = 128) throws -> String {
      try failure(
        WeightsFileTests.file(
          WeightsFileTests.tensors(entries.joined(separator: ", ")), data: data))
    }
    let first = WeightsFileTests.tensor("a", shape: "[16]", offsets: "[0, 64]")
    let gaps = "its tensors overlap or leave gaps"
    #expect(
      try message([first, WeightsFileTests.tensor("b", shape: "[8]", offsets: "[96, 128]")]) == gaps
    )
    #expect(
      try message([first, WeightsFileTests.tensor("b", shape: "[32]", offsets: "[0, 128]")]) == gaps
    )
    #expect(
      try message([WeightsFileTests.tensor("b", shape: "[16]", offsets: "[64, 128]")]) == gaps)
    #expect(try message([first]) == "it does not end where its tensors do")
    #expect(
      try message(
        [
          WeightsFileTests.tensor("a", shape: "[1]", offsets: "[0, 4]"),
          WeightsFileTests.tensor("b", shape: "[31]", offsets: "[4, 128]"),
        ]) == "the tensor 'b' is not aligned")
  }

  @Test func refusesEveryTruncationAndTail() throws {
    let folder = try TemporaryFolder()
    let whole = try folder.read(try written(folder).path)
    let path = try folder.write("x", whole)
    for count in (0..<whole.count).reversed() {
      try folder.truncate("x", to: UInt64(count))
      #expect(throws: NNXError.self, "\(count) bytes") { try WeightsFile(path) }
    }
    try folder.write("x", whole + [0])
    #expect(throws: NNXError.self) { try WeightsFile(path) }
  }

  @Test func survivesFlippedBitsOfTheHeader() throws {
    let folder = try TemporaryFolder()
    let whole = try folder.read(try written(folder).path)
    let path = try folder.write("x", whole)
    var refused = 0
    for position in 0..<640 {
      defer { try? folder.change("x", at: position, to: whole[position]) }
      for bit in 0..<8 {
        try folder.change("x", at: position, to: whole[position] ^ 1 << UInt8(bit))
        do {
          let file = try WeightsFile(path)
          for entry in file.entries {
            try file.withTensor(entry.name) { #expect($0.count == entry.count) }
          }
        } catch { refused += 1 }
      }
    }
    #expect(refused > 1000)
  }
}
