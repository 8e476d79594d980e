/// Names beside those that nnU-Net's own files need.
extension PickleGlobal {
  /// `module name` of everything else that may stand in a checkpoint as a value.
  ///
  /// What torch's restricted loader takes by default (`_get_allowed_globals` of
  /// `torch/_weights_only_unpickler.py`, torch 2.13), and a few of Python's and NumPy's that make
  /// nothing but a value from values.
  static let inertNames: [String] = {
    var names = [
      "torch Tensor", "torch.nn.parameter Parameter", "torch.storage TypedStorage",
      "torch.serialization _get_layout", "torch._tensor _rebuild_from_type_v2",
    ]
    func add(_ module: String, _ list: String, prefix: String = "", suffix: String = "") {
      names += list.split(separator: " ").map { "\(module) \(prefix)\($0)\(suffix)" }
    }
    add(
      "torch._utils",
      "tensor tensor_v3 qtensor sparse_tensor nested_tensor meta_tensor_no_storage wrapper_subclass "
        + "device_tensor_from_numpy device_tensor_from_cpu_tensor", prefix: "_rebuild_")
    add(
      "torch",
      "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64 bfloat16 "
        + "complex32 complex64 complex128 qint8 qint32 quint8 quint2x4 quint4x2 bits8 bits16 bits1x8 "
        + "bits2x4 bits4x2 float8_e4m3fn float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu "
        + "float4_e2m1fn_x2 per_channel_affine per_channel_affine_float_qparams "
        + "per_channel_symmetric per_tensor_affine per_tensor_symmetric")
    add("torch", (1...7).map { "int\($0) uint\($0)" }.joined(separator: " "))
    let dense = "BFloat16 Byte Char Double Float Half Int Long Short"
    for module in ["torch", "torch.cuda"] {
      add(module, dense + " Bool", suffix: "Tensor")
      add("\(module).sparse", dense, suffix: "Tensor")
    }
    for module in ["builtins", "__builtin__"] { add(module, "complex frozenset slice range") }
    // Python 2 calls it so, and so does protocol 2.
    names.append("__builtin__ xrange")
    add(
      "numpy",
      "bool bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 "
        + "complex64 complex128")
    return names
  }()

  /// Whether `module.name` makes a value and runs nothing, though nnx does not read it.
  ///
  /// Not complete: what is missing here counts as dangerous.
  static func isHarmless(module: String, name: String) -> Bool {
    switch module {
    case "datetime", "decimal", "fractions", "uuid", "pathlib", "pathlib._local":
      name.allSatisfy { $0.isASCII && ($0.isLetter || $0 == "_") }
    case "collections": ["defaultdict", "deque"].contains(name)
    case "argparse": name == "Namespace"
    case "types": name == "SimpleNamespace"
    case "builtins", "__builtin__":
      ["list", "dict", "tuple", "str", "int", "float", "bool", "object"].contains(name)
    default: false
    }
  }
}
