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

  /// For the checks before work begins.
  package var outputs: [OutputPlan.Output] {
    let record = record
    return all.map { file in
      switch file.kind {
      case .segmentation, .spacing, .probabilities, .uncertainty:
        .init(file.path) { RecordedFiles(record)?.author(of: $0) ?? .someone }
      case .stats, .record: .init(file.path, author: FileMark.isJSON)
      case .preview: .init(file.path, author: FileMark.isPNG)
      }
    }
  }
}
