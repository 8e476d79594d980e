import Foundation
import NNXImage
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXReport

/// `nnx report`: a folder of results as a page.
@Suite struct CohortTests {
  /// Seven cases of a ball in soft tissue, one of them with a ball far too large, in `results`, with
  /// their images in `images`; `nothing` is an empty segmentation.
  ///
  /// - Returns: path of the results.
  static func results(in folder: TemporaryFolder) throws -> String {
    for name in ["results", "images"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    let radii = [7.0, 7.2, 7.1, 14, 6.9, 7.3, 0]
    let names = ["a", "b", "c", "d<&\"'>", "e", "f", "nothing"]
    for (radius, name) in zip(radii, names) {
      let shape = [20, 36, 32]
      let geometry = Geometry(
        shape: shape, spacing: [3, 2, 2], origin: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
      let labels = LabelMap(shape, largestLabel: 2)
      var values = [Float](repeating: -1000, count: labels.count)
      for index in 0..<labels.count {
        let place = [index % 32, index / 32 % 36, index / 1152].map(Double.init)
        let body = hypot((place[0] - 15.5) / 14, (place[1] - 17.5) / 15)
        if body < 1 { values[index] = 30 + Float(index % 13) }
        let distance = hypot(
          hypot(2 * (place[0] - 15), 2 * (place[1] - 17)), 3 * (place[2] - 10))
        if distance < radius { (labels[index], values[index]) = (distance < 4 ? 2 : 1, 140) }
      }
      let image = Image(
        voxels: Tensor(shape, values), geometry: geometry, header: .picture(axes: 3))
      var segmentation = Segmentation(labels: labels, like: image)
      segmentation.table = LabelTable([
        .init(value: 1, name: "liver", rgb: [221, 130, 101]),
        .init(value: 2, name: "<lesion>", rgb: [144, 238, 144]),
      ])
      let target = "\(folder.path)/results/\(name).nii.gz"
      try writeSegmentation(segmentation, to: target)
      // An image with values from 0 to 255: what a writer of label maps can write.
      let grey = LabelMap(shape, largestLabel: 254)
      for index in 0..<grey.count { grey[index] = Int(max(0, min(254, values[index] + 60))) }
      let source = "\(folder.path)/images/\(name)_0000.nii.gz"
      try writeSegmentation(Segmentation(labels: grey, like: image), to: source)
      let record: OrderedJSON = [
        "schema": "nnx.run/1", "model": ["name": "ball-ct", "version": "1"],
        "input": [
          [
            "path": .string("../images/\(name)_0000.nii.gz"), "channel": "CT",
            "sha256": .string(try Digest.ofFile(source, .sha256)),
          ]
        ],
        "output": [
          "path": .string("elsewhere/\(name).nii.gz"),
          "sha256": .string(try Digest.ofFile(target, .sha256)),
        ],
        "warnings": name == "b" ? ["its sform is odd"] : [],
      ]
      try folder.write("results/\(name).nnx.json", Array(record.text().utf8))
    }
    return folder.path + "/results"
  }

  @Test func scoresAreThoseOfIglewiczAndHoaglin() throws {
    #expect(RobustScore.scores([1, 2, 3, 4]) == nil)
    #expect(RobustScore.scores([3, 3, 3, 3, 3]) == [0, 0, 0, 0, 0])
    // Median 3, deviations 2 1 0 1 97: MAD 1.
    let scores = try #require(RobustScore.scores([1, 2, 3, 4, 100]))
    for (score, expected) in zip(scores, [-1.349, -0.6745, 0, 0.6745, 65.4265]) {
      #expect(abs(score - expected) < 1e-12)
    }
    // MAD is 0; the mean deviation is 2.
    let tied = try #require(RobustScore.scores([5, 5, 5, 5, 15]))
    #expect(abs(tied[4] - 10 / (1.253314 * 2)) < 1e-12 && tied[0] == 0)
  }

  @Test func aCohortIsMeasuredAndItsOutliersAreFound() throws {
    let folder = try TemporaryFolder()
    let results = try Self.results(in: folder)
    let cohort = try Cohort(results, side: 64)
    #expect(cohort.count == 7)
    let found = cohort.outliers.map { "\($0.caseName) \($0.label) \($0.score > 0)" }
    #expect(found.contains("d<&\"'> liver true") && found.contains("nothing liver false"))
    #expect(!found.contains { $0.hasPrefix("a ") || $0.hasPrefix("b ") })
    #expect(cohort.leftOut.isEmpty)
  }

  @Test func thePageIsSelfContainedAndEscaped() throws {
    let folder = try TemporaryFolder()
    let results = try Self.results(in: folder)
    let html = ReportPage(try Cohort(results, side: 64), title: "T<1>").html
    #expect(html.components(separatedBy: "<tr data-name=").count == 8)
    // Three planes and the surface; the empty segmentation has no surface.
    #expect(html.components(separatedBy: "src=\"data:image/png;base64,iVBOR").count == 28)
    #expect(html.contains("<title>T&lt;1&gt;</title>"))
    #expect(html.contains("data-name=\"d&lt;&amp;&quot;&#39;&gt;\""))
    #expect(html.contains("&lt;lesion&gt;") && !html.contains("<lesion>"))
    #expect(html.contains("its sform is odd") && html.contains("ball-ct 1"))
    for word in [
      "http://", "https://", "@import", "url(", "fetch(", "XMLHttp", " style=", "onclick",
    ] {
      #expect(!html.contains(word), "\(word)")
    }
    // What else is in the page is data.
    #expect(html.components(separatedBy: "<script type=\"text/plain\" class=\"stack\"").count == 8)
    #expect(html.components(separatedBy: "<script").count == 9)
    #expect(html.contains("default-src 'none'; img-src data:; style-src 'sha256-"))
    let script = html.components(separatedBy: "<script>").last ?? ""
    #expect((100...400).contains(script.split(separator: "\n").count))
  }

  /// The hashes of the policy, taken with other tools from the texts between the tags.
  @Test func thePolicyNamesTheTextsThatAreThere() throws {
    let folder = try TemporaryFolder()
    let html = ReportPage(try Cohort(try Self.results(in: folder), side: 64), title: "t").html
    for tag in ["style", "script"] {
      let start = try #require(html.range(of: "<\(tag)>"))
      let end = try #require(
        html.range(of: "</\(tag)>", range: start.upperBound..<html.endIndex))
      let digest = Digest(.sha256)
      digest.update(Array(html[start.upperBound..<end.lowerBound].utf8))
      let hex = Array(digest.finish())
      let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(String(hex[$0...$0 + 1]), radix: 16)! }
      #expect(html.contains("\(tag)-src 'sha256-\(Data(bytes).base64EncodedString())'"))
    }
  }

