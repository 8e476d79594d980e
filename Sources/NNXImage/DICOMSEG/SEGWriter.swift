import NNXDICOM
import NNXSystem
import NNXTensor

/// Writes label maps as DICOM segmentations of a series.
///
/// The same labels, series and algorithm give the same bytes: UIDs are made of what the file holds, and its
/// date is that of the series. Of the source stand in it: patient, study, frame of reference, and nothing of
/// its equipment or institution.
struct SEGWriter {
  let source: SEGSource
  let algorithm: SEGAlgorithm
  let kind: SEGKind
  var threads = Threads.all

  init(_ source: SEGSource, by algorithm: SEGAlgorithm, kind: SEGKind = .binary) {
    (self.source, self.algorithm, self.kind) = (source, algorithm, kind)
  }

  private var isAutomatic: Bool { algorithm.means == .automatic }

  /// What something of a program's is called.
  func named(_ what: String) -> String {
    isAutomatic ? "\(what) by \(algorithm.name)" : what
  }

  static let explicit = "1.2.840.10008.1.2.1"
  static let runLengths = "1.2.840.10008.1.2.5"
  /// What a file may hold: lengths have 32 bits.
  private static let mostBytes = Int(UInt32.max) - 1

  /// - Parameters:
  ///   - labels: on the grid of the source, in its order.
  ///   - table: what is a segment; labels that occur besides are, too.
  ///   - path: appears only when the file is complete.
  /// - Throws: `unsupported-image` for labels that a file cannot hold; `cannot-write`, `no-space`.
  func write(_ labels: LabelMap, _ table: LabelTable, to path: String) throws(NNXError) {
    precondition(labels.shape == source.geometry.shape)
    let slices = labels.slices(threads)
    let table = table.covering(slices.keys.sorted()).inDICOM
    guard let largest = table.entries.last?.value else {
      throw NNXError(
        .unsupportedImage, "\(path) would have no segment: no label occurs, and none has a name",
        fixes: ["Give the segmentation of a model, whose labels have names"])
    }
    let list = SEGFrameList(labels, slices, values: table.entries.map(\.value), kind: kind)
    let isWide = kind == .labelmap && largest > 255
    let bytes = list.size(isWide: isWide)
    guard kind == .labelmap || bytes < Self.mostBytes, labels.shape[1] < 65536,
      labels.shape[2] < 65536
    else {
      throw NNXError(
        .unsupportedImage, "\(path) would need \(bytes) bytes, more than a DICOM file can hold",
        fixes: ["Write a label map: --seg-type labelmap", "Or NIfTI: -o x.nii.gz"])
    }
    let content = list.content(isWide: isWide, threads)
    let digest = Digest.sha256(
      threads.map(content.count) { Digest.sha256(content[$0]) }.joined())
    let object = try DICOMObject()
    let data = object.dataset
    // Frames that hold the same bits may lie elsewhere.
    let identity = [
      source.seriesUID, algorithm.means.rawValue, algorithm.name, algorithm.version ?? "",
      algorithm.parameters ?? "", kind.rawValue, table.json.text(), digest,
      list.frames.map { "\($0.value) \($0.slice)" }.joined(separator: ","),
    ]
    try putPatient(data, isASCII: table.isASCII && algorithm.isASCII, path)
    try putEquipment(data, identity)
    try putImage(data, list.frames.count, isWide: isWide)
    try putDimensions(data, identity)
    try putSegments(data, table)
    try putSharedGroups(data)
    try putReferences(data)
    let syntax = kind == .binary ? Self.explicit : Self.runLengths
    var head = try object.bytes(syntax: syntax)
    // The preamble is for whoever writes the file (DICOM PS3.10, 7.1).
    for (index, byte) in FileSeal.blank.utf8.enumerated() { head[index] = byte }
    let file = try AtomicFile(path, isSealed: true)
    try file.write(head)
    try file.write(groups(of: list, table))
    try write(content, of: list, to: file)
    try file.commit()
  }

