import NNXSystem

/// `stored * slope + intercept`.
struct LinearScale: Hashable, Sendable {
  var slope: Double
  var intercept: Double

  /// Slope and intercept as a NIfTI file has them, in float32.
  var inFile: LinearScale {
    LinearScale(slope: Double(Float(slope)), intercept: Double(Float(intercept)))
  }

  /// Whether float32 makes the same of stored numbers as double: whole ones below 2^24, which it has all.
  func isExactInFloat32(bits: Int) -> Bool {
    let largest = Double(sign: .plus, exponent: bits, significand: 1)
    return slope == slope.rounded() && intercept == intercept.rounded()
      && abs(slope) * largest + abs(intercept) <= 0x1p24
  }
}

/// How stored numbers of a slice become values: what its file says, and what programs make of that.
struct SliceScale: Hashable, Sendable {
  /// RescaleSlope and RescaleIntercept; 1 and 0 where the file has none.
  let stated: LinearScale
  /// What ITK applies (GDCM's `GetRescaleInterceptSlopeValueFromDataSet`): a slope of 0 is none.
  var itk: LinearScale {
    stated.slope == 0 ? LinearScale(slope: 1, intercept: stated.intercept) : stated
  }
  /// What dcm2niix writes into its file's header.
  let file: LinearScale

  init(_ facts: FrameFacts, _ data: DICOMItem) {
    stated = facts.scale
    file = Self.precise(stated, data) ?? stated.inFile
  }

  /// Philips' floating-point values (`PhilipsPrecise` of nii_dicom_batch.cpp), where its scale slope is there: stored
  /// numbers times RescaleSlope plus RescaleIntercept, over the product of both slopes; in float32.
  private static func precise(_ stated: LinearScale, _ data: DICOMItem) -> LinearScale? {
    guard data.text(.manufacturer)?.uppercased().hasPrefix("PHILIPS") == true else { return nil }
    // Of implicit syntaxes nobody knows the type of a private element.
    let tag = DICOMTag(0x2005_100E)
    let bytes = try? data.withBytes(tag) { span in
      span.byteCount == 4 ? Float(bitPattern: span.littleEndian(UInt32.self, at: 0)) : nil
    }
    guard let scale = bytes ?? nil ?? data.number(tag).map({ Float($0) }), scale.isFinite,
      scale != 0
    else { return nil }
    let (slope, intercept) = (Float(stated.slope), Float(stated.intercept))
    guard slope * scale != 0 else { return nil }
    let zero = intercept / (slope * scale)
    let one = (slope + intercept) / (slope * scale)
    guard zero != one else { return nil }
    return LinearScale(slope: Double(one - zero), intercept: Double(zero))
  }
}
