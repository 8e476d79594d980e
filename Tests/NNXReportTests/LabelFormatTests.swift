import NNXImage
import NNXReport
import NNXSystem
import TestSupport
import Testing

@Suite struct LabelFormatTests {
  let table = LabelTable([
    .init(
      value: 2, name: "tumour <a & b>", rgb: [144, 238, 144],
      terms: [
        .init(
          role: "category", value: "49755003", scheme: "SCT",
          meaning: "Morphologically Altered Structure"),
        .init(role: "type", value: "4147007", scheme: "SCT", meaning: "Mass"),
      ]), .init(value: 1, name: "left lung", rgb: [0, 17, 255]),
  ])

  @Test func slicerTakesNamesWithoutSpaces() {
    #expect(
      table.text(.ctbl).split(separator: "\n").dropFirst(2)
        == ["1 left_lung 0 17 255 255", "2 tumour_<a_&_b> 144 238 144 255"])
  }

  @Test func itkSnap() {
    #expect(
      table.text(.itksnap).split(separator: "\n").dropFirst(2)
        == [
          "    1     0    17   255     1     1     1    \"left lung\"",
          "    2   144   238   144     1     1     1    \"tumour <a & b>\"",
        ])
  }

  @Test func bids() {
    #expect(
      table.text(.bids).split(separator: "\n").map(String.init)
        == [
          "index\tname\tcolor", "0\tbackground\t#000000", "1\tleft lung\t#0011FF",
          "2\ttumour <a & b>\t#90EE90",
        ])
  }

  @Test func niivueHasColumns() throws {
    let json = try OrderedJSON(parsing: Array(table.text(.niivue).utf8), source: "niivue")
    #expect(json["I"]?.array?.compactMap(\.int) == [0, 1, 2])
    #expect(json["G"]?.array?.compactMap(\.int) == [0, 17, 238])
    #expect(
      json["labels"]?.array?.compactMap(\.string) == ["background", "left lung", "tumour <a & b>"])
  }

  @Test func dcmqiHasCodesForEachLabel() throws {
    let json = try OrderedJSON(parsing: Array(table.text(.dcmqi).utf8), source: "dcmqi")
    let segments = try #require(json["segmentAttributes"]?.array?[0].array)
    #expect(segments.count == 2)
    for segment in segments {
      for key in ["SegmentedPropertyCategoryCodeSequence", "SegmentedPropertyTypeCodeSequence"] {
        #expect(segment[key]?["CodeValue"]?.string != nil)
      }
    }
    #expect(segments[1]["SegmentedPropertyTypeCodeSequence"]?["CodeMeaning"]?.string == "Mass")
  }

  /// Names, colours and codes come back from the NIfTI file; voxels and place are as without them.
  @Test(arguments: ["nii.gz", "nii"])
  func travelInTheFile(_ ending: String) throws {
    let folder = try TemporaryFolder()
    var segmentation = Segmentation(
      labels: LabelMap([1, 2, 2], [0, 1, 2, 2]),
      geometry: Geometry(
        shape: [1, 2, 2], spacing: [3, 2, 1], origin: [1, 2, 3],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    segmentation.table = table
    let path = folder.path + "/a." + ending
    try writeSegmentation(segmentation, to: path)
    let written = try readNamedSegmentation(path)
    #expect(written.table == table)
    #expect(written.labels.labels == [0, 1, 2, 2])
    #expect(written.geometry == segmentation.geometry)
  }

  /// As TotalSegmentator writes it: code 0, names as CDATA.
  @Test func readsTotalSegmentatorsTables() {
    let xml = """
      <?xml version="1.0" encoding="UTF-8"?> <CaretExtension>  <Date><![CDATA[2013-07-14T05:45:09]]></Date>
      <VolumeInformation Index="0">   <LabelTable>
      <Label Key="1" Red="0.5" Green="0" Blue="1.0" Alpha="1"><![CDATA[spleen]]></Label>
      <Label Key="2" Red="2" Green="x" Blue="1.0" Alpha="1"><![CDATA[kidney_right]]></Label>
      <Label Key="nonsense"><![CDATA[x]]></Label>
      </LabelTable>  <VolumeType><![CDATA[Label]]></VolumeType>   </VolumeInformation></CaretExtension>
      """
    var bytes: [UInt8] = [1, 0, 0, 0]
    let content = Array(xml.utf8)
    bytes += [UInt32(content.count + 8), 0].flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
    let table = LabelTable(extensions: bytes + content, isSwapped: false)
    #expect(table.entries.map(\.name) == ["spleen", "kidney_right"])
    #expect(table.entries[0].rgb == [128, 0, 255])
    // No colour in the file that could be one: that of the organ.
    #expect(table.entries[1].rgb == [185, 102, 83])
  }

  @Test func brokenExtensionsGiveNoTable() {
    for bytes in [
      [], [1, 0, 0, 0], [0, 0, 0, 0] + [UInt8](repeating: 9, count: 20),
      [1, 0, 0, 0] + [255, 255, 255, 127, 30, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 30, 0, 0, 0],
      [1, 0, 0, 0, 16, 0, 0, 0, 30, 0, 0, 0] + [UInt8](repeating: 255, count: 8),
    ] as [[UInt8]] {
      #expect(LabelTable(extensions: bytes, isSwapped: false).isEmpty)
    }
  }

  /// A megabyte of beginnings without ends, of quotes, and of one key again and again: done at once.
  @Test(
    .timeLimit(.minutes(1)), arguments: ["<Label ", "<Label Key=\"1\">", "\"", "a=", "</Label>"])
  func hostileTablesTakeNoTime(_ piece: String) {
    let content = Array(String(repeating: piece, count: (1 << 20) / piece.utf8.count).utf8)
    let bytes: [UInt8] = [1, 0, 0, 0, 0, 0, 16, 0, 30, 0, 0, 0] + content
    let padded = bytes + [UInt8](repeating: 32, count: 4 + (1 << 20) - bytes.count + 16)
    #expect(LabelTable(extensions: padded, isSwapped: false).entries.count <= 1)
  }

  /// Without a table in the file the record beside it names the labels.
  @Test func takesNamesFromTheRecord() throws {
    let folder = try TemporaryFolder()
    let segmentation = Segmentation(
      labels: LabelMap([1, 1, 3], [0, 1, 2]),
      geometry: Geometry(
        shape: [1, 1, 3], spacing: [1, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    let path = folder.path + "/a.nrrd"
    try writeSegmentation(segmentation, to: path)
    let json = #"{"schema": "nnx.run/1", "labels": [{"value": 1, "name": "liver"}]}"#
    try folder.write("a.nnx.json", Array(json.utf8))
    #expect(try readNamedSegmentation(path).table.entries.map(\.name) == ["liver", "label 2"])
  }

  @Test func csvQuotesWhatItMust() {
    #expect(
      Delimited.lines([["a,b", "c\"d", "e"]], separator: ",") == ["\"a,b\",\"c\"\"d\",e"])
    #expect(Delimited.lines([["a\tb", "c"]], separator: "\t") == ["a b\tc"])
  }
}
