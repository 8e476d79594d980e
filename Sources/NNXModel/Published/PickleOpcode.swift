/// The instructions of Python's pickle, protocols 0 to 5 (`pickletools.opcodes`).
///
/// All are named, so that a refusal can say what it met; `PickleMachine` carries out only some.
enum PickleOpcode: UInt8 {
  case mark = 0x28
  case emptyTuple = 0x29
  case stop = 0x2E
  case pop = 0x30
  case popMark = 0x31
  case dup = 0x32
  case binBytes = 0x42
  case shortBinBytes = 0x43
  case float = 0x46
  case binFloat = 0x47
  case int = 0x49
  case binInt = 0x4A
  case binInt1 = 0x4B
  case long = 0x4C
  case binInt2 = 0x4D
  case none = 0x4E
  case persId = 0x50
  case binPersId = 0x51
  case reduce = 0x52
  case string = 0x53
  case binString = 0x54
  case shortBinString = 0x55
  case unicode = 0x56
  case binUnicode = 0x58
  case emptyList = 0x5D
  case append = 0x61
  case build = 0x62
  case global = 0x63
  case dict = 0x64
  case appends = 0x65
  case get = 0x67
  case binGet = 0x68
  case inst = 0x69
  case longBinGet = 0x6A
  case list = 0x6C
  case obj = 0x6F
  case put = 0x70
  case binPut = 0x71
  case longBinPut = 0x72
  case setItem = 0x73
  case tuple = 0x74
  case setItems = 0x75
  case emptyDict = 0x7D
  case proto = 0x80
  case newObj = 0x81
  case ext1 = 0x82
  case ext2 = 0x83
  case ext4 = 0x84
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case newTrue = 0x88
  case newFalse = 0x89
  case long1 = 0x8A
  case long4 = 0x8B
  case shortBinUnicode = 0x8C
  case binUnicode8 = 0x8D
  case binBytes8 = 0x8E
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  case newObjEx = 0x92
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95
  case byteArray8 = 0x96
  case nextBuffer = 0x97
  case readonlyBuffer = 0x98

  /// Instructions that `PickleMachine` does not carry out: neither torch nor nnU-Net writes them.
  static let refused: Set<PickleOpcode> = calls.union([
    .pop, .popMark, .dup, .float, .int, .long, .persId, .string, .binString, .unicode, .dict, .get,
    .list, .put, .long4, .nextBuffer, .readonlyBuffer,
  ])

  /// Those of `refused` that call something in Python.
  static let calls: Set<PickleOpcode> = [.inst, .obj, .newObjEx, .ext1, .ext2, .ext4]

  /// The name in Python's documentation: `SHORT_BINUNICODE` for `shortBinUnicode`.
  var name: String {
    var name = ""
    for character in String(describing: self) {
      // Python writes BININT and BINPUT as one word, NEWOBJ_EX and LONG_BINGET as two.
      if character.isUppercase, PickleOpcode.splits.contains(where: { name == $0 }) { name += "_" }
      name += character.uppercased()
    }
    return name
  }

  private static let splits = [
    "SHORT", "LONG", "POP", "EMPTY", "STACK", "NEXT", "READONLY", "NEWOBJ",
  ]
}
