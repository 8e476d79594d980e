import NNXImage
import NNXSystem
import Synchronization

/// Writes the records of cases that are done, and sees by them at a glance that nothing changed since.
///
/// What a glance does not show, `Predictor.finished` looks into.
package final class DoneCases {
  package let places: CohortPlaces
  private let predictor: Predictor
  /// SHA-256 of what makes a case, by whether it is a series: all that it depends on where no segmentations are
  /// given.
  private let known = Mutex<[Bool: String]>([:])

  package init(_ places: CohortPlaces, _ predictor: Predictor) {
    (self.places, self.predictor) = (places, predictor)
  }

  /// The files that the images of a case lie in, as they are now; `nil` where one is not there.
  package func stamps(_ item: Case) -> [StampedFile]? {
    var stamps: [StampedFile] = []
    for image in item.images {
      guard let files = try? allFiles(ofImage: image), !files.isEmpty else { return nil }
      for file in files {
        guard let stamp = StampedFile(file) else { return nil }
        stamps.append(stamp)
      }
    }
    return stamps
  }

  /// Path of the run record that a case has.
  func record(of item: Case, to output: String) -> String {
    predictor.files(of: item, to: output).record
  }

  /// The record of a case whose files are in their places.
  ///
  /// - Parameter inputs: as they were before anything of them was read.
  /// - Returns: `nil` where it cannot be told which files they are.
  package func record(
    _ item: Case, to output: String, inputs: [StampedFile]?, seconds: Double
  ) -> DoneRecord? {
    guard let inputs else { return nil }
    let files = predictor.files(of: item, to: output)
    return DoneRecord(
      case: item.name, result: places.relative(output), record: places.relative(files.record),
      made: made(item, output), inputs: inputs,
      results: files.all.compactMap { StampedFile($0.path, as: places.relative($0.path)) },
      host: ProcessFacts.hostName, seconds: (seconds * 1000).rounded() / 1000)
  }

  /// Whether a case has a record and is done as it would be done now, and none of its files changed since.
  private func isUnchanged(_ item: Case, to output: String) -> Bool {
    let key = CaseKey(result: places.relative(output))
    guard item.problem == nil, let record = try? DoneRecord(contentsOf: places.record(.done, key)),
      record.result == places.relative(output),
      record.made == made(item, output),
      let inputs = stamps(item), Self.areSame(inputs, record.inputs)
    else { return false }
    return predictor.files(of: item, to: output).all.allSatisfy { file in
      let name = places.relative(file.path)
      guard let stamp = StampedFile(file.path, as: name) else { return false }
      return record.results.contains(stamp)
    }
  }

  /// Which cases are done as their records say: all others have to be looked into.
  ///
  /// - Parameters:
  ///   - indices: of the cases that are asked for.
  ///   - outputs: path of the segmentation of each case.
  package func unchanged(
    _ indices: some RandomAccessCollection<Int>, of cases: [Case], to outputs: [String]
  ) -> Set<Int> {
    let indices = Array(indices)
    let found = Mutex<Set<Int>>([])
    // Nothing in it throws.
    try? Parallel.forEach(indices.count) { number in
      let index = indices[number]
      if isUnchanged(cases[index], to: outputs[index]) {
        found.withLock { _ = $0.insert(index) }
      }
    }
    return found.withLock { $0 }
  }

  /// Where files lie does not matter.
  private static func areSame(_ a: [StampedFile], _ b: [StampedFile]) -> Bool {
    a.map(\.stamp) == b.map(\.stamp)
  }

  /// Models, settings and the nnU-Net that is followed: whatever may change a voxel, but not the images.
  private func made(_ item: Case, _ output: String) -> String {
    let isSeries = item.isSeries
    if let digest = known.withLock({ $0[isSeries] }) { return digest }
    let identities = predictor.identity.array ?? [predictor.identity]
    let settings = (predictor.settings(item, to: output).members ?? []).filter {
      $0.key != "threads"
    }
    let all: OrderedJSON = [
      "models": .array(identities.map { $0["digest"] ?? .null }), "settings": .object(settings),
      "predictsAs": .string(Version.emulated),
    ]
    let digest = Digest.sha256(Array(all.text().utf8))
    let dependsOnFiles =
      predictor.localizer != nil
      || predictor.members.contains { !$0.previousFiles(of: item).isEmpty }
    if !dependsOnFiles { known.withLock { $0[isSeries] = digest } }
    return digest
  }
}
