/// Type of the elements of a torch storage (`torch/storage.py`).
package enum TorchElement: String, Sendable {
  case float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, bool
  /// Types of values beside the weights, which are never read.
  case complex64, complex128, qint32, qint8, quint8, quint4x2, quint2x4, untyped

  /// Bytes per element.
  package var size: Int {
    switch self {
    case .complex128: 16
    case .float64, .int64, .complex64: 8
    case .float32, .int32, .qint32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool, .qint8, .quint8, .quint4x2, .quint2x4, .untyped: 1
    }
  }

  /// Whether weights may be of this type.
  var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: true
    default: false
    }
  }
}