  /// What a file of the source's patient and study says of them (DICOM PS3.3, C.7.1 to C.7.4).
  ///
  /// - Parameter isASCII: whether all other texts are; else all are in UTF-8.
  /// - Throws: `unsupported-image` where the source's texts are in letters that nnx does not know.
  private func putPatient(
    _ data: DICOMItem, isASCII: Bool, _ path: String
  ) throws(NNXError) {
    let others: [UInt32] = [
      // Character set, age, size, weight, identity removed, and how.
      0x0008_0005, 0x0010_1010, 0x0010_1020, 0x0010_1030, 0x0012_0062, 0x0012_0063,
    ]
    for tag in others { data.copy(DICOMTag(tag), from: source.header) }
    let asked: [(DICOMTag, String)] = [
      (DICOMTag.patientName, "PN"), (DICOMTag.patientID, "LO"), (SEGTag.birthDate, "DA"),
      (SEGTag.patientSex, "CS"), (DICOMTag.studyInstance, "UI"), (SEGTag.studyDate, "DA"),
      (SEGTag.studyTime, "TM"), (SEGTag.studyID, "SH"), (SEGTag.accession, "SH"),
      (SEGTag.referringPhysician, "PN"), (DICOMTag.frameOfReference, "UI"),
      (SEGTag.positionReference, "LO"),
    ]
    for (tag, vr) in asked where !data.copy(tag, from: source.header) { try data.put(tag, vr, "") }
    if !isASCII {
      try putUnicode(data, asked + [(DICOMTag(0x0012_0063), "LO")], path)
    }
  }

