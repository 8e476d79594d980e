import NNXSystem

/// An interpreter of pickles that can run nothing.
///
/// It knows the instructions and names that nnU-Net's files are made of, builds plain data from
/// them, and refuses everything else by name and byte offset. Every length is checked against what
/// is left of the file before anything is allocated.
struct PickleMachine {
  static let mostOperations = 50_000_000
  /// Values that exist, and values on the stack. The largest files seen, thousands of epochs of a
  /// hundred classes, have two million.
  static let mostNodes = 8_000_000
  static let mostMarks = 100_000
  static let mostMemo = 4_000_000
  /// Bytes of one string.
  static let longestText = 1 << 20
  static let longestInteger = 255

  let source: String
  /// Where the pickle begins.
  private var start = 0
  var arena = Pickle.Arena()
  private(set) var reader: PickleReader
  /// Where the next instruction is read; behind the pickle when `run` has returned.
  var position: Int { reader.position }
  var stack: [Int32] = []
  /// Height of the stack at each open mark.
  private var marks: [Int] = []
  private var memo: [Int32] = []
  /// How many entries of `memo` are taken.
  private var memoCount = 0

  /// - Parameter source: what to call the pickle in errors.
  init(source: String) {
    self.source = source
    reader = PickleReader(source: source)
    arena.nodes = [.none, .bool(false), .bool(true), .tuple(Pickle.Slice(start: 0, count: 0))]
    arena.nodes += (0...255).map { .int($0) }
  }

  /// Nodes that exist once.
  private static let none: Int32 = 0
  private static let no: Int32 = 1
  private static let yes: Int32 = 2
  private static let emptyTuple: Int32 = 3
  private static let smallIntegers: Int32 = 4

  /// Carries out the pickle that begins at `start` and gives the node of its value.
  ///
  /// - Throws: `unsafe-pickle` when it asks for anything outside the allow-list;
  ///   `invalid-checkpoint` when it is damaged or too large.
  mutating func run(_ bytes: RawSpan, from start: Int = 0) throws(NNXError) -> Int32 {
    self.start = start
    reader = PickleReader(source: source, at: start)
    guard try reader.take(1, bytes) == start, bytes.byte(at: start) == PickleOpcode.proto.rawValue
    else {
      throw failure("no pickle of protocol 2 or later begins here", at: start)
    }
    let version = try reader.length8(bytes)
    guard (2...5).contains(version) else { throw failure("pickle protocol \(version)", at: start) }
    var operations = 0
    while true {
      operations += 1
      guard operations <= PickleMachine.mostOperations,
        arena.nodes.count < PickleMachine.mostNodes, stack.count < PickleMachine.mostNodes
      else { throw failure("the pickle is too large", at: position) }
      let opcode = try reader.next(bytes)
      if opcode == .stop { return try stop() }
      try execute(opcode, bytes)
    }
  }

  /// The error for something that is refused: what is worst in the whole pickle is named.
  func refusal(_ what: String, _ bytes: RawSpan) -> NNXError {
    PickleScan.problem(of: [PickleScan(bytes, from: start, source: source)], in: source)
      ?? NNXError(
        .unsafePickle, "\(source) asks for \(what) at byte \(reader.opcodeOffset); refused")
  }

