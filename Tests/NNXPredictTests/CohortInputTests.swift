import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage
@testable import NNXPredict

/// Inputs of a cohort: patients' folders, BIDS trees, tables. Results lie as images do, and no two patients share one.
@Suite struct CohortInputTests {
  private func folder(_ names: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in names { try folder.write(name, []) }
    return folder
  }

  private func list(
    _ inputs: [String], _ channels: [String] = ["CT"], bids: [String] = []
  ) throws -> CaseList {
    try CaseList(
      inputs, channels: channels, filters: bids.map { try BIDSFilter($0) }, model: "m")
  }

  // MARK: - Folders of patients

  /// As TotalSegmentator's data lie: masks below a patient's folder are no patients.
  @Test func aFolderForEachPatient() throws {
    let folder = try folder([
      "s0011/ct.nii.gz", "s0012/ct.nii.gz", "s0012/segmentations/liver.nii.gz",
      "centre/b/s9/ct.nii.gz", "notes.txt",
    ])
    let list = try list([folder.path + "/"])
    #expect(list.cases.map(\.name) == ["centre/b/s9/ct", "s0011/ct", "s0012/ct"])
    #expect(
      list.remarks == ["1 folder in \(folder.path), not looked into: s0012/segmentations"])
    let outputs = try OutputPaths("out", cases: list.cases, inputs: [folder.path])
    #expect(outputs.folder == "out")
    #expect(
      outputs.segmentations
        == ["out/centre/b/s9/ct.nii.gz", "out/s0011/ct.nii.gz", "out/s0012/ct.nii.gz"])
  }

  @Test func hiddenImagesAreTold() throws {
    let folder = try folder([
      "s1/ct.nii.gz", "s1/.old.nii.gz", "s1/._ct.nii.gz", "a/a.nii.gz", "b.txt",
    ])
    #expect(
      try list([folder.path]).remarks
        == ["1 hidden image in \(folder.path), passed over: s1/.old.nii.gz"])
    #expect(
      try list([folder.path + "/s1"]).remarks
        == ["1 hidden image in \(folder.path)/s1, passed over: .old.nii.gz"])
  }

  @Test func channelsLieInAPatientsFolder() throws {
    let folder = try folder(["a/a_0000.nii.gz", "a/a_0001.nii.gz", "b/x_0000.nii.gz"])
    let list = try list([folder.path], ["T2", "ADC"])
    #expect(list.cases.map(\.name) == ["a/a", "b/x"])
    #expect(list.cases.map(\.images.count) == [2, 1])
    #expect(list.cases.map(\.problem?.code) == [nil, .channels])
  }

  /// Images in the folder itself are the cases, as ever.
  @Test func foldersBesideImagesAreNotLookedInto() throws {
    let folder = try folder(["a.nii.gz", "s1/ct.nii.gz"])
    let list = try list([folder.path])
    #expect(list.cases.map(\.name) == ["a"])
    #expect(list.remarks == ["1 folder in \(folder.path), not looked into: s1"])
  }

  /// `nnx predict` without `-o` writes here; what it wrote hides no patient.
  @Test func resultsBesidePatientsHideNone() throws {
    let folder = try folder(["s1/ct.nii.gz", "s2/ct.nii.gz"])
    try addResult("ct_seg", to: folder, isCorrected: false)
    let list = try list([folder.path])
    #expect(list.cases.map(\.name) == ["s1/ct", "s2/ct"])
    #expect(list.remarks == ["1 result of nnx in \(folder.path): passed over"])
  }

  /// A segmentation that somebody corrected is no patient; a scan of its name is one.
  @Test func correctedResultsAreNoPatients() throws {
    let folder = try folder(["a.nii.gz"])
    try addResult("a_seg", to: folder, isCorrected: true)
    #expect(try list([folder.path]).cases.map(\.name) == ["a"])
    let scan = LabelMap([2, 2, 2], [1, 700, 3, 812, 5, 60, 7, 8])
    try write(scan, to: "\(folder.path)/a_seg.nii.gz")
    #expect(try list([folder.path]).cases.map(\.name) == ["a", "a_seg"])
  }

  private func write(_ labels: LabelMap, to path: String) throws {
    let geometry = Geometry(
      shape: labels.shape, spacing: [1, 1, 1], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    try writeSegmentation(
      Segmentation(
        labels: labels, geometry: geometry, header: .nifti(NIfTIHeader(geometry, axes: 3))),
      to: path)
  }

  private func addResult(
    _ name: String, to folder: TemporaryFolder, isCorrected: Bool
  ) throws {
    let path = "\(folder.path)/\(name).nii.gz"
    try write(LabelMap([2, 2, 2], [0, 1, 2, 0, 0, 0, 0, 0]), to: path)
    let digest = try Digest.ofFile(path, .sha256)
    let record: OrderedJSON = [
      "schema": "nnx.run/1",
      "output": ["path": .string("\(name).nii.gz"), "sha256": .string(digest)],
      "files": [["path": .string("\(name).nii.gz"), "sha256": .string(digest)]],
      "labels": [
        ["value": 1, "values": [1], "kind": "label", "name": "liver"],
        ["value": 2, "values": [2], "kind": "label", "name": "lesion"],
      ],
    ]
    try folder.write("\(name).nnx.json", Array(record.text().utf8))
    if isCorrected { try write(LabelMap([2, 2, 2], [0, 1, 1, 0, 0, 0, 0, 2]), to: path) }
  }

  @Test func linksInACircleEnd() throws {
    let folder = try folder(["s1/x/notes.txt", "s2/ct.nii.gz"])
    #expect(SystemCall.symlink("\(folder.path)/s1/x/up", to: "\(folder.path)/s1"))
    #expect(try list([folder.path]).cases.map(\.name) == ["s2/ct"])
  }

  /// `scans/*/ct.nii.gz`, as the shell writes it out.
  @Test func filesOfOneNameAreToldApartByTheirFolders() throws {
    let folder = try folder(["s1/ct.nii.gz", "s2/ct.nii.gz", "s2/ct.nrrd"])
    let files = ["s1/ct.nii.gz", "s2/ct.nii.gz"].map { "\(folder.path)/\($0)" }
    #expect(try list(files).cases.map(\.name) == ["s1/ct", "s2/ct"])
    let folders = ["s1", "s2"].map { "\(folder.path)/\($0)" }
    // Two files of one patient's folder would still share a result.
    let found = try list(folders).cases
    #expect(found.map(\.name) == ["s1/ct", "s2/ct.nii.gz", "s2/ct.nrrd"])
    #expect(found.map(\.problem?.code) == [nil, .outputExists, .outputExists])
  }

  // MARK: - BIDS

  private func bids() throws -> TemporaryFolder {
    let folder = try folder([
      "sub-01/ses-01/anat/sub-01_ses-01_T1w.nii.gz",
      "sub-01/ses-01/anat/sub-01_ses-01_FLAIR.nii.gz",
      "sub-01/ses-02/anat/sub-01_ses-02_T1w.nii.gz",
      "sub-02/ses-01/anat/sub-02_ses-01_run-1_T1w.nii.gz",
      "sub-02/ses-01/anat/sub-02_ses-01_run-2_T1w.nii.gz",
      "sub-02/ses-01/anat/sub-02_ses-01_FLAIR.nii.gz",
      "sub-02/ses-01/func/sub-02_ses-01_task-rest_bold.nii.gz",
      "derivatives/x/sub-01/anat/sub-01_T1w.nii.gz", "dataset_description.json",
    ])
    try folder.write(
      "participants.tsv", Array("participant_id\tage\tsex\nsub-01\t61\tF\nsub-02\tn/a\tM\n".utf8))
    return folder
  }

  @Test func aBIDSTreeIsFilteredByEntities() throws {
    let folder = try bids()
    let list = try list([folder.path], ["T1"], bids: ["suffix=T1w,session=01"])
    #expect(
      list.cases.map(\.name) == [
        "sub-01/ses-01/anat/sub-01_ses-01_T1w", "sub-02/ses-01/anat/sub-02_ses-01_run-1_T1w",
        "sub-02/ses-01/anat/sub-02_ses-01_run-2_T1w",
      ])
    #expect(list.cases[0].facts == [.init("age", "61"), .init("sex", "F")])
    #expect(
      list.remarks == [
        "4 of 7 images in \(folder.path) are passed over: 2 FLAIR, 1 T1w, 1 bold",
        "1 visit has several of these images, each is a case: sub-02_ses-01_run-1_T1w, "
          + "sub-02_ses-01_run-2_T1w",
      ])
    // What the name of a model does not say is not guessed.
    let open = #expect(throws: NNXError.self) { try self.list([folder.path], ["T1"]) }
    #expect(open?.code == .usage)
    #expect(
      open?.message == "\(folder.path) holds images of several kinds: 4 T1w, 2 FLAIR, 1 bold")
    #expect(try self.list([folder.path], ["T1"], bids: ["suffix=*"]).cases.count == 7)
    let none = #expect(throws: NNXError.self) {
      try self.list([folder.path], ["T1"], bids: ["suffix=T2w"])
    }
    #expect(none?.code == .noImages)
  }

  @Test func channelsOfABIDSTreeAreOneFilterEach() throws {
    let folder = try bids()
    let list = try list(
      [folder.path], ["T1", "FLAIR"], bids: ["suffix=T1w", "suffix=FLAIR"])
    #expect(
      list.cases.map(\.name) == [
        "sub-01/ses-01/anat/sub-01_ses-01", "sub-01/ses-02/anat/sub-01_ses-02",
        "sub-02/ses-01/anat/sub-02_ses-01",
      ])
    #expect(list.cases.map(\.problem?.code) == [nil, .channels, .channels])
    #expect(
      list.cases[0].images.map(lastComponent)
        == ["sub-01_ses-01_T1w.nii.gz", "sub-01_ses-01_FLAIR.nii.gz"])
    #expect(
      list.cases[1].problem?.message == "sub-01_ses-02 has no image of suffix=FLAIR for FLAIR")
    #expect(
      list.cases[2].problem?.message == "sub-02_ses-01 has 2 images of suffix=T1w for T1")
    #expect(
      list.cases[2].problem?.fixes == [
        "Choose by a further entity: --bids suffix=T1w,run=1"
      ])
    let few = #expect(throws: NNXError.self) {
      try self.list([folder.path], ["T1", "FLAIR"], bids: ["suffix=T1w"])
    }
    #expect(few?.code == .usage)
  }

  @Test func filtersNeedATree() throws {
    let folder = try folder(["a.nii.gz"])
    let error = #expect(throws: NNXError.self) {
      try list([folder.path], bids: ["suffix=T1w"])
    }
    #expect(error?.code == .usage)
    for text in ["", "T1w", "suffix=", "a=1,a=2", "suffix=T1w,"] {
      #expect(throws: NNXError.self) { try BIDSFilter(text) }
    }
  }

  /// What was made of an image lies beside it in some trees, and indexes have zeros or not.
  @Test func entitiesMayBeAbsentAndIndexesHaveZeros() throws {
    let folder = try folder([
      "sub-01/anat/sub-01_T1w.nii.gz", "sub-01/anat/sub-01_desc-defaced_T1w.nii.gz",
      "sub-02/anat/sub-02_run-01_T1w.nii.gz", "sub-02/anat/sub-02_run-02_T1w.nii.gz",
      "sub-02/anat/old.nii.gz",
    ])
    func names(_ bids: String) throws -> [String] {
      try list([folder.path], ["T1"], bids: [bids]).cases.map { lastComponent($0.name) }
    }
    #expect(
      try names("suffix=T1w,desc=") == ["sub-01_T1w", "sub-02_run-01_T1w", "sub-02_run-02_T1w"])
    #expect(try names("suffix=T1w,run=1") == ["sub-02_run-01_T1w"])
    #expect(try names("desc=*") == ["sub-01_desc-defaced_T1w"])
    #expect(
      try list([folder.path], ["T1"]).remarks == [
        "2 visits have several of these images, each is a case: sub-01_T1w, "
          + "sub-01_desc-defaced_T1w, …",
        "1 image has a name other than BIDS', passed over: sub-02/anat/old.nii.gz",
      ])
  }

  /// A link that leads up again makes no patient a second one.
  @Test func linksThatLeadUpAgainAreNotFollowed() throws {
    let folder = try folder(["a b/ü/ct.nii.gz", "s2/ct.nii.gz"])
    #expect(SystemCall.symlink("\(folder.path)/a b/up", to: folder.path))
    #expect(SystemCall.symlink("\(folder.path)/s3", to: "s2"))
    #expect(try list([folder.path]).cases.map(\.name) == ["a b/ü/ct", "s2/ct", "s3/ct"])
  }

  // MARK: - Tables

  /// As Excel writes them in Germany, as "Unicode text", and with what is left of deleted rows.
  @Test func tablesAreReadAsSpreadsheetsWriteThem() throws {
    let folder = try folder(["x/Müller 1.nii.gz", "x/2.nii.gz"])
    let rows = [
      ["Case ", "Image", "note"], ["p 1", " x/Müller 1.nii.gz ", "a; b"], ["p2", "x/2.nii.gz", ""],
    ]
    func text(_ separator: String, _ end: String) -> String {
      (rows + [["", "", ""]]).map { row in
        row.map { $0.contains(separator) ? "\"\($0)\"" : $0 }.joined(separator: separator)
      }.joined(separator: end) + end
    }
    let utf16 = text("\t", "\r\n").utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let tables: [(String, [UInt8])] = [
      ("semicolons.csv", [0xEF, 0xBB, 0xBF] + Array(text(";", "\r\n").utf8)),
      ("said.csv", Array("sep=;\r\n".utf8) + Array(text(";", "\r\n").utf8)),
      ("commas.csv", Array(text(",", "\r").utf8)), ("tabs.csv", Array(text("\t", "\n").utf8)),
      ("little.tsv", [0xFF, 0xFE] + utf16),
      (
        "big.tsv",
        [0xFE, 0xFF]
          + stride(from: 0, to: utf16.count, by: 2).flatMap { [utf16[$0 + 1], utf16[$0]] }
      ),
    ]
    for (name, bytes) in tables {
      let path = try folder.write(name, bytes)
      let cases = try list([path]).cases
      #expect(cases.map(\.name) == ["p 1", "p2"], "\(name)")
      #expect(cases.map(\.problem) == [nil, nil], "\(name)")
      #expect(cases.first?.facts == [.init("note", "a; b")], "\(name)")
    }
  }

  /// Letters that are guessed wrong could make two patients one.
  @Test func lettersOfNoKnownEncodingAreRefused() throws {
    let folder = try folder(["a.nii.gz"])
    let path = try folder.write(
      "cases.csv", Array("case,CT\nM".utf8) + [0xFC] + Array("ller,a.nii.gz\n".utf8))
    let error = #expect(throws: NNXError.self) { try list([path]) }
    #expect(error?.code == .brokenTable)
    #expect(error?.fixes == ["Save it as 'CSV UTF-8' in the spreadsheet program"])
  }

  /// `sep=§` in a code page of old: its byte is no letter of ASCII.
  @Test func separatorsBeyondASCIIAreRefused() throws {
    let folder = try folder(["a.nii.gz"])
    let path = try folder.write(
      "cases.csv",
      Array("sep=".utf8) + [0xA7, 10] + Array("case".utf8) + [0xA7] + Array("CT\n".utf8))
    let error = #expect(throws: NNXError.self) { try list([path]) }
    #expect(error?.code == .brokenTable)
  }

  /// A row that was copied, and its image forgotten.
  @Test func anImageUnderTwoNamesIsRefused() throws {
    let folder = try folder(["a.nii.gz", "b.nii.gz", "c.nii.gz"])
    let path = try folder.write(
      "cases.csv",
      Array(
        "case,T1,T2\np1,a.nii.gz,b.nii.gz\np2,a.nii.gz,b.nii.gz\np3,a.nii.gz,c.nii.gz\np4,x\\y.nii,c.nii.gz\n"
          .utf8))
    let cases = try list([path], ["T1", "T2"]).cases
    #expect(
      cases.map(\.problem?.code.name) == ["broken-table", "broken-table", nil, "file-not-found"])
    #expect(cases[3].problem?.fixes == ["Write / between folders: \(folder.path)/x/y.nii"])
  }

  @Test func aTableNamesCases() throws {
    let folder = try folder(["x/1.nii.gz", "x/2.nii.gz", "y.nii.gz"])
    try folder.write(
      "cases.csv",
      Array(
        """
        case,adc,site,T2
        p1,x/1.nii.gz,"Ulm, north",x/2.nii.gz
        centre/p2,y.nii.gz,Bern,gone.nii.gz
        ../p3,y.nii.gz,Bern,y.nii.gz
        p4,y.nii.gz,,

        """.utf8))
    let path = folder.path + "/cases.csv"
    let list = try list([path], ["T2", "ADC"])
    #expect(list.cases.map(\.name) == ["p1", "centre/p2", "row 4", "p4"])
    #expect(list.cases[0].images.map(lastComponent) == ["2.nii.gz", "1.nii.gz"])
    #expect(list.cases[0].facts == [.init("site", "Ulm, north")])
    #expect(
      list.cases.map(\.problem?.code.name) == [nil, "file-not-found", "broken-table", "channels"])
    let outputs = try OutputPaths("out", cases: [list.cases[0]], inputs: [path])
    #expect(outputs.segmentations == ["out/p1.nii.gz"])
    #expect(outputs.folder == "out")
  }

  @Test(arguments: [
    "patient,CT\na,b\n", "case,MR\na,b\n", "case,CT,CT\na,b,c\n", "case,CT\n", "case,CT\na\n",
  ])
  func whatIsNoTableOfCasesIsRefused(text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("cases.csv", Array(text.utf8))
    let error = #expect(throws: NNXError.self) { try list([path]) }
    #expect(error?.code == .brokenTable)
  }

  @Test func aNameTwiceInATableFailsTwice() throws {
    let folder = try folder(["a.nii.gz", "b.nii.gz", "c.nii.gz"])
    let path = try folder.write(
      "cases.tsv", Array("case\timage\np\ta.nii.gz\np\tb.nii.gz\nq\tc.nii.gz\n".utf8))
    let found = try list([path]).cases
    #expect(found.map(\.problem?.code) == [.outputExists, .outputExists, nil])
  }

  // MARK: - DICOM

  /// Of three studies the series of the model's kind, each in its place.
  @Test func studiesOfDICOMAreCases() throws {
    let folder = try TemporaryFolder()
    for (place, name) in [("p1/ct", "odd_size"), ("p1/mr", "coronal_3d"), ("p2", "ts_jpeg57")] {
      let source = "\(Fixtures.folder)/dicom/\(name)"
      for file in try Folder.entries(source) {
        try folder.write("\(place)/\(file)", try folder.read("\(source)/\(file)"))
      }
    }
    let found = try list([folder.path])
    #expect(found.cases.map(\.name).sorted() == ["p1/ct", "p2"])
    #expect(found.cases.allSatisfy { $0.isSeries && $0.images[0].hasPrefix(folder.path + "/p") })
  }

  /// The same in a zip, as a server hands out patients: a folder and a zip stand for the same.
  @Test func studiesInAZipAreCases() throws {
    let folder = try TemporaryFolder()
    var entries: [ZipBuilder.Entry] = []
    for (place, name) in [("p1", "odd_size"), ("p1", "coronal_3d"), ("p2", "ts_jpeg57")] {
      let source = "\(Fixtures.folder)/dicom/\(name)"
      for file in try Folder.entries(source) {
        let content = try folder.read("\(source)/\(file)")
        entries.append(ZipBuilder.Entry("\(place)/\(name)-\(file)", content))
      }
    }
    let path = try folder.write("patients.zip", ZipBuilder(entries).build())
    let found = try list([path])
    #expect(found.cases.count == 2 && Set(found.cases.map(\.name)).count == 2)
    #expect(found.cases.allSatisfy { $0.isSeries && $0.images[0].hasPrefix(path + "#") })
    #expect(found.remarks.count == 1)
  }

  // MARK: - The list beside the results

  @Test func theListIsWrittenOnceAndReadAgain() throws {
    let folder = try folder(["in/s1/ct.nii.gz", "in/s2/ct.nii.gz"])
    let input = folder.path + "/in"
    let cases = try list([input]).cases
    let targets = try OutputPaths(folder.path + "/out", cases: cases, inputs: [input])
    let list = try #require(
      CohortList(model: "m", inputs: [input], filters: [], cases, targets))
    try list.write(to: folder.path + "/out")
    try list.write(to: folder.path + "/out")
    let paths = CohortList.paths(in: folder.path + "/out")
    #expect(paths.count == 1)
    let read = try CohortList(contentsOf: paths[0])
    #expect(read == list)
    #expect(read.entries.map(\.result) == ["s1/ct.nii.gz", "s2/ct.nii.gz"])
    // Another input's list stands beside it.
    let other = try #require(
      CohortList(model: "m", inputs: [input + "/s1"], filters: [], cases, targets))
    try other.write(to: folder.path + "/out")
    #expect(CohortList.paths(in: folder.path + "/out").count == 2)
  }
}
