/// Which voxels count when AIMI's annotations are compared.
package enum AIMIRule: String, CaseIterable, Sendable {
  /// As the publisher's notebook: the correction is cut to the slices that the network's file holds, and a
  /// mark of 5 means that they are the same. What an expert added outside does not count.
  case notebook
  /// All slices of both; a mark of 5 means that they are the same.
  case union
  /// All slices of both, and a corrected file counts whatever the mark.
  case honest

  /// What a person should know about its numbers.
  package var note: String {
    switch self {
    case .notebook:
      "rule notebook: corrections are cut to the slices of the network's file, and Likert 5 counts as equal, "
        + "as published; these numbers are too good"
    case .union:
      "rule union: all slices count; Likert 5 counts as equal though some have a correction"
    case .honest: "rule honest: all slices and all corrections count"
    }
  }
}
