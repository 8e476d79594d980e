import ArgumentParser
import Glibc
import NNXPredict
import NNXSystem

/// `nnx gather --watch`: looks again until nothing is to come.
///
/// On a terminal each view is drawn over the one before, no higher than the screen, so that what stood above stays and
/// Ctrl-C leaves the last one. Elsewhere a line tells of each change, and the last view stands at the end.
struct GatherWatch {
  private let context: Context
  /// Rows of the screen that the last view took.
  private var drawn = 0

  /// Between two looks, in µs.
  private static let pause: UInt32 = 5_000_000

  init(_ context: Context) { self.context = context }

  /// - Throws: what looking throws; at the end an exit status where cases failed for good.
  mutating func run(_ first: Gathering) throws {
    var now = first
    var last = ""
    while true {
      let view = now.view
      let left = [CohortState.Status.running, .interrupted, .missing].map(now.state.count)
      let isOver = left.reduce(0, +) == 0
      if context.isWatched {
        draw(view, isOver: isOver)
      } else if isOver {
        context.output.text(view.lines)
      } else if view.summary != last {
        context.output.text(view.summary)
      }
      last = view.summary
      guard !isOver else { break }
      usleep(Self.pause)
      now = try now.again()
    }
    if now.state.count(.failed) > 0 { throw ExitCode(CohortExit.failed.rawValue) }
  }

  /// - Parameter isOver: whether it is the last: then the next command is told whatever it is.
  private mutating func draw(_ view: GatherView, isOver: Bool) {
    let terminal = Terminal(descriptor: 1, environment: context.environment)
    let width = max(20, terminal.width)
    let isWatch = view.next.command?.last == "--watch"
    let end = isWatch && !isOver ? view.next.what : view.nextLine
    let endRows = end.count / width + 1
    let room = max(4, (terminal.height ?? 24) - endRows - 2)
    var view = view
    var body = view.body
    // Fewer of each kind, until all kinds have room.
    while body.count > room, view.most > 1 {
      view.most -= 1
      body = view.body
    }
    if body.count > room { body = Array(body.prefix(room)) }
    // ECMA-48: up to where the last view began, each line to its end, and what is below.
    var text = drawn > 0 ? "\u{1B}[\(drawn)A\r" : ""
    for line in body { text += context.palette.printable(line) + "\u{1B}[K\n" }
    text += "\u{1B}[K\n" + context.palette.printable(end) + "\u{1B}[K\n\u{1B}[J"
    writeToStdout(text)
    drawn = body.count + 1 + endRows
  }
}
