import NNXSystem

/// What a pickle mentions and asks for, found by reading its instructions. Nothing is built, looked up
/// or called, so that hostile files can be described.
///
/// Follows the stack only as far as it takes to know the names that STACK_GLOBAL puts together from
/// texts, and the arguments of calls.
package struct PickleScan: Sendable {
  /// A name that the pickle mentions.
  package struct Global: Equatable, Sendable {
    /// `module.name`, printable.
    package var name: String
    /// Byte of its first mention.
    package var offset: Int
    /// Whether nnx's reader takes it for the harmless value that it is.
    package var isAllowed: Bool
    /// Whether Python could run something through it.
    var isUnsafe: Bool
  }

  /// Something that nnx's reader refuses.
  package struct Refusal: Equatable, Sendable {
    /// `posix.system('true')`, or `the pickle instruction INST`.
    package var what: String
    package var offset: Int
    /// Whether Python could run something through it.
    var isUnsafe: Bool
  }

  /// `nil` for protocols 0 and 1, which do not say.
  package private(set) var version: Int?
  /// Number of instructions.
  package private(set) var instructions = 0
  /// Each name once, in the order of the file.
  package private(set) var globals: [Global] = []
  package private(set) var refusals: [Refusal] = []
  /// Why the rest could not be read.
  package private(set) var damage: NNXError?
  /// Behind the last byte that was read.
  package private(set) var end = 0

  var isHarmless: Bool { refusals.isEmpty && globals.allSatisfy(\.isAllowed) }

  private static let mostRefusals = 1000

  /// What lies on the stack, as far as it matters.
  private enum Item {
    case text(Range<Int>)
    case number(Int)
    case global(Int)
    /// The first elements; tuples in them are `other`, so that depth costs nothing.
    case tuple([Item])
    case other
  }

  private var stack: [Item] = []
  private var marks: [Int] = []
  private var memo: [Int: Item] = [:]
  /// Positions in `globals`.
  private var known: [String: Int] = [:]

  /// - Parameter source: what to call the pickle in `damage`.
  init(_ bytes: RawSpan, from start: Int = 0, source: String) {
    var reader = PickleReader(source: source, at: start)
    do throws(NNXError) {
      var opcode = try reader.next(bytes)
      while opcode != .stop {
        instructions += 1
        guard instructions <= PickleMachine.mostOperations, stack.count < PickleMachine.mostNodes,
          marks.count <= PickleMachine.mostMarks, memo.count <= PickleMachine.mostMemo
        else { throw reader.failure("the pickle is too large") }
        try follow(opcode, &reader, bytes)
        opcode = try reader.next(bytes)
      }
    } catch { damage = error }
    end = reader.position
    (stack, memo, known) = ([], [:], [:])
  }

  /// Steps over the operands of an instruction and does to the stack what it would do.
  private mutating func follow(
    _ opcode: PickleOpcode, _ reader: inout PickleReader, _ bytes: RawSpan
  ) throws(NNXError) {
    let offset = reader.opcodeOffset
    if PickleOpcode.refused.contains(opcode), refusals.count < Self.mostRefusals {
      refusals.append(
        Refusal(
          what: "the pickle instruction \(opcode.name)", offset: offset,
          isUnsafe: PickleOpcode.calls.contains(opcode)))
    }
    switch opcode {
    case .proto:
      version = Int(bytes.byte(at: try reader.take(1, bytes)))
      if instructions > 1 {
        refusals.append(
          Refusal(what: "the pickle instruction PROTO", offset: offset, isUnsafe: false))
      }
    case .frame: _ = try reader.take(8, bytes)
    case .mark: marks.append(stack.count)
    case .stop,
      .memoize where stack.isEmpty:
      break
    case .pop: _ = stack.popLast()
    case .popMark: _ = popToMark()
    case .dup: stack.append(stack.last ?? .other)

    case .binUnicode, .binString: try pushText(try reader.length32(bytes), &reader, bytes)
    case .shortBinUnicode, .shortBinString: try pushText(try reader.length8(bytes), &reader, bytes)
    case .binUnicode8: try pushText(try reader.length64(bytes), &reader, bytes)
    case .unicode, .string:
      let start = reader.position
      _ = try reader.line(bytes, longest: PickleMachine.longestText)
      stack.append(.text(start..<reader.position - 1))
    case .binBytes: try skip(try reader.length32(bytes), &reader, bytes)
    case .shortBinBytes, .long1: try skip(try reader.length8(bytes), &reader, bytes)
    case .binBytes8, .byteArray8: try skip(try reader.length64(bytes), &reader, bytes)
    case .long4: try skip(try reader.length32(bytes), &reader, bytes)
    case .binInt1: stack.append(.number(try reader.length8(bytes)))
    case .binInt2:
      stack.append(.number(Int(bytes.littleEndian(UInt16.self, at: try reader.take(2, bytes)))))
    case .binInt:
      stack.append(.number(Int(bytes.littleEndian(Int32.self, at: try reader.take(4, bytes)))))
    case .binFloat: try skip(8, &reader, bytes)
    case .float, .int, .long, .persId:
      _ = try reader.line(bytes)
      stack.append(.other)
    case .none, .newTrue, .newFalse, .emptyList, .emptyDict, .emptySet, .nextBuffer:
      stack.append(.other)
    case .emptyTuple: stack.append(.tuple([]))
    case .tuple: stack.append(PickleScan.arguments(popToMark()))
    case .tuple1: replace(1)
    case .tuple2: replace(2)
    case .tuple3: replace(3)
    case .list, .dict, .frozenSet:
      _ = popToMark()
      stack.append(.other)
    case .append: _ = stack.popLast()
    case .setItem: drop(2)
    case .appends, .setItems, .addItems: _ = popToMark()
    case .build: drop(1)
    case .readonlyBuffer: break
    case .binPersId:
      drop(1)
      stack.append(.other)

    case .binPut: memo[try reader.length8(bytes)] = stack.last
    case .longBinPut: memo[try reader.length32(bytes)] = stack.last
    case .put: if let index = Int(try reader.line(bytes)) { memo[index] = stack.last }
    case .memoize: memo[memo.count] = stack.last
    case .binGet: stack.append(memo[try reader.length8(bytes)] ?? .other)
    case .longBinGet: stack.append(memo[try reader.length32(bytes)] ?? .other)
    case .get: stack.append(Int(try reader.line(bytes)).flatMap { memo[$0] } ?? .other)

    case .global:
      let module = try reader.line(bytes)
      stack.append(mention("\(module) \(try reader.line(bytes))", offset))
    case .stackGlobal:
      let name = text(stack.popLast(), bytes)
      let module = text(stack.popLast(), bytes)
      stack.append(mention("\(module ?? "?") \(name ?? "?")", offset))
    case .inst:
      let module = try reader.line(bytes)
      let global = mention("\(module) \(try reader.line(bytes))", offset)
      call(global, PickleScan.arguments(popToMark()), offset, bytes)
    case .obj:
      let items = popToMark()
      call(items.first ?? .other, PickleScan.arguments(Array(items.dropFirst())), offset, bytes)
    case .reduce, .newObj:
      let arguments = stack.popLast() ?? .other
      call(stack.popLast() ?? .other, arguments, offset, bytes)
    case .newObjEx:
      drop(1)
      let arguments = stack.popLast() ?? .other
      call(stack.popLast() ?? .other, arguments, offset, bytes)
    case .ext1: try skip(1, &reader, bytes)
    case .ext2: try skip(2, &reader, bytes)
    case .ext4: try skip(4, &reader, bytes)
    }
  }

  private mutating func pushText(
    _ count: Int, _ reader: inout PickleReader, _ bytes: RawSpan
  ) throws(NNXError) {
    let start = try reader.take(count, bytes)
    stack.append(.text(start..<start + count))
  }

  private mutating func skip(
    _ count: Int, _ reader: inout PickleReader, _ bytes: RawSpan
  ) throws(NNXError) {
    _ = try reader.take(count, bytes)
    stack.append(.other)
  }

  private mutating func drop(_ count: Int) { stack.removeLast(min(count, stack.count)) }

  private mutating func replace(_ count: Int) {
    let items = Array(stack.suffix(count))
    drop(count)
    stack.append(PickleScan.arguments(items))
  }

  private static func arguments(_ items: [Item]) -> Item {
    .tuple(
      items.prefix(4).map { item in
        if case .tuple = item { .other } else { item }
      })
  }

  private mutating func popToMark() -> [Item] {
    let mark = min(marks.popLast() ?? 0, stack.count)
    let items = Array(stack[mark...])
    stack.removeLast(items.count)
    return items
  }

  /// Notes a name; `text` is module and name with a space between.
  private mutating func mention(_ text: String, _ offset: Int) -> Item {
    if let index = known[text] { return .global(index) }
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.count > 1 ? String(parts[1]) : ""
    let module = String(parts[0])
    let isAllowed = PickleGlobal(module: module, name: name) != nil
    known[text] = globals.count
    globals.append(
      Global(
        name: PickleScan.printable("\(module).\(name)"), offset: offset, isAllowed: isAllowed,
        isUnsafe: !isAllowed && !PickleGlobal.isHarmless(module: module, name: name)))
    return .global(globals.count - 1)
  }

  /// Notes a call of a name that is not allowed, with its first arguments.
  private mutating func call(
    _ callable: Item, _ arguments: Item, _ offset: Int, _ bytes: RawSpan
  ) {
    stack.append(.other)
    guard case .global(let index) = callable, !globals[index].isAllowed,
      refusals.count < Self.mostRefusals
    else { return }
    var shown = "…"
    if case .tuple(let items) = arguments {
      shown = items.map { describe($0, bytes) }.joined(separator: ", ")
    }
    refusals.append(
      Refusal(
        what: "\(globals[index].name)(\(shown))", offset: offset,
        isUnsafe: globals[index].isUnsafe))
  }

  private func describe(_ item: Item, _ bytes: RawSpan) -> String {
    switch item {
    case .text(let range):
      let shown = range.lowerBound..<min(range.upperBound, range.lowerBound + 80)
      let text = String(decoding: bytes.copy(shown), as: UTF8.self)
      return "'\(PickleScan.printable(text))\(range.count > 80 ? "…" : "")'"
    case .number(let value): return "\(value)"
    case .global(let index): return globals[index].name
    case .tuple, .other: return "…"
    }
  }

  private func text(_ item: Item?, _ bytes: RawSpan) -> String? {
    guard case .text(let range) = item, range.count <= PickleReader.longestName else { return nil }
    return String(validating: bytes.copy(range), as: UTF8.self)
  }

  /// What a hostile file says goes to a terminal: nothing but printable ASCII.
  static func printable(_ text: String) -> String {
    String(text.map { $0.isASCII && $0 >= " " && $0 != "\u{7F}" ? $0 : "?" })
  }
}
