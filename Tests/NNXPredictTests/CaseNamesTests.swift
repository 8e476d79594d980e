import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Four digits at the end of a name: a channel, or a part of the patient's name.
@Suite struct CaseNamesTests {
  /// The cases of a folder, as `name: files`, with `!` behind the name of one that cannot be predicted.
  private func read(_ files: [String], channels: Int) throws -> (
    lines: [String], list: CaseList
  ) {
    let folder = try TemporaryFolder()
    for file in files { try folder.write(file, []) }
    let list = try CaseList(
      [folder.path + "/"], channels: Array(["T1", "T2", "ADC", "PET"].prefix(channels)),
      model: "m")
    let lines = list.cases.map { item in
      let files = item.images.map { $0.dropFirst(folder.path.count + 1) }
      return item.name + (item.problem == nil ? "" : "!") + ": " + files.joined(separator: " ")
    }
    return (lines, list)
  }

  @Test(arguments: [
    // Every number but nnU-Net's 0000 is the patient's.
    (
      ["amos_0001.nii.gz", "amos_0004.nii.gz"],
      ["amos_0001: amos_0001.nii.gz", "amos_0004: amos_0004.nii.gz"]
    ),
    (["scan_2019.nii.gz"], ["scan_2019: scan_2019.nii.gz"]),
    (["amos_0001_0000.nii.gz"], ["amos_0001: amos_0001_0000.nii.gz"]),
    (
      ["scan 1.nii.gz", "x_0000.nii", "y.NII.GZ"],
      ["scan 1: scan 1.nii.gz", "x: x_0000.nii", "y: y.NII.GZ"]
    ),
    (
      ["_0000.nii", "a_000.nii", "a_00000.nii"],
      ["_0000: _0000.nii", "a_000: a_000.nii", "a_00000: a_00000.nii"]
    ),
    // Nobody's result is shared.
    (["x.nii.gz", "x_0000.nii.gz"], ["x: x.nii.gz", "x_0000: x_0000.nii.gz"]),
    (
      ["x_0000.nii.gz", "x_0000_0000.nii.gz"],
      ["x: x_0000.nii.gz", "x_0000_0000: x_0000_0000.nii.gz"]
    ),
    (
      ["img_0000.nii.gz", "img_0001.nii.gz"],
      ["img: img_0000.nii.gz", "img_0001: img_0001.nii.gz"]
    ),
    (
      ["a.nii.gz", "a.nrrd", "b.nii.gz"], ["a.nii.gz!: a.nii.gz", "a.nrrd!: a.nrrd", "b: b.nii.gz"]
    ),
    (
      ["a_0000.nii.gz", "a_0000.nrrd"],
      ["a_0000.nii.gz!: a_0000.nii.gz", "a_0000.nrrd!: a_0000.nrrd"]
    ),
  ])
  func ofAModelOfOneChannel(files: [String], expected: [String]) throws {
    let found = try read(files, channels: 1)
    #expect(found.lines == expected)
    for item in found.list.cases {
      #expect(item.problem == nil || item.problem?.code == .outputExists)
    }
  }

  @Test(arguments: [
    (
      ["b_0000.nii.gz", "b_0001.nii.gz", "a_0001.nii.gz", "a_0000.nii.gz", "notes.txt"],
      ["a: a_0000.nii.gz a_0001.nii.gz", "b: b_0000.nii.gz b_0001.nii.gz"]
    ),
    // What is wanting fails by itself.
    (
      ["a_0000.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz"],
      ["a!: a_0000.nii.gz", "b: b_0000.nii.gz b_0001.nii.gz"]
    ),
    (
      ["a_0001.nii.gz", "segmentation.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz"],
      [
        "a!: a_0001.nii.gz", "b: b_0000.nii.gz b_0001.nii.gz",
        "segmentation!: segmentation.nii.gz",
      ]
    ),
    (
      ["b.nii.gz", "b_0000.nii.gz", "b_0001.nii.gz"],
      ["b: b_0000.nii.gz b_0001.nii.gz", "b.nii.gz!: b.nii.gz"]
    ),
    (
      ["a_0000.nii.gz", "a_0000.nrrd", "a_0001.nii.gz"],
      ["a!: a_0000.nii.gz a_0000.nrrd a_0001.nii.gz"]
    ),
    // A number far from the channels is another patient's; one that follows them is not.
    (
      ["s_0000.nii.gz", "s_0001.nii.gz", "s_2019.nii.gz"],
      ["s: s_0000.nii.gz s_0001.nii.gz", "s_2019!: s_2019.nii.gz"]
    ),
    (
      ["s_0000.nii.gz", "s_0001.nii.gz", "s_0002.nii.gz"],
      ["s!: s_0000.nii.gz s_0001.nii.gz s_0002.nii.gz"]
    ),
    (
      ["scan_2019_0000.nii.gz", "scan_2019_0001.nii.gz"],
      ["scan_2019: scan_2019_0000.nii.gz scan_2019_0001.nii.gz"]
    ),
  ])
  func ofAModelOfTwoChannels(files: [String], expected: [String]) throws {
    let found = try read(files, channels: 2)
    #expect(found.lines == expected)
    for item in found.list.cases {
      #expect(item.problem == nil || item.problem?.code == .channels)
    }
  }

