import NNXSystem

/// Slices of a series that may be one volume.
package struct DICOMVolume: Sendable {
  /// SeriesInstanceUID.
  package let uid: String
  /// From 1; the `n` of `UID#n`.
  package let number: Int
  /// What tells it from the others of its series, as `EchoTime 2.3`; `nil` when it is the only one.
  package let mark: String?
  /// What is odd and does not forbid its use.
  let notes: [String]
  /// Whether it was acquired in three dimensions (MRAcquisitionType), which dcm2niix turns by.
  package let turnsToRAS: Bool
  let slices: [Slice]
  /// FrameOfReferenceUID of its first slice; empty where that has none.
  package var frameOfReference: String? { slices.first?.uids.frameOfReference }

  /// The files on disk that its slices lie in, sorted.
  package var files: [String] { Set(slices.map(\.source.file)).sorted() }
  /// Whether it is a scout, to plan other series by.
  package var isLocalizer: Bool { slices.allSatisfy(\.isLocalizer) }
  /// How many slices there are.
  package var count: Int { slices.count }
  package var columns: Int { slices[0].format.columns }
  package var rows: Int { slices[0].format.rows }
  package var spacing: [Double] { slices[0].spacing }

  static func all(
    _ slices: [Slice], uid: String, notes: [String], isThreeDimensional: Bool
  ) -> [DICOMVolume] {
    var groups: [[Slice]] = []
    for slice in slices {
      if let index = groups.firstIndex(where: { $0[0].isParallel(to: slice) }) {
        groups[index].append(slice)
      } else {
        groups.append([slice])
      }
    }
    var parts: [(mark: String?, slices: [Slice])] = []
    for group in groups {
      var split = Self.split(group)
      if groups.count > 1 {
        for index in split.indices {
          let facing = facing(split[index].slices[0], among: groups.map { $0[0] })
          split[index].mark = split[index].mark.map { "\(facing), \($0)" } ?? facing
        }
      }
      parts += split
    }
    return parts.enumerated().map { index, part in
      // Echoes become files of their own; what else lies in one place becomes a file of four dimensions.
      let isOne = part.mark.map { !$0.contains("=") || $0.contains("EchoTime=") } ?? true
      return DICOMVolume(
        uid: uid, number: index + 1, mark: part.mark?.replacing("=", with: " "), notes: notes,
        turnsToRAS: isThreeDimensional && isOne, slices: part.slices)
    }
  }

  /// Which way a slice faces and its size, and where others are like it, what tells it from them.
  private static func facing(_ slice: Slice, among others: [Slice]) -> String {
    func size(_ slice: Slice) -> String {
      let normal = slice.normal.map(abs)
      let main = (0..<3).max { normal[$0] < normal[$1] } ?? 2
      return
        "\(["sagittal", "coronal", "axial"][main]) \(slice.format.columns) × \(slice.format.rows)"
    }
    let alike = others.filter { size($0) == size(slice) }
    guard alike.count > 1 else { return size(slice) }
    let hasOneSpacing = alike.allSatisfy { $0.hasSpacing(of: slice) }
    return hasOneSpacing
      ? "\(size(slice)), ImageOrientationPatient \(slice.orientation.map(mm).joined(separator: " "))"
      : "\(size(slice)), PixelSpacing \(slice.spacing.map(mm).joined(separator: " "))"
  }

  /// Slices that lie in the same places, taken apart by what differs between them.
  private static func split(_ slices: [Slice]) -> [(mark: String?, slices: [Slice])] {
    let places = Set(slices.map { ($0.height * 100).rounded() }).count
    guard slices.count > places else { return [(nil, slices)] }
    for name in FrameFacts.markNames {
      let groups = Dictionary(grouping: slices) { $0.marks[name] ?? "" }
      guard groups.count > 1,
        groups.values.allSatisfy({ group in
          group.count > 1 && Set(group.map { ($0.height * 100).rounded() }).count == group.count
        })
      else { continue }
      // A time of each slice tells nothing.
      guard groups.count <= (slices.count + places - 1) / places + 1 else { continue }
      return groups.sorted {
        (Double($0.key) ?? 0, $0.key) < (Double($1.key) ?? 0, $1.key)
      }.map { ("\(name)=\($0.key)", $0.value) }
    }
    return [(nil, slices)]
  }
}