  private mutating func execute(_ opcode: PickleOpcode, _ bytes: RawSpan) throws(NNXError) {
    switch opcode {
    case .frame:
      let length = bytes.littleEndian(UInt64.self, at: try reader.take(8, bytes))
      guard length <= UInt64(bytes.byteCount - position) else { throw reader.truncated() }
    case .none: stack.append(PickleMachine.none)
    case .newTrue: stack.append(PickleMachine.yes)
    case .newFalse: stack.append(PickleMachine.no)
    case .binInt1: pushInteger(Int(bytes.byte(at: try reader.take(1, bytes))))
    case .binInt2: pushInteger(Int(bytes.littleEndian(UInt16.self, at: try reader.take(2, bytes))))
    case .binInt: pushInteger(Int(bytes.littleEndian(Int32.self, at: try reader.take(4, bytes))))
    case .long1: try pushLong(bytes)
    case .binFloat:
      let bits = bytes.littleEndian(UInt64.self, at: try reader.take(8, bytes)).byteSwapped
      push(.float(Double(bitPattern: bits)))
    case .shortBinUnicode: try pushText(try reader.length8(bytes), bytes)
    case .binUnicode: try pushText(try reader.length32(bytes), bytes)
    case .binUnicode8: try pushText(try reader.length64(bytes), bytes)
    case .shortBinBytes, .shortBinString: try pushBytes(try reader.length8(bytes), bytes)
    case .binBytes: try pushBytes(try reader.length32(bytes), bytes)
    case .binBytes8, .byteArray8: try pushBytes(try reader.length64(bytes), bytes)
    case .mark:
      guard marks.count < PickleMachine.mostMarks else { throw failure("too many open marks") }
      marks.append(stack.count)
    case .emptyTuple: stack.append(PickleMachine.emptyTuple)
    case .tuple: pushTuple(try popToMark())
    case .tuple1: try pushTuple(of: 1)
    case .tuple2: try pushTuple(of: 2)
    case .tuple3: try pushTuple(of: 3)
    case .emptyList: push(.list(newContainer()))
    case .emptyDict: push(.dictionary(newContainer()))
    case .emptySet: push(.set(newContainer()))
    case .frozenSet: push(.set(newContainer(try popToMark())))
    case .addItems: try addItems(try popToMark())
    case .append: try append([try pop()])
    case .appends: try append(try popToMark())
    case .setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case .setItems: try setItems(try popToMark())
    case .binPut: try put(Int(bytes.byte(at: try reader.take(1, bytes))))
    case .longBinPut: try put(Int(bytes.littleEndian(UInt32.self, at: try reader.take(4, bytes))))
    case .memoize: try put(memoCount)
    case .binGet: try get(Int(bytes.byte(at: try reader.take(1, bytes))))
    case .longBinGet: try get(Int(bytes.littleEndian(UInt32.self, at: try reader.take(4, bytes))))
    case .global:
      let module = try reader.line(bytes)
      try pushGlobal(module, try reader.line(bytes), bytes)
    case .stackGlobal:
      guard case .text(let name) = arena.nodes[Int(try pop())],
        case .text(let module) = arena.nodes[Int(try pop())]
      else { throw failure("STACK_GLOBAL without two strings") }
      try pushGlobal(arena.text(module), arena.text(name), bytes)
    case .reduce: try reduce()
    case .newObj: try newObject()
    case .build: try build()
    case .binPersId: try pushStorage()
    default: throw refusal("the pickle instruction \(opcode.name)", bytes)
    }
  }
}

// MARK: Reading

extension PickleMachine {
  func failure(_ reason: String, at offset: Int? = nil) -> NNXError {
    reader.failure(reason, at: offset)
  }

  private mutating func pushText(_ count: Int, _ bytes: RawSpan) throws(NNXError) {
    guard count <= PickleMachine.longestText else { throw failure("a text of \(count) bytes") }
    let start = try reader.take(count, bytes)
    let text = bytes.copy(start..<start + count)
    guard PickleText.isReadable(text) else { throw failure("a text is not UTF-8") }
    push(.text(store(text)))
  }

  private mutating func pushBytes(_ count: Int, _ bytes: RawSpan) throws(NNXError) {
    let start = try reader.take(count, bytes)
    guard Int32(exactly: count) != nil else { throw failure("a value of \(count) bytes") }
    push(.bytes(store(bytes.copy(start..<start + count))))
  }

  private mutating func pushLong(_ bytes: RawSpan) throws(NNXError) {
    let count = try reader.length8(bytes)
    guard count <= PickleMachine.longestInteger else {
      throw failure("an integer of \(count) bytes")
    }
    let start = try reader.take(count, bytes)
    guard count > 0 else { return pushInteger(0) }
    let last = bytes.byte(at: start + count - 1)
    let sign: UInt8 = last & 0x80 == 0 ? 0 : 0xFF
    var value: UInt64 = sign == 0 ? 0 : .max
    for index in (0..<count).reversed() {
      let byte = bytes.byte(at: start + index)
      if index >= 8, byte != sign { return push(.bigInteger) }
      if index < 8 { value = value << 8 | UInt64(byte) }
    }
    let result = Int(Int64(bitPattern: value))
    guard (result < 0) == (sign != 0) else { return push(.bigInteger) }
    pushInteger(result)
  }
}

