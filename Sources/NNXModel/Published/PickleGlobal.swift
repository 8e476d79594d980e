/// The names that a pickle may mention. Each is a token to this interpreter: nothing is looked up,
/// imported or called.
///
/// Everything that nnU-Net's checkpoints, plans and properties hold (v1 and v2, NumPy 1 and 2,
/// protocols 2 to 5) is built from these; anything else is refused by name.
enum PickleGlobal: UInt8 {
  case orderedDictionary
  case rebuildTensor
  case rebuildParameter
  case floatStorage
  case doubleStorage
  case halfStorage
  case bfloat16Storage
  case longStorage
  case intStorage
  case shortStorage
  case charStorage
  case byteStorage
  case boolStorage
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

  /// The token for `module.name`; `nil` when it is not allowed.
  init?(module: String, name: String) {
    guard let global = PickleGlobal.allowed["\(module) \(name)"] else { return nil }
    self = global
  }

  private static let allowed: [String: PickleGlobal] = {
    var list: [String: PickleGlobal] = [
      "collections OrderedDict": .orderedDictionary,
      "torch._utils _rebuild_tensor_v2": .rebuildTensor,
      "torch._utils _rebuild_parameter": .rebuildParameter,
      "torch FloatStorage": .floatStorage,
      "torch DoubleStorage": .doubleStorage,
      "torch HalfStorage": .halfStorage,
      "torch BFloat16Storage": .bfloat16Storage,
      "torch LongStorage": .longStorage,
      "torch IntStorage": .intStorage,
      "torch ShortStorage": .shortStorage,
      "torch CharStorage": .charStorage,
      "torch ByteStorage": .byteStorage,
      "torch BoolStorage": .boolStorage,
      "torch device": .device,
      "torch Size": .size,
      "numpy ndarray": .ndarray,
      "numpy dtype": .dtype,
      "_codecs encode": .encode,
      "nnunetv2.postprocessing.remove_connected_components remove_all_but_largest_component_from_segmentation":
        .keepLargestComponent,
    ]
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
    return list
  }()

  /// The element type, when this is a storage class of torch.
  var elementType: TorchElement? {
    switch self {
    case .floatStorage: .float32
    case .doubleStorage: .float64
    case .halfStorage: .float16
    case .bfloat16Storage: .bfloat16
    case .longStorage: .int64
    case .intStorage: .int32
    case .shortStorage: .int16
    case .charStorage: .int8
    case .byteStorage: .uint8
    case .boolStorage: .bool
    default: nil
    }
  }
}
