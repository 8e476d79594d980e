import NNXDICOM
import NNXSystem

/// The end of the file, which has as many parts as there are frames: what each of them is, and the pixels.
extension SEGWriter {
  func putSharedGroups(_ data: DICOMItem) throws(NNXError) {
    let grid = source.geometry
    let shared = try data.append(DICOMTag.sharedGroups)
    let axes = [0, 3, 6, 1, 4, 7].map { grid.direction[$0] }
    try shared.append(SEGTag.planeOrientation).put(
      DICOMTag.orientation, "DS",
      SEGText.decimals(axes))
    let measures = try shared.append(SEGTag.pixelMeasures)
    try measures.put(
      DICOMTag.pixelSpacing, "DS",
      SEGText.decimals([grid.spacing[1], grid.spacing[2]]))
    for tag in [DICOMTag.sliceThickness, SEGTag.sliceSpacing] {
      try measures.put(tag, "DS", SEGText.decimal(grid.spacing[0]))
    }
  }

  /// PerFrameFunctionalGroupsSequence.
  func groups(of list: SEGFrameList, _ table: LabelTable) -> [UInt8] {
    let numbers = Dictionary(
      self.numbers(table).map { ($0.entry.value, $0.number) },
      uniquingKeysWith: { first, _ in first })
    let slices = source.instances.map { (derivation: derivation(of: $0), place: place(of: $0)) }
    let frames = list.frames.map { frame -> DICOMBytes in
      let number = UInt32(numbers[frame.value] ?? 0)
      let position = UInt32(frame.slice + 1)
      var content = DICOMBytes()
      content.put(SEGTag.dimensionIndex, kind == .binary ? [number, position] : [position])
      var item = DICOMBytes()
      item.put(SEGTag.derivationImages, items: [slices[frame.slice].derivation])
      item.put(SEGTag.frameContent, items: [content])
      item.put(SEGTag.planePosition, items: [slices[frame.slice].place])
      if kind == .binary {
        var segment = DICOMBytes()
        segment.put(SEGTag.referencedNumber, UInt16(number))
        item.put(SEGTag.identification, items: [segment])
      }
      return item
    }
    var all = DICOMBytes()
    all.put(DICOMTag.frameGroups, items: frames)
    return all.bytes
  }

  private func place(of instance: SEGSource.Instance) -> DICOMBytes {
    var item = DICOMBytes()
    item.put(DICOMTag.position, "DS", SEGText.decimals(instance.position))
    return item
  }

  private func derivation(of instance: SEGSource.Instance) -> DICOMBytes {
    var image = DICOMBytes()
    image.put(SEGTag.referencedClass, "UI", instance.classUID)
    image.put(SEGTag.referencedInstance, "UI", instance.instanceUID)
    if let number = instance.frame { image.put(SEGTag.referencedFrame, "IS", "\(number)") }
    image.put(
      SEGTag.purpose,
      items: [code("121322", "Source image for image processing operation")])
    var item = DICOMBytes()
    item.put(SEGTag.sourceImages, items: [image])
    item.put(SEGTag.derivationCode, items: [code("113076", "Segmentation")])
    return item
  }

  /// A code of DICOM's own.
  private func code(_ value: String, _ meaning: String) -> DICOMBytes {
    var item = DICOMBytes()
    item.put(SEGTag.codeValue, "SH", value)
    item.put(SEGTag.codingScheme, "SH", "DCM")
    item.put(SEGTag.codeMeaning, "LO", meaning)
    return item
  }

  /// The pixels: bits one after the other without gaps, or each frame in a fragment of its own.
  func write(
    _ content: [[UInt8]], of list: SEGFrameList, to file: AtomicFile
  ) throws(NNXError) {
    var head = DICOMBytes()
    guard kind == .binary else {
      head.putLongHead(DICOMTag.pixelData, "OB", .max)
      // No table of offsets.
      head.putItem([])
      try file.write(head.bytes)
      for bytes in content {
        var fragment = DICOMBytes()
        fragment.putItem(bytes)
        try file.write(fragment.bytes)
      }
      var end = DICOMBytes()
      end.putEnd()
      return try file.write(end.bytes)
    }
    let size = list.size(isWide: false)
    head.putLongHead(DICOMTag.pixelData, "OB", UInt32(size))
    try file.write(head.bytes)
    let pixels = source.geometry.shape[1] * source.geometry.shape[2]
    guard pixels % 8 != 0 else {
      for bytes in content { try file.write(bytes) }
      return try file.write([UInt8](repeating: 0, count: size - content.count * pixels / 8))
    }
    try file.write(content.joinedBits(of: pixels, size: size))
  }
}

extension [[UInt8]] {
  /// Bits of frames one after the other, each frame's from the lowest of its first byte on.
  ///
  /// - Parameters:
  ///   - count: bits of a frame.
  ///   - size: bytes of the result.
  func joinedBits(of count: Int, size: Int) -> [UInt8] {
    var joined = [UInt8](repeating: 0, count: size)
    for (index, bytes) in enumerated() {
      let (place, shift) = (index * count / 8, UInt8(index * count % 8))
      for (offset, byte) in bytes.enumerated() where byte != 0 {
        joined[place + offset] |= byte << shift
        let rest = shift == 0 ? 0 : byte >> (8 - shift)
        if rest != 0 { joined[place + offset + 1] |= rest }
      }
    }
    return joined
  }
}