  /// Sets the character set to UTF-8, and texts of the source that are not ASCII in it.
  private func putUnicode(
    _ data: DICOMItem, _ tags: [(DICOMTag, String)], _ path: String
  ) throws(NNXError) {
    let texts = tags.compactMap { tag, vr in
      source.header.text(tag).flatMap { SEGText.isASCII($0) ? nil : (tag, vr, $0) }
    }
    // Of these `text` knows the letters (DICOM PS3.3, C.12.1.1.2).
    let known = ["", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192", "ISO 2022 IR 6", "ISO 2022 IR 100"]
    let sets = source.header.texts(SEGTag.characterSet)
    guard texts.isEmpty || sets.allSatisfy(known.contains) else {
      throw NNXError(
        .unsupportedImage,
        "\(path) would need UTF-8 for its labels, and nnx cannot bring the patient's name there",
        details: ["the series has its texts in \(sets.joined(separator: ", "))"],
        fixes: ["Give the labels names of ASCII letters", "Or write NIfTI: -o x.nii.gz"])
    }
    try data.put(SEGTag.characterSet, "CS", "ISO_IR 192")
    for (tag, vr, text) in texts { try data.put(tag, vr, text) }
  }

  private func putEquipment(_ data: DICOMItem, _ identity: [String]) throws(NNXError) {
    func moment(_ tags: [DICOMTag], _ fallback: String) -> String {
      tags.lazy.compactMap { source.header.text($0) }.first { !$0.isEmpty } ?? fallback
    }
    let isMap = kind == .labelmap
    let texts: [(DICOMTag, String, String)] = [
      (DICOMTag.sopClass, "UI", "1.2.840.10008.5.1.4.1.1.66.\(isMap ? 7 : 4)"),
      (DICOMTag.sopInstance, "UI", DICOMUID.of(["instance"] + identity)),
      (DICOMTag.seriesInstance, "UI", DICOMUID.of(["series"] + identity)),
      (DICOMTag.modality, "CS", "SEG"),
      (DICOMTag.seriesNumber, "IS", "300"), (SEGTag.instanceNumber, "IS", "1"),
      (DICOMTag.seriesDescription, "LO", SEGText.plain(named("Segmentation"))),
      (SEGTag.contentDate, "DA", moment([SEGTag.contentDate, SEGTag.studyDate], "19700101")),
      (SEGTag.contentTime, "TM", moment([SEGTag.contentTime, SEGTag.studyTime], "000000")),
      (SEGTag.manufacturer, "LO", "nnx"), (SEGTag.manufacturerModel, "LO", "nnx"),
      (SEGTag.serialNumber, "LO", SEGText.plain(algorithm.version ?? Version.current)),
      (SEGTag.softwareVersions, "LO", Version.current),
      (SEGTag.contentLabel, "CS", "SEGMENTATION"),
      (SEGTag.contentDescription, "LO", isAutomatic ? "Automatic segmentation" : "Segmentation"),
      (SEGTag.contentCreator, "PN", isAutomatic ? "nnx^automatic" : ""),
    ]
    for (tag, vr, text) in texts { try data.put(tag, vr, text) }
  }

  private func putImage(_ data: DICOMItem, _ frames: Int, isWide: Bool) throws(NNXError) {
    let bits = kind == .binary ? 1 : isWide ? 16 : 8
    let isLossy = source.header.text(DICOMTag.lossy) == "01"
    let texts: [(DICOMTag, String, String)] = [
      (DICOMTag.imageType, "CS", "DERIVED\\PRIMARY"), (DICOMTag.samples, "US", "1"),
      (DICOMTag.photometric, "CS", "MONOCHROME2"), (DICOMTag.frameCount, "IS", "\(frames)"),
      (DICOMTag.rows, "US", "\(source.geometry.shape[1])"),
      (DICOMTag.columns, "US", "\(source.geometry.shape[2])"),
      (DICOMTag.bitsAllocated, "US", "\(bits)"),
      (DICOMTag.bitsStored, "US", "\(bits)"), (DICOMTag.highBit, "US", "\(bits - 1)"),
      (DICOMTag.pixelRepresentation, "US", "0"), (SEGTag.burnedIn, "CS", "NO"),
      (DICOMTag.lossy, "CS", isLossy ? "01" : "00"),
      (SEGTag.kind, "CS", kind == .binary ? "BINARY" : "LABELMAP"), (SEGTag.overlap, "CS", "NO"),
    ]
    for (tag, vr, text) in texts { try data.put(tag, vr, text) }
    if kind == .labelmap { try data.put(SEGTag.pixelPadding, "US", "0") }
    if isLossy {
      data.copy(SEGTag.lossyRatio, from: source.header)
      data.copy(SEGTag.lossyMethod, from: source.header)
    }
  }

  /// Frames are told apart by segment and position; in label maps by position.
  private func putDimensions(_ data: DICOMItem, _ identity: [String]) throws(NNXError) {
    let uid = DICOMUID.of(["dimensions"] + identity)
    try data.append(SEGTag.dimensionOrganizations).put(SEGTag.dimensionOrganization, "UI", uid)
    let all = [
      (SEGTag.referencedNumber, SEGTag.identification, "Segment"),
      (DICOMTag.position, SEGTag.planePosition, "Position"),
    ]
    for (pointer, group, label) in all.dropFirst(kind == .labelmap ? 1 : 0) {
      let item = try data.append(SEGTag.dimensions)
      try item.put(SEGTag.dimensionOrganization, "UI", uid)
      try item.put(SEGTag.dimensionPointer, "AT", "\(pointer)")
      try item.put(SEGTag.groupPointer, "AT", "\(group)")
      try item.put(SEGTag.dimensionLabel, "LO", label)
    }
  }

  /// The source's instances, all of them: what viewers look for before they show anything.
  private func putReferences(_ data: DICOMItem) throws(NNXError) {
    let series = try data.append(SEGTag.referencedSeries)
    try series.put(DICOMTag.seriesInstance, "UI", source.seriesUID)
    var seen: Set<String> = []
    for instance in source.instances where seen.insert(instance.instanceUID).inserted {
      let item = try series.append(SEGTag.referencedInstances)
      try item.put(SEGTag.referencedClass, "UI", instance.classUID)
      try item.put(SEGTag.referencedInstance, "UI", instance.instanceUID)
    }
  }
}