  @Test func whatIsMissingIsNamed() throws {
    let found = try read(["p_0000.nii.gz", "p_0002.nii.gz", "q.nii.gz"], channels: 4).list
    #expect(
      found.cases.map(\.problem?.message) == [
        "m needs 4 images per case, and p lacks _0001 (T2), _0003 (PET)",
        "m needs 4 images per case, and q.nii.gz is one by itself",
      ])
    let many = try read(["p_0000.nii", "p_0001.nii", "p_0002.nii"], channels: 2).list
    #expect(many.cases[0].problem?.message == "m needs 2 images per case, and p has 3")
  }

  @Test func ambiguousNamesAreTold() throws {
    func remarks(_ files: [String], _ channels: Int) throws -> [String] {
      try read(files, channels: channels).list.remarks
    }
    #expect(
      try remarks(["i_0000.nii", "i_0001.nii"], 1)
        == ["i_0000.nii is read as the first channel of i, i_0001.nii as another case"])
    #expect(
      try remarks(["i.nii", "i_0000.nii"], 1)
        == ["i_0000.nii keeps its number: i.nii is another case"])
    #expect(
      try remarks(["s_0000.nii", "s_0001.nii", "s_2019.nii"], 2)
        == ["s_0000.nii, s_0001.nii are read as the channels of s, s_2019.nii is not"])
    #expect(try remarks(["amos_0001.nii", "b_0000.nii"], 1) == [])
  }

  /// Files given one by one follow the same rule.
  @Test func ofFiles() throws {
    let folder = try TemporaryFolder()
    func files(_ names: String...) throws -> [String] {
      try names.map { try folder.write($0, []) }
    }
    func names(_ files: [String], _ channels: [String]) throws -> [String] {
      try CaseList(files, channels: channels, model: "m").cases.map(\.name)
    }
    #expect(try names(files("amos_0001.nii.gz"), ["CT"]) == ["amos_0001"])
    #expect(try names(files("amos_0000.nii.gz"), ["CT"]) == ["amos"])
    #expect(
      try names(files("amos_0001.nii.gz", "amos_0004.nii.gz"), ["CT"])
        == ["amos_0001", "amos_0004"])
    #expect(try names(files("one/x_0000.nii.gz", "two/x.nii.gz"), ["CT"]) == ["x_0000", "x"])
    // Names that folders tell apart lie in such folders, all of a run in the same way.
    #expect(
      try names(files("one/y.nii.gz", "two/y.nii.gz", "one/z.nii.gz"), ["CT"])
        == ["one/y", "two/y", "one/z"])
    let same = try CaseList(files("y.nii.gz", "y.nrrd"), channels: ["CT"], model: "m")
    #expect(same.cases.map(\.problem?.code) == [.outputExists, .outputExists])

    let two = ["T2", "ADC"]
    #expect(try names(files("p_0000.nii.gz", "p_0001.nii.gz"), two) == ["p"])
    #expect(try names(files("p_0007.nii.gz", "p_0008.nii.gz"), two) == ["p_0007"])
    #expect(
      try names(
        files("p_0000.nii.gz", "p_0001.nii.gz", "q_0000.nii.gz", "q_0001.nii.gz"), two)
        == ["p", "q"])
    let turned = try CaseList(
      files("p_0001.nii.gz", "p_0000.nii.gz"), channels: two, model: "m")
    #expect(turned.cases.map(\.name) == ["p"])
    #expect(
      turned.remarks == ["p_0001.nii.gz is given as T2", "p_0000.nii.gz is given as ADC"])
    for given in [try files("p_0000.nii.gz"), try files("a.nii", "b.nii", "c.nii")] {
      let error = #expect(throws: NNXError.self) {
        try CaseList(given, channels: two, model: "m")
      }
      #expect(error?.code == .channels)
    }
  }

  /// The spacing of one patient's volume is not another's.
  @Test func ofSpacingsOfVolumes() throws {
    let folder = try TemporaryFolder()
    for name in ["amos.json", "amos_0001.json"] { try folder.write(name, []) }
    func file(_ name: String) -> String { SpacingFile.path(forImage: "\(folder.path)/\(name)") }
    #expect(file("amos_0000.tif") == folder.path + "/amos.json")
    #expect(file("amos_0001.tif") == folder.path + "/amos_0001.json")
    #expect(file("amos.tif") == folder.path + "/amos.json")
  }
}
