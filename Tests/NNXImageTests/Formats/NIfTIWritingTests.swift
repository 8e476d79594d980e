import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

@Suite struct NIfTIWritingTests {
  /// The 24 rotations of the cube as unit quaternions `(a, b, c, d)` with `a >= 0`.
  static let rotations: [[Double]] = {
    let half = 0.5.squareRoot()
    let values = [-half, -0.5, 0, 0.5, half, 1]
    var found: [[Double]] = []
    for a in values where a >= 0 {
      for b in values {
        for c in values {
          for d in values {
            let quaternion = [a, b, c, d]
            let norm = quaternion.reduce(0) { $0 + $1 * $1 }
            let opposite = quaternion.map { -$0 }
            let kinds = Set(quaternion.map(abs)).subtracting([0])
            guard abs(norm - 1) < 1e-9, kinds.count == 1, !found.contains(opposite) else {
              continue
            }
            found.append(quaternion)
          }
        }
      }
    }
    return found
  }()
  enum Forms: CaseIterable { case sform, qform, both, disagreeing, none }
  static let spacings = [[1.0, 1, 1], [0.7, 0.8123, 2.5], [3, 0.5, 0.333]]
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func thereAre24Rotations() { #expect(Self.rotations.count == 24) }

  /// Bytes of extents, spacings, units, codes, q-form and s-form (nifti1.h).
  static let placeOne = [40..<56, 76..<108, 123..<124, 252..<328]
  /// The same of nifti2.h.
  static let placeTwo = [16..<80, 104..<168, 344..<496, 500..<504]

  @Test(arguments: [NIfTIHeader.Version.one, .two], Forms.allCases)
  func placeKeepsItsBytesInAllOrientations(_ version: NIfTIHeader.Version, _ forms: Forms) throws {
    var generator = SeededGenerator(seed: 7)
    for (index, rotation) in Self.rotations.enumerated() {
      for sign in [1.0, -1] {
        var builder = Self.builder(rotation, sign, Self.spacings[index % 3], forms)
        builder.version = version
        builder.isBigEndian = generator.next() % 2 == 0
        try expectSamePlace(builder)
      }
    }
  }

  static func builder(
    _ rotation: [Double], _ sign: Double, _ spacing: [Double], _ forms: Forms
  ) -> NIfTIBuilder {
    var builder = NIfTIBuilder()
    let (a, b, c, d) = (rotation[0], rotation[1], rotation[2], rotation[3])
    let matrix = [
      [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
      [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
      [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
    ]
    builder.dim = [3, 4, 2, 3, 1, 1, 1, 1]
    builder.data = Array(builder.data[..<48])
    builder.pixdim = [sign] + spacing + [0, 0, 0, 0]
    builder.quaternion = [b, c, d]
    builder.place = [-12.25, 100.1, 7]
    builder.rows = (0..<3).map { row in
      [
        matrix[row][0] * spacing[0], matrix[row][1] * spacing[1],
        matrix[row][2] * spacing[2] * sign, builder.place[row],
      ]
    }
    builder.sformCode = forms == .qform || forms == .none ? 0 : 1
    builder.qformCode = forms == .sform || forms == .none ? 0 : 2
    if forms == .disagreeing { builder.rows[1][3] += 5 }
    return builder
  }

  private func expectSamePlace(_ builder: NIfTIBuilder) throws {
    let image = try readImage(folder.write("in.nii", builder.file))
    let labels = LabelMap(image.geometry.shape, (0..<24).map { $0 % 7 })
    let path = folder.path + "/out.nii"
    try writeSegmentation(Segmentation(labels: labels, like: image), to: path)
    let written = try readSegmentation(path)
    let ranges = builder.version == .one ? Self.placeOne : Self.placeTwo
    for range in ranges {
      #expect(written.header.nifti?.bytes[range] == image.header.nifti?.bytes[range], "\(builder)")
    }
    #expect(written.geometry == image.geometry)
    #expect(written.labels.labels == labels.labels)
  }

  @Test func headerSaysWhatTheLabelsAre() throws {
    var builder = NIfTIBuilder(slope: 2, intercept: -1024)
    builder.extensions = [1, 0, 0, 0, 16, 0, 0, 0, 6, 0, 0, 0] + .init(repeating: 65, count: 8)
    builder.dataOffset = 368
    var file = builder.file
    file.replaceSubrange(148..<160, with: "Doe^Jane 194".utf8)
    let image = try readImage(folder.write("in.nii", file))
    let path = folder.path + "/out.nii"
    let labels = LabelMap(image.geometry.shape, largestLabel: 3)
    try writeSegmentation(
      Segmentation(labels: labels, like: image), to: path, description: "nnx é x")
    let written = try #require(try readImage(path).header.nifti)
    #expect(written.datatype == 2)
    #expect(written.slope == 1 && written.intercept == 0)
    #expect(written.dataOffset == 352)
    #expect(written.bytes[148..<157].elementsEqual("nnx  x\0\0\0".utf8))
    #expect(!String(decoding: written.bytes, as: UTF8.self).contains("Doe"))
  }

  @Test(arguments: [(254, 2), (255, 512), (65535, 512)])
  func typeFollowsTheLargestLabel(_ largest: Int, _ datatype: Int) throws {
    for isBigEndian in [false, true] {
      let image = try readImage(
        folder.write(
          "in.nii",
          NIfTIBuilder(isBigEndian: isBigEndian, data: .init(repeating: 1, count: 128)).file))
      let labels = LabelMap([4, 4, 4], (0..<64).map { $0 * largest / 63 })
      for name in ["out.nii", "out.nii.gz"] {
        let path = folder.path + "/" + name
        try writeSegmentation(Segmentation(labels: labels, like: image), to: path)
        let written = try readSegmentation(path)
        #expect(written.header.nifti?.datatype == datatype)
        #expect(written.labels.labels == labels.labels)
      }
    }
  }

  /// The file is larger than a block of the compressor, so that several threads have work.
  @Test func packedFileIsTheSameForAnyNumberOfThreads() throws {
    var builder = NIfTIBuilder(datatype: 2, bitpix: 8)
    builder.dim = [3, 200, 190, 70, 1, 1, 1, 1]
    builder.data = randomValues(200 * 190 * 70, seed: 3).map { $0 > 0.9 ? 1 : 0 }
    let image = try readImage(folder.write("in.nii", builder.file))
    let labels = LabelMap([70, 190, 200], builder.data.map { Int($0) })
    var files: [[UInt8]] = []
    for threads in [1, 2, 5] {
      let path = folder.path + "/out\(threads).nii.gz"
      try writeSegmentation(
        Segmentation(labels: labels, like: image), to: path, threads: Threads(threads))
      files.append(try MappedFile(path).withBytes { span in span.withUnsafeBytes { Array($0) } })
    }
    #expect(files[0] == files[1] && files[0] == files[2])
    #expect(files[0][4..<8].elementsEqual([0, 0, 0, 0]), "a time in the gzip header")
    let unpacked = try #require(gunzipped(files[0]))
    #expect(Array(unpacked[352...]) == builder.data)
  }

  @Test func missingFolderAndOtherEndingsAreErrors() throws {
    let image = try readImage(folder.write("in.nii", NIfTIBuilder().file))
    let segmentation = Segmentation(labels: LabelMap([4, 4, 4], largestLabel: 1), like: image)
    let missing = #expect(throws: NNXError.self) {
      try writeSegmentation(segmentation, to: folder.path + "/none/out.nii.gz")
    }
    #expect(missing?.code == .fileNotFound)
    let ending = #expect(throws: NNXError.self) {
      try writeSegmentation(segmentation, to: folder.path + "/out.tiff")
    }
    #expect(ending?.code == .unsupportedImage)
    #expect(try folder.contents() == ["in.nii"])
  }

  @Test func anImageIsNoLabelMap() throws {
    var builder = NIfTIBuilder(slope: 0.5)
    builder.data[0] = 1
    let path = try folder.write("in.nii", builder.file)
    let error = #expect(throws: NNXError.self) { try readSegmentation(path).geometry }
    #expect(error?.code == .brokenImage)
  }
}
