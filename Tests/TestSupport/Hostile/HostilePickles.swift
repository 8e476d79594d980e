/// Pickles that someone might send to hurt whoever loads them.
package enum HostilePickles {
  /// Names whose mention alone must be refused: what exploits have used, and harmless neighbours.
  package static let globals = [
    "os system", "posix system", "nt system", "os popen", "os execv", "os remove", "sys exit",
    "subprocess Popen", "subprocess call", "subprocess check_output", "subprocess run",
    "builtins eval", "builtins exec", "builtins compile", "builtins getattr", "builtins open",
    "builtins __import__", "builtins map", "builtins type", "builtins input", "builtins breakpoint",
    "builtins setattr", "builtins globals", "builtins print", "__builtin__ eval",
    "__builtin__ exec", "__builtin__ execfile", "__builtin__ file", "importlib import_module",
    "runpy run_path", "runpy _run_code", "operator attrgetter", "operator methodcaller",
    "functools partial", "types CodeType", "types FunctionType", "marshal loads", "pickle loads",
    "pickle Unpickler", "dill loads", "cloudpickle loads", "joblib load", "shutil rmtree",
    "socket socket", "webbrowser open", "pty spawn", "code interact", "pdb run", "timeit timeit",
    "cProfile run", "ctypes CDLL", "platform popen", "commands getoutput",
    "httplib HTTPSConnection", "urllib.request urlopen", "requests.api get", "smtplib SMTP",
    "pip main", "pip._internal main", "asyncio run", "multiprocessing Process", "threading Thread",
    "bdb Bdb", "trace Trace", "lib2to3 pgen", "numpy.testing._private.utils runstring",
    "numpy.f2py.crackfortran myeval", "numpy load", "numpy.lib.npyio load", "numpy fromfile",
    "numpy save", "numpy.core memmap", "numpy.core.multiarray fromfile",
    "numpy.core.multiarray frombuffer", "numpy.core._internal _reconstruct",
    "numpy.random._pickle __randomstate_ctor", "torch load", "torch.serialization load",
    "torch.hub load", "torch.jit load", "torch.nn.modules.conv Conv3d",
    "torch.utils.data DataLoader", "torch.distributed.rpc rpc_sync",
    "torch._inductor.codecache compile_file", "torch.storage _load_from_bytes",
    "collections namedtuple", "collections.abc Callable", "copyreg _reconstructor",
    "copy_reg _reconstructor", "_codecs decode", "_codecs lookup", "codecs encode", "_io FileIO",
    "io open", "nnunetv2.training.nnUNetTrainer.nnUNetTrainer nnUNetTrainer",
    "nnunet.training.network_training.nnUNetTrainerV2 nnUNetTrainerV2", "__main__ Evil",
    "collections OrderedDict.__init__", "collections  OrderedDict", " collections OrderedDict",
  ]

  /// Names of values that run nothing, and that are refused without saying that they would.
  package static let unread = [
    "builtins list", "builtins dict", "builtins tuple", "builtins str", "builtins int",
    "builtins object", "collections defaultdict", "pathlib PosixPath", "pathlib Path",
    "datetime datetime", "decimal Decimal", "uuid UUID",
  ]

  private static func text(_ text: String) -> [UInt8] { PickleTree.text(text).instructions }

  /// Mentions of `globals` by GLOBAL, by STACK_GLOBAL, called, and hidden in a dictionary.
  package static let mentions: [String: [UInt8]] = Dictionary(
    uniqueKeysWithValues: globals.flatMap { global -> [(String, [UInt8])] in
      let parts = global.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      let (module, name) = (String(parts[0]), String(parts[1]))
      let call = PickleTree.call(module, name, [.text("true")])
      return [
        ("GLOBAL \(global)", PickleTree.global(module, name).pickled),
        ("REDUCE \(global)", call.pickled),
        (
          "STACK_GLOBAL \(global)",
          [0x80, 0x04] + text(module) + text(name) + [0x93] + [0x29, 0x52, 0x2E]
        ),
        (
          "hidden \(global)",
          CheckpointBuilder.v2([("a", .tensor("0", [1])), ("b", call)]).pickled
        ),
      ]
    })

  /// Instructions that are never carried out, each with operands that Python would accept.
  package static let instructions: [String: [UInt8]] = {
    let ascii: (String) -> [UInt8] = { Array($0.utf8) }
    return Dictionary(uniqueKeysWithValues: [
      ("INST", ascii("(ios\nsystem\n.")), ("INST ", [0x80, 2] + ascii("(ios\nsystem\n.")),
      ("OBJ", [0x80, 2] + ascii("(ccollections\nOrderedDict\no.")),
      ("NEWOBJ_EX", [0x80, 4] + ascii("ctorch\nSize\n)}") + [0x92, 0x2E]),
      ("EXT1", [0x80, 2, 0x82, 1, 0x2E]), ("EXT2", [0x80, 2, 0x83, 1, 0, 0x2E]),
      ("EXT4", [0x80, 2, 0x84, 1, 0, 0, 0, 0x2E]),
      ("PERSID", [0x80, 2] + ascii("Pabc\n.")), ("POP", [0x80, 2] + ascii("NN0.")),
      ("POP_MARK", [0x80, 2] + ascii("N(N1.")), ("DUP", [0x80, 2] + ascii("N2.")),
      ("INT", [0x80, 2] + ascii("I12\n.")), ("LONG", [0x80, 2] + ascii("L12L\n.")),
      ("FLOAT", [0x80, 2] + ascii("F1.0\n.")), ("STRING", [0x80, 2] + ascii("S'a'\n.")),
      ("UNICODE", [0x80, 2] + ascii("Va\n.")), ("PUT", [0x80, 2] + ascii("Np0\n.")),
      ("GET", [0x80, 2] + ascii("Nq\0g0\n.")), ("LIST", [0x80, 2] + ascii("(l.")),
      ("DICT", [0x80, 2] + ascii("(d.")), ("LONG4", [0x80, 2, 0x8B, 1, 0, 0, 0, 5, 0x2E]),
      ("LONG4 huge", [0x80, 2, 0x8B, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E]),
      ("LONG4 negative", [0x80, 2, 0x8B, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E]),
      ("BINSTRING", [0x80, 2, 0x54, 1, 0, 0, 0, 0x61, 0x2E]),
      ("NEXT_BUFFER", [0x80, 5, 0x97, 0x2E]),
      ("READONLY_BUFFER", [0x80, 5, 0x4E, 0x98, 0x2E]),
      ("PROTO again", [0x80, 2, 0x80, 2, 0x4E, 0x2E]),
    ])
  }()

  /// Pickles that are broken, lie about lengths, or are made to exhaust whoever walks them.
  package static let malformed: [String: [UInt8]] = {
    let two: [UInt8] = [0x80, 0x02]
    let odict = PickleTree.global("collections", "OrderedDict").instructions
    let rebuild = PickleTree.global("torch._utils", "_rebuild_tensor_v2").instructions
    func id(_ parts: [PickleTree]) -> [UInt8] { PickleTree.persistent(.tuple(parts)).pickled }
    let float = PickleTree.global("torch", "FloatStorage")
    var list: [(String, [UInt8])] = [
      ("empty", []), ("STOP alone", [0x2E]), ("no protocol", [0x4E, 0x2E]),
      ("protocol 0", [0x80, 0, 0x4E, 0x2E]), ("protocol 1", [0x80, 1, 0x4E, 0x2E]),
      ("protocol 99", [0x80, 99, 0x4E, 0x2E]), ("unknown opcode", two + [0xFF, 0x2E]),
      ("no stop", two + [0x4E]), ("bytes behind", two + [0x4E, 0x2E, 0x00]),
      ("two values", two + [0x4B, 1, 0x4B, 2, 0x2E]), ("open mark", two + [0x28, 0x4B, 1, 0x2E]),
      ("REDUCE underflow", two + [0x52, 0x2E]), ("TUPLE3 underflow", two + [0x4B, 1, 0x87, 0x2E]),
      ("APPEND across a mark", two + [0x4B, 1, 0x28, 0x61, 0x2E]),
      ("TUPLE without mark", two + [0x4B, 1, 0x74, 0x2E]), ("memo miss", two + [0x68, 7, 0x2E]),
      ("huge memo index", two + [0x4B, 1, 0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E]),
      ("BINUNICODE of 4 GiB", two + [0x58, 0xFF, 0xFF, 0xFF, 0xFF, 0x61, 0x2E]),
      ("BINUNICODE8", [0x80, 4, 0x8D] + Array(repeating: 0xFF, count: 8) + [0x61, 0x2E]),
      ("BYTEARRAY8", [0x80, 5, 0x96] + Array(repeating: 0xFF, count: 8) + [0x2E]),
      ("BINBYTES8", [0x80, 5, 0x8E] + Array(repeating: 0xFF, count: 7) + [0x7F, 0x2E]),
      ("BINBYTES of 2 GiB", two + [0x42, 0xFF, 0xFF, 0xFF, 0x7F, 0x2E]),
      ("FRAME", [0x80, 4, 0x95] + Array(repeating: 0xFF, count: 8) + [0x4E, 0x2E]),
      ("LONG1 cut short", two + [0x8A, 0xFF] + Array(repeating: 1, count: 254)),
      ("NEWOBJ of a tensor", two + rebuild + [0x29, 0x81, 0x2E]),
      ("ADDITEMS to a list", [0x80, 4, 0x5D, 0x28, 0x4E, 0x90, 0x2E]),
      ("bad UTF-8", two + [0x58, 2, 0, 0, 0, 0xC3, 0x28, 0x2E]),
      ("GLOBAL without end", two + [0x63] + Array(repeating: 0x41, count: 10_000)),
      ("GLOBAL not UTF-8", two + [0x63, 0xFF, 0x0A, 0x61, 0x0A, 0x2E]),
      ("STACK_GLOBAL of numbers", [0x80, 4, 0x4B, 1, 0x4B, 2, 0x93, 0x2E]),
      ("APPEND to a dictionary", two + [0x7D, 0x4B, 1, 0x61, 0x2E]),
      ("SETITEM on a list", two + [0x5D, 0x4B, 0, 0x4B, 1, 0x73, 0x2E]),
      ("SETITEM on a tensor", two + rebuild + [0x29, 0x52, 0x4B, 0, 0x4B, 1, 0x73, 0x2E]),
      ("SETITEMS odd", two + [0x7D, 0x28, 0x4B, 1, 0x75, 0x2E]),
      ("key is a list", two + [0x7D, 0x5D, 0x4B, 1, 0x73, 0x2E]),
      ("key is a tuple with a list", two + [0x7D, 0x5D, 0x85, 0x4B, 1, 0x73, 0x2E]),
      ("key repeated", two + [0x7D, 0x28, 0x4B, 1, 0x4E, 0x4B, 1, 0x4E, 0x75, 0x2E]),
      ("key repeated as bool", two + [0x7D, 0x28, 0x4B, 1, 0x4E, 0x88, 0x4E, 0x75, 0x2E]),
      (
        "key repeated as float",
        two + [0x7D, 0x28, 0x4B, 1, 0x4E] + PickleTree.float(1).instructions + [0x4E, 0x75, 0x2E]
      ),
      ("BUILD on a list", two + [0x5D, 0x7D, 0x62, 0x2E]),
      ("BUILD on a tensor", two + rebuild + [0x29, 0x52, 0x7D, 0x62, 0x2E]),
      ("BUILD twice", two + odict + [0x29, 0x52, 0x7D, 0x62, 0x7D, 0x62, 0x2E]),
      ("REDUCE of a number", two + [0x4B, 1, 0x29, 0x52, 0x2E]),
      ("REDUCE of a result", two + odict + [0x29, 0x52, 0x29, 0x52, 0x2E]),
      ("REDUCE without tuple", two + odict + [0x5D, 0x52, 0x2E]),
      ("REDUCE of a storage", two + float.instructions + [0x29, 0x52, 0x2E]),
      ("REDUCE of ndarray", PickleTree.call("numpy", "ndarray", [.tuple([.int(9)])]).pickled),
      ("OrderedDict of a number", PickleTree.call("collections", "OrderedDict", [.int(1)]).pickled),
      (
        "OrderedDict of a triple",
        PickleTree.call(
          "collections", "OrderedDict", [.list([.tuple([.int(1), .int(2), .int(3)])])]
        ).pickled
      ),
      ("bytearray of 1 TiB", PickleTree.call("builtins", "bytearray", [.int(1 << 40)]).pickled),
      ("bytes of a list", PickleTree.call("builtins", "bytes", [.list([.int(1)])]).pickled),
      ("rot13", PickleTree.call("_codecs", "encode", [.text("abc"), .text("rot13")]).pickled),
      (
        "idna",
        PickleTree.call(
          "_codecs", "encode", [.text(String(repeating: "a", count: 100)), .text("idna")]
        ).pickled
      ),
      (
        "beyond latin1",
        PickleTree.call("_codecs", "encode", [.text("Ā"), .text("latin1")]).pickled
      ),
      ("persistent path", PickleTree.persistent(.text("../../etc/passwd")).pickled),
      ("persistent module", id([.text("module"), float, .text("a"), .text("b"), .int(1)])),
      ("storage path", id([.text("storage"), float, .text("../../x"), .text("cpu"), .int(4)])),
      ("storage without key", id([.text("storage"), float, .text(""), .text("cpu"), .int(4)])),
      ("storage of -1", id([.text("storage"), float, .text("0"), .text("cpu"), .int(-1)])),
      (
        "storage of another class",
        id([.text("storage"), .global("torch", "Size"), .text("0"), .text("cpu"), .int(4)])
      ),
      (
        "storage that is a view",
        id([
          .text("storage"), float, .text("0"), .text("cpu"), .int(4),
          .tuple([.text("1"), .int(0), .int(4)]),
        ])
      ),
      ("list in itself", two + [0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E]),
      (
        "dictionary in itself",
        two + [0x7D, 0x71, 0, 0x4B, 1, 0x68, 0, 0x73, 0x2E]
      ),
      ("nested a million deep", two + [0x4E] + Array(repeating: 0x85, count: 1_000_000) + [0x2E]),
      (
        "a million lists",
        two + Array(repeating: 0x5D, count: 1_000_000)
          + Array(repeating: 0x61, count: 999_999) + [0x2E]
      ),
      ("nine million on the stack", two + Array(repeating: 0x4E, count: 9_000_000) + [0x2E]),
      ("nine million lists", two + Array(repeating: 0x5D, count: 9_000_000) + [0x2E]),
      ("a million marks", two + Array(repeating: 0x28, count: 1_000_000) + [0x4E, 0x2E]),
    ]
    let doubled = (0..<60).flatMap { [0x71, UInt8($0), 0x68, UInt8($0), 0x86] as [UInt8] }
    list.append(("doubled 60 times", two + [0x4E] + doubled + [0x2E]))
    let keys = (0..<40).flatMap { [0x71, UInt8($0), 0x68, UInt8($0), 0x86] as [UInt8] }
    list.append(("key doubled 40 times", two + [0x7D, 0x4E] + keys + [0x4E, 0x73, 0x2E]))
    return Dictionary(uniqueKeysWithValues: list)
  }()
}