  @Test func theColumnsAreThoseOfPETWhereThereIsPET() throws {
    let folder = try TemporaryFolder()
    let results = try Self.results(in: folder)
    let plain = ReportPage(try Cohort(results, side: 64), title: "t").html
    #expect(plain.contains("StudyInstanceUID,SeriesInstanceUID,AISegmentation,LikertScore"))
    let record = String(decoding: try folder.read(results + "/a.nnx.json"), as: UTF8.self)
    try folder.write(
      "results/a.nnx.json", Array(record.replacing("\"CT\"", with: "\"FDG PET\"").utf8))
    let html = ReportPage(try Cohort(results, side: 64), title: "t").html
    #expect(
      html.contains(
        "StudyInstanceUID,PTSeriesInstanceUID,CTSeriesInstanceUID,AISegmentation,LikertScore"))
  }

  @Test func whatIsMissingIsSaid() throws {
    let folder = try TemporaryFolder()
    let results = try Self.results(in: folder)
    for name in ["images/a_0000.nii.gz", "results/e.nii.gz", "results/f.nnx.json"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
    }
    try folder.write(
      "images/c_0000.nii.gz", try folder.read(folder.path + "/images/nothing_0000.nii.gz"))
    try folder.write("results/b.nii.gz", try folder.read(results + "/nothing.nii.gz"))
    // The same voxels in other bytes: somebody saved it again.
    let saved = try #require(gunzipped(folder.read(results + "/c.nii.gz")))
    try folder.write("results/c.nii.gz", gzipped(saved))
    let cohort = try Cohort(results, side: 64)
    #expect(cohort.count == 4)
    #expect(
      cohort.leftOut == [
        "e.nnx.json", "f.nii.gz",
        "b.nii.gz: it is the segmentation of nothing.nii.gz, as the record of that says",
      ])
    let html = ReportPage(cohort, title: "t").html
    #expect(html.contains("a_0000.nii.gz is not found; labels are shown alone"))
    #expect(html.contains("c_0000.nii.gz is not the image that was segmented"))
    #expect(html.contains("the segmentation was changed after the run"))
    #expect(html.contains("Not shown: e.nnx.json; f.nii.gz; b.nii.gz: it is the segmentation of"))
    #expect(throws: NNXError.self) { try Cohort(folder.path + "/images", side: 64) }
  }

  /// Cases that have no segmentation stand in the page, also where there are no others; nothing of them is obeyed.
  @Test func unfinishedCasesAreToldOf() throws {
    let folder = try TemporaryFolder()
    let unfinished = [
      Cohort.Unfinished(name: "b", status: "missing", reason: ""),
      Cohort.Unfinished(
        name: "<img src=x onerror=alert(1)>", status: "failed", reason: "a\"b\u{1B}[31m</td>"),
    ]
    let cohort = try Cohort(folder.path, unfinished: unfinished)
    #expect(cohort.count == 0)
    let html = ReportPage(cohort, title: "t").html
    #expect(html.contains("&lt;img src=x onerror=alert(1)&gt;") && !html.contains("<img"))
    #expect(html.contains("a&quot;b\u{FFFD}[31m&lt;/td&gt;"))
    // What failed comes first.
    let states = html.split(separator: "\n").filter { $0.hasPrefix("<tr data-state=\"") }
    #expect(states.map { $0.hasPrefix("<tr data-state=\"failed\"") } == [true, false])
    #expect(html.contains("<button value=\"failed\" aria-pressed=\"false\">Failed "))
    #expect(throws: NNXError.self) { try Cohort(folder.path) }
  }

  @Test func manyCasesHaveFewerAndSmallerPictures() {
    #expect(PicturePlan(cases: 1) == PicturePlan(cases: 60))
    #expect(PicturePlan(cases: 60).slices == 20)
    #expect(PicturePlan(cases: 400).slices == 6 && PicturePlan(cases: 400).side == 160)
    #expect(PicturePlan(cases: 5000).slices == 0 && PicturePlan(cases: 5000).side == 112)
    let wished = PicturePlan(cases: 5000, side: 300, slices: 9)
    #expect(wished.side == 300 && wished.slices == 9 && wished.sliceSide == 300)
  }

  /// Slices rise, lie in the image, and the fullest is among them.
  @Test(arguments: [1, 2, 3, 20, 1000])
  func slicesAreSpreadOverWhatIsLabelled(most: Int) {
    for (filled, fullest) in [([Int](), 50), (Array(40...60), 47), ([0, 99], 99), ([7], 7)] {
      let steps = SliceStack.spread(filled, within: 100, most, through: fullest)
      #expect(steps.contains(fullest) && steps.count <= most)
      #expect(steps == Set(steps).sorted() && steps.allSatisfy { (0..<100).contains($0) })
    }
    let all = SliceStack.spread(Array(40...60), within: 100, 1000, through: 47)
    #expect(all == Array(38...62))
  }

  @Test func slicesAreInThePlaneOfTheScan() throws {
    let shape = [20, 36, 32]
    for (spacing, view) in [
      ([3.0, 2, 2], SliceView.axial), ([2, 3, 2], .coronal), ([2, 2, 3], .sagittal),
      ([1, 1, 1], .axial),
    ] {
      let geometry = Geometry(
        shape: shape, spacing: spacing, origin: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
      let image = Image(
        voxels: Tensor(shape), geometry: geometry, header: .picture(axes: 3))
      let segmentation = Segmentation(labels: LabelMap(shape, largestLabel: 1), like: image)
      let picture = SlicePicture(
        image: image, segmentation: segmentation, window: GreyWindow(for: image))
      let stack = try #require(SliceStack(picture, nil, most: 5, side: 64))
      #expect(stack.view == view && stack.slices.count == 5)
      #expect(SliceStack(picture, nil, most: 0, side: 64) == nil)
    }
  }

  /// Required where NNX_BROWSER names a Chromium; skipped where there is none.
  @Test func aBrowserSortsGradesAndExports() throws {
    let folder = try TemporaryFolder()
    let page = folder.path + "/report.html"
    try Data(
      ReportPage(
        try Cohort(try Self.results(in: folder), side: 128, slices: 6), title: "Balls"
      ).html.utf8
    )
    .write(to: URL(fileURLWithPath: page))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Fixtures.repository + "/Scripts/test-report")
    process.arguments = [page]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 77, ProcessInfo.processInfo.environment["NNX_BROWSER"] == nil {
      print("skipped: no Chromium to open the report in (apt install chromium, or NNX_BROWSER)")
      return
    }
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