// MARK: Stack, memo and containers

extension PickleMachine {
  mutating func push(_ node: Pickle.Node) {
    arena.nodes.append(node)
    stack.append(Int32(arena.nodes.count - 1))
  }

  private mutating func pushInteger(_ value: Int) {
    if (0...255).contains(value) {
      stack.append(PickleMachine.smallIntegers + Int32(value))
    } else {
      push(.int(value))
    }
  }

  mutating func store(_ bytes: [UInt8]) -> Pickle.Slice {
    arena.bytes.append(contentsOf: bytes)
    return Pickle.Slice(start: arena.bytes.count - bytes.count, count: Int32(bytes.count))
  }

  /// Takes the topmost value; never one below an open mark.
  mutating func pop() throws(NNXError) -> Int32 {
    guard stack.count > marks.last ?? 0 else { throw failure("the stack is empty") }
    return stack.removeLast()
  }

  func top() throws(NNXError) -> Int32 {
    guard stack.count > marks.last ?? 0, let node = stack.last else {
      throw failure("the stack is empty")
    }
    return node
  }

  private mutating func popToMark() throws(NNXError) -> [Int32] {
    guard let mark = marks.popLast() else { throw failure("there is no mark") }
    let values = Array(stack[mark...])
    stack.removeLast(values.count)
    return values
  }

  private mutating func pushTuple(_ elements: [Int32]) {
    guard !elements.isEmpty else { return stack.append(PickleMachine.emptyTuple) }
    arena.children.append(contentsOf: elements)
    let start = arena.children.count - elements.count
    push(.tuple(Pickle.Slice(start: start, count: Int32(elements.count))))
  }

  private mutating func pushTuple(of count: Int) throws(NNXError) {
    var elements: [Int32] = []
    for _ in 0..<count { elements.append(try pop()) }
    pushTuple(elements.reversed())
  }

  mutating func newContainer(_ items: [Int32] = []) -> Int32 {
    arena.containers.append(Pickle.Container(items: items))
    return Int32(arena.containers.count - 1)
  }

  private mutating func append(_ elements: [Int32]) throws(NNXError) {
    guard case .list(let index) = arena.nodes[Int(try top())] else {
      throw failure("an element is added to something that is no list")
    }
    arena.containers[Int(index)].items.append(contentsOf: elements)
  }

  private mutating func addItems(_ elements: [Int32]) throws(NNXError) {
    guard case .set(let index) = arena.nodes[Int(try top())] else {
      throw failure("an element is added to something that is no set")
    }
    arena.containers[Int(index)].items.append(contentsOf: elements)
  }

  private mutating func setItems(_ pairs: [Int32]) throws(NNXError) {
    guard pairs.count.isMultiple(of: 2) else { throw failure("a key without a value") }
    switch arena.nodes[Int(try top())] {
    case .dictionary(let index), .orderedDictionary(let index):
      arena.containers[Int(index)].items.append(contentsOf: pairs)
    default: throw failure("a key is set on something that is no dictionary")
    }
  }

  private mutating func put(_ index: Int) throws(NNXError) {
    guard index < PickleMachine.mostMemo else { throw failure("memo entry \(index)") }
    let node = try top()
    while memo.count <= index { memo.append(-1) }
    if memo[index] < 0 { memoCount += 1 }
    memo[index] = node
  }

  private mutating func get(_ index: Int) throws(NNXError) {
    guard index < memo.count, memo[index] >= 0 else {
      throw failure("memo entry \(index) does not exist")
    }
    stack.append(memo[index])
  }

  private mutating func stop() throws(NNXError) -> Int32 {
    let root = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw failure("values are left on the stack") }
    var audit = PickleAudit(source: source)
    try audit.check(arena, root)
    return root
  }
}
