import NNXImage
import NNXModel
import NNXSystem

/// Labels of former runs that tell which disc of a spine is which.
struct Localizer {
  private let place: String
  private let isFolder: Bool

  /// - Parameter place: a file for one case, or a folder with a file of the case's name for each.
  /// - Throws: `file-not-found`.
  init(_ place: String) throws(NNXError) {
    guard let isFolder = Folder.isFolder(place) else {
      throw NNXError(
        .fileNotFound, "there is nothing at \(place)",
        fixes: ["Check the path given with --localizer"])
    }
    (self.place, self.isFolder) = (place, isFolder)
  }

  /// The file of a case.
  ///
  /// - Throws: `file-not-found`.
  func path(of item: Case) throws(NNXError) -> String {
    guard isFolder else { return place }
    for ending in ImageFormat.allEndings
    where Folder.isFolder("\(place)/\(item.name)\(ending)") == false {
      return "\(place)/\(item.name)\(ending)"
    }
    throw NNXError(
      .fileNotFound, "\(place) has no localizer of \(item.name)",
      details: ["It should be called \(item.name).nii.gz."])
  }
}

extension Recipe {
  /// The step that runs the first network of a spine, where it is named.
  var firstSpineNetwork: String? {
    steps.lazy.compactMap { step in
      if case .nameSpine(let of, 1) = step.operation { of } else { nil }
    }.first
  }

  /// Whether a localizer can tell names.
  package var namesSpine: Bool {
    steps.contains { if case .nameSpine = $0.operation { true } else { false } }
  }
}
