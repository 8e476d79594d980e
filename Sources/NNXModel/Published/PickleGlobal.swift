/// The names that a pickle may mention. Each is a token to this interpreter: nothing is looked up,
/// imported or called.
///
/// What nnU-Net's checkpoints, plans and properties are built from (v1 and v2, NumPy 1 and 2,
/// protocols 2 to 5) has a token of its own; what may lie beside it is `inert`. Anything else is
/// refused by name.
enum PickleGlobal: Hashable {
  case orderedDictionary
  case counter
  case rebuildTensor
  case rebuildParameter
  /// A class of storages.
  case storage(TorchElement)
  case device
  case size
  case reconstruct
  case scalar
  case fromBuffer
  case ndarray
  case dtype
  case encode
  case set
  case byteArray
  case bytes
  /// The one function that v2's `postprocessing.pkl` names.
  case keepLargestComponent
  /// A name whose values may be there and are never read: its place in `inertNames`.
  case inert(Int)

  /// The token for `module.name`; `nil` when it is not allowed.
  init?(module: String, name: String) {
    guard let global = PickleGlobal.allowed["\(module) \(name)"] else { return nil }
    self = global
  }

  private static let allowed: [String: PickleGlobal] = {
    var list: [String: PickleGlobal] = [
      "collections OrderedDict": .orderedDictionary,
      "collections Counter": .counter,
      "torch._utils _rebuild_tensor_v2": .rebuildTensor,
      "torch._utils _rebuild_parameter": .rebuildParameter,
      "torch._utils _rebuild_parameter_with_state": .rebuildParameter,
      "torch device": .device,
      "torch Size": .size,
      "torch.storage UntypedStorage": .storage(.untyped),
      "numpy ndarray": .ndarray,
      "numpy dtype": .dtype,
      "_codecs encode": .encode,
      "nnunetv2.postprocessing.remove_connected_components remove_all_but_largest_component_from_segmentation":
        .keepLargestComponent,
    ]
    for (name, element) in storages {
      list["torch \(name)Storage"] = .storage(element)
      list["torch.cuda \(name)Storage"] = .storage(element)
    }
    for package in ["numpy.core", "numpy._core"] {
      list["\(package).multiarray _reconstruct"] = .reconstruct
      list["\(package).multiarray scalar"] = .scalar
      list["\(package).numeric _frombuffer"] = .fromBuffer
    }
    for module in ["builtins", "__builtin__"] {
      list["\(module) set"] = .set
      list["\(module) bytearray"] = .byteArray
      list["\(module) bytes"] = .bytes
    }
    for (index, name) in inertNames.enumerated() { list[name] = .inert(index) }
    return list
  }()

  private static let storages: [(name: String, element: TorchElement)] = [
    ("Float", .float32), ("Double", .float64), ("Half", .float16), ("BFloat16", .bfloat16),
    ("Long", .int64), ("Int", .int32), ("Short", .int16), ("Char", .int8), ("Byte", .uint8),
    ("Bool", .bool), ("ComplexFloat", .complex64), ("ComplexDouble", .complex128),
    ("QInt32", .qint32), ("QInt8", .qint8), ("QUInt8", .quint8), ("QUInt4x2", .quint4x2),
    ("QUInt2x4", .quint2x4),
  ]

  /// The element type, when this is a storage class of torch.
  var elementType: TorchElement? {
    if case .storage(let element) = self { element } else { nil }
  }

  var isInert: Bool {
    if case .inert = self { true } else { false }
  }
}
