import NNXImage
import NNXSystem

/// All files that a run leaves for one case, known before it begins.
package struct CaseFiles: Equatable, Sendable {
  package struct File: Equatable, Sendable {
    package let kind: ResultFile
    package let path: String
  }

  /// In the order in which they are written: the segmentation first, the record last.
  package let all: [File]

  package var segmentation: String { all[0].path }
  package var record: String { all[all.count - 1].path }

  /// - Parameters:
  ///   - segmentation: its path.
  ///   - kinds: what else is written; the record always is.
  ///   - places: paths of files that lie elsewhere than beside the segmentation.
  ///   - masks: names of files of single structures, without their endings.
  package init(
    _ segmentation: String, _ kinds: Set<ResultFile>, places: [ResultFile: String] = [:],
    masks: [String] = []
  ) {
    let written = kinds.union([.segmentation, .record])
    let ending = ImageFormat.ending(of: segmentation) ?? ""
    all = ResultFile.allCases.flatMap { kind -> [File] in
      guard kind == .structures ? !masks.isEmpty : written.contains(kind) else { return [] }
      let path = places[kind] ?? kind.path(of: segmentation)
      guard kind == .structures else { return [File(kind: kind, path: path)] }
      return masks.map { File(kind: kind, path: "\(path)/\($0)\(ending)") }
    }
  }

  /// Of single structures, in the order of their names.
  package var masks: [String] { all.filter { $0.kind == .structures }.map(\.path) }

  /// What people are told was written: of masks their folder.
  package var told: [String] {
    var paths = all.filter { $0.kind != .structures }.map(\.path)
    if let first = masks.first { paths.insert("\(parentFolder(first))/", at: paths.count - 1) }
    return paths
  }

  /// What lies beside the segmentation and its record, by kind; of masks their folder.
  package var companions: [(kind: ResultFile, path: String)] {
    var companions = all.filter { ![.segmentation, .record, .structures].contains($0.kind) }
      .map { ($0.kind, $0.path) }
    if let first = masks.first { companions.append((.structures, parentFolder(first))) }
    return companions
  }

  /// Path of a file; `nil` where it is not written.
  package subscript(kind: ResultFile) -> String? { all.first { $0.kind == kind }?.path }

  /// Who wrote a record: one of another segmentation, such as seg.mha beside seg.nii.gz, stays that one's.
  private static func author(_ record: String, of segmentation: String) -> OutputPlan.Author {
    guard let recorded = RecordedFiles(record), let other = recorded.segmentation else {
      return .someone
    }
    guard recorded.isOf(segmentation) else { return .another(other) }
    return recorded.json.isSealBroken ? .changed : .nnx
  }

  /// For the checks before work begins.
  package var outputs: [OutputPlan.Output] {
    let record = record
    return all.map { file in
      let told = { @Sendable in RecordedFiles(record)?.author(of: $0) ?? .someone }
      return switch file.kind {
      case .segmentation, .spacing, .probabilities, .uncertainty, .masked, .statistics,
        .structures, .canal, .cord, .levels:
        .init(file.path, author: told)
      // nnx stats and nnx preview write files of these names, too, which no record tells of.
      case .stats: .init(file.path, author: FileMark.any(told, FileMark.json("nnx.stats/")))
      case .preview: .init(file.path, author: FileMark.any(told, FileMark.png))
      case .record: .init(file.path) { [segmentation] in CaseFiles.author($0, of: segmentation) }
      }
    }
  }

  /// Whether what lies there are leftovers of a run whose segmentation was deleted, as that run wrote them:
  /// whoever deletes a segmentation wants it anew.
  var areLeftover: Bool {
    guard Folder.kind(segmentation) == nil, let recorded = RecordedFiles(record) else {
      return false
    }
    return recorded.isOf(segmentation) && !recorded.json.isSealBroken
      && all.allSatisfy {
        $0.kind == .record || Folder.kind($0.path) == nil || recorded.author(of: $0.path) == .nnx
      }
  }
}
