/// Scalars and arrays as NumPy pickles them (`numpy/core/src/multiarray/methods.c`,
/// `array_reduce`; `scalartypes.c.src`, `gentype_reduce`; `numeric.py`, `_frombuffer`).
extension PickleValue {
  struct NumPyType {
    /// `b` bool, `i` signed, `u` unsigned, `f` float.
    var kind: Character
    /// Bytes per element.
    var size: Int
    var isBigEndian: Bool
  }

  struct NumPyScalar {
    var type: NumPyType
    var value: Double
  }

  struct NumPyArray {
    /// Extent of each axis, slowest first.
    var shape: [Int]
    /// In C order.
    var values: [Double]
  }

  private var object: Pickle.Object? {
    guard case .object(let index) = content else { return nil }
    return pickle.arena.objects[Int(index)]
  }

  /// `dtype("f8", False, True)` with the byte order in its state.
  private var numpyType: NumPyType? {
    guard let object, object.constructor == .dtype,
      let name = at(object.arguments).elements?.first?.text,
      let kind = name.first, "biuf".contains(kind), let size = Int(name.dropFirst()),
      kind == "b" ? size == 1 : [1, 2, 4, 8].contains(size), kind != "f" || size >= 2
    else { return nil }
    guard object.state >= 0 else { return NumPyType(kind: kind, size: size, isBigEndian: false) }
    guard let state = at(object.state).elements, state.count >= 2, let order = state[1].text,
      ["<", ">", "|", "="].contains(order)
    else { return nil }
    return NumPyType(kind: kind, size: size, isBigEndian: order == ">")
  }

  /// A NumPy scalar: `scalar(dtype, bytes)`, or an array without axes.
  var scalar: NumPyScalar? {
    guard let object else { return nil }
    if object.constructor == .scalar, let arguments = at(object.arguments).elements,
      arguments.count == 2, let type = arguments[0].numpyType, let bytes = arguments[1].bytes,
      bytes.count == type.size
    {
      return NumPyScalar(type: type, value: PickleValue.number(bytes, type))
    }
    guard let (array, type) = arrayWithType, array.shape.isEmpty, let value = array.values.first
    else { return nil }
    return NumPyScalar(type: type, value: value)
  }

  /// Whether this is a NumPy number of double precision, which makes NumPy 2 compute in double.
  var isNumPyDouble: Bool {
    guard let type = scalar?.type else { return false }
    return type.kind == "f" && type.size == 8
  }

  /// A NumPy array of numbers.
  var array: NumPyArray? { arrayWithType?.0 }

  private var arrayWithType: (NumPyArray, NumPyType)? {
    guard let object else { return nil }
    let shape: [PickleValue]?
    let type: NumPyType?
    let bytes: ArraySlice<UInt8>?
    let isFortran: Bool?
    switch object.constructor {
    case .reconstruct:
      guard object.state >= 0, let state = at(object.state).elements, state.count == 5 else {
        return nil
      }
      shape = state[1].elements
      type = state[2].numpyType
      isFortran = state[3].bool
      bytes = state[4].bytes
    case .fromBuffer:
      guard let arguments = at(object.arguments).elements, arguments.count == 4 else { return nil }
      bytes = arguments[0].bytes
      type = arguments[1].numpyType
      shape = arguments[2].elements
      isFortran = arguments[3].text.map { $0 == "F" }
    default: return nil
    }
    guard let extents = shape?.map(\.plainInt), let type, let bytes, let isFortran else {
      return nil
    }
    var count = 1
    for extent in extents {
      guard let extent, extent >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      count = product
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
    guard !overflow, size == bytes.count, !isFortran || extents.count < 2 else { return nil }
    let values = (0..<count).map { index in
      let start = bytes.startIndex + index * type.size
      return PickleValue.number(bytes[start..<start + type.size], type)
    }
    return (NumPyArray(shape: extents.compactMap { $0 }, values: values), type)
  }

  private var plainInt: Int? {
    guard case .int(let value) = content else { return nil }
    return value
  }

  private static func number(_ bytes: ArraySlice<UInt8>, _ type: NumPyType) -> Double {
    var bits: UInt64 = 0
    for byte in type.isBigEndian ? Array(bytes) : bytes.reversed() {
      bits = bits << 8 | UInt64(byte)
    }
    switch (type.kind, type.size) {
    case ("f", 8): return Double(bitPattern: bits)
    case ("f", 4): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case ("f", _): return Double(float16: UInt16(truncatingIfNeeded: bits))
    case ("i", 8): return Double(Int64(bitPattern: bits))
    case ("i", 4): return Double(Int32(truncatingIfNeeded: bits))
    case ("i", 2): return Double(Int16(truncatingIfNeeded: bits))
    case ("i", _): return Double(Int8(truncatingIfNeeded: bits))
    default: return Double(bits)
    }
  }
}

extension Double {
  /// The value of an IEEE binary16.
  ///
  /// Written out, because the type `Float16` does not exist on every platform that nnx runs on.
  init(float16 bits: UInt16) {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default:
      self =
        sign * (1 + fraction * 0x1p-10)
        * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
