import NNXSystem
import Testing

@testable import NNXModel

@Suite struct DatasetJSONTests {
  private func dataset(_ text: String) throws -> DatasetJSON {
    try DatasetJSON(try OrderedJSON(parsing: Array(text.utf8), source: "t"), source: "dataset.json")
  }

  @Test func readsLabels() throws {
    let dataset = try dataset(
      """
      {"channel_names": {"1": "PET", "0": "CT"}, "file_ending": ".nrrd",
       "labels": {"background": 0, "liver": 2, "lesion": [1], "ignore": 3}}
      """)
    #expect(dataset.channels == ["CT", "PET"])
    #expect(dataset.fileEnding == ".nrrd")
    #expect(dataset.labels.entries.map(\.name) == ["background", "liver", "lesion", "ignore"])
    #expect(dataset.labels.foreground == [1, 2])
    #expect(dataset.labels.ignore == 3)
    #expect(dataset.labels.heads == 3)
    #expect(!dataset.labels.hasRegions)
  }

  @Test func modalityTakesPrecedence() throws {
    let dataset = try dataset(
      #"{"modality": {"0": "MR"}, "channel_names": {"0": "CT", "1": "PET"}, "labels": {"background": 0, "a": 1}}"#
    )
    #expect(dataset.channels == ["MR"])
    #expect(dataset.fileEnding == ".nii.gz")
  }

  @Test func regionsKeepTheOrderOfTheFile() throws {
    let dataset = try dataset(
      """
      {"channel_names": {"0": "T1"}, "regions_class_order": [2, 1, 3],
       "labels": {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "enhancing": 3, "ignore": 4}}
      """)
    #expect(dataset.labels.regions.map(\.name) == ["whole", "core", "enhancing"])
    #expect(dataset.labels.regionsClassOrder == [2, 1, 3])
    #expect(dataset.labels.heads == 3)
    #expect(dataset.labels.foreground == [1, 2, 3])
  }

  /// nnU-Net calls `int()` on each value of a label, and only counts the channels.
  @Test(arguments: [
    (#"{"0": "CT"}"#, ["CT"]), (#"{"1": "CT"}"#, ["CT"]), (#"["CT"]"#, ["CT"]),
    (#"{"1": "CT", "2": "PET"}"#, ["CT", "PET"]), (#"["CT", "PET"]"#, ["CT", "PET"]),
    (#"{"2": "CT", "1": "PET"}"#, ["CT", "PET"]), (#"{"1": "PET", "0": "CT"}"#, ["CT", "PET"]),
    (#"{"a": "CT", "b": null, "c": 7}"#, ["CT", "channel 1", "7"]),
  ])
  func namesChannelsByTheirPlace(written: String, channels: [String]) throws {
    for key in ["channel_names", "modality"] {
      let found = try dataset(#"{"\#(key)": \#(written), "labels": {"background": 0, "a": 1}}"#)
      #expect(found.channels == channels)
    }
  }

  @Test func takesWhatPythonTakesForNumbers() throws {
    let labels = try dataset(
      """
      {"channel_names": ["CT"],
       "labels": {"background": "0", "a": "1", "b": " +2 ", "c": 3.0, "d": true, "e": ["4"]}}
      """
    ).labels
    #expect(labels.entries.map(\.values) == [[0], [1], [2], [3], [1], [4]])
    #expect(labels.heads == 5)
    let regions = try dataset(
      """
      {"channel_names": ["CT"], "regions_class_order": [1, 2],
       "labels": {"background": 0, "whole": ["1", "2"], "core": "2"}}
      """
    ).labels
    #expect(regions.regions.map(\.values) == [[1, 2], [2]])
  }

  @Test(arguments: [
    (#"{"labels": {"background": 0}}"#, "'channel_names' is missing"),
    (#"{"channel_names": {}, "labels": {}}"#, "'channel_names' names 0 channels"),
    (#"{"channel_names": "CT", "labels": {}}"#, "'channel_names' is neither an object nor a list"),
    (#"{"channel_names": {"0": "CT"}}"#, "'labels' is missing"),
    (#"{"channel_names": {"0": "CT"}, "labels": {"a": 1}}"#, "the label 'background' is not 0"),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 1}}"#,
      "the label 'background' is not 0"
    ),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": "1.0"}}"#,
      "the label 'a' has no value"
    ),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": []}}"#,
      "the label 'a' has no value"
    ),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": -1}}"#,
      "the label 'a' has no value"
    ),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": 1, "ignore": 3}}"#,
      "'ignore' is not one more than the largest label"
    ),
    (
      #"{"channel_names": ["CT"], "labels": {"background": 0, "a": 1, "ignore": "2"}}"#,
      "'ignore' is a text; nnU-Net takes a number only"
    ),
    (
      #"{"channel_names": ["CT"], "labels": {"background": "0", "a": [1, 2]}, "regions_class_order": [1]}"#,
      "the label 'background' is the text \"0\", which nnU-Net takes for a region; write the number 0"
    ),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": [1, 2]}}"#,
      "'regions_class_order' is missing"
    ),
    (
      #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": [1, 2]}, "regions_class_order": [1, 2]}"#,
      "'regions_class_order' has 2 values for 1 regions"
    ),
  ])
  func saysWhatIsWrong(text: String, reason: String) throws {
    let error = try #require(throws: NNXError.self) { try dataset(text) }
    #expect(error.code == .invalidModel)
    #expect(error.message == "dataset.json: \(reason)")
  }
}
