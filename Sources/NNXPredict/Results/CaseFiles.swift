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
  package init(
    _ segmentation: String, _ kinds: Set<ResultFile>, places: [ResultFile: String] = [:]
  ) {
    let written = kinds.union([.segmentation, .record])
    all = ResultFile.allCases.filter(written.contains).map {
      File(kind: $0, path: places[$0] ?? $0.path(of: segmentation))
    }
  }

  /// Path of a file; `nil` where it is not written.
  package subscript(kind: ResultFile) -> String? { all.first { $0.kind == kind }?.path }

  /// Who wrote a record: one of another segmentation, such as seg.mha beside seg.nii.gz, stays that one's.
  private static func author(_ record: String, of segmentation: String) -> OutputPlan.Author {
    guard let told = RecordedFiles(record)?.json["output"]?["path"]?.string else { return .someone }
    return
      told.split(separator: "/").last == segmentation.split(separator: "/").last ? .nnx : .someone
  }

  /// For the checks before work begins.
  package var outputs: [OutputPlan.Output] {
    let record = record
    return all.map { file in
      switch file.kind {
      case .segmentation, .spacing, .probabilities, .uncertainty:
        .init(file.path) { RecordedFiles(record)?.author(of: $0) ?? .someone }
      case .stats: .init(file.path, author: FileMark.json("nnx.stats/"))
      case .record: .init(file.path) { [segmentation] in CaseFiles.author($0, of: segmentation) }
      case .preview: .init(file.path, author: FileMark.png)
      }
    }
  }
}
