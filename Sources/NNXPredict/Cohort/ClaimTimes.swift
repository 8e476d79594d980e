/// How long things may take, in seconds.
package struct ClaimTimes: Equatable, Sendable {
  /// Without a heartbeat a worker counts as dead after so long. Network file systems remember a file's times for up
  /// to a minute: several of these must go by.
  var stale: Double
  /// Between two heartbeats.
  var beat: Double
  /// Between two looks of a worker that waits for others.
  var poll: Double
  /// A listing of all claims is not believed for longer.
  var listing = 60.0
  /// A worker whose work does not move for so long has no heartbeat any more.
  var hung = 600.0
  /// A case that so many workers took and did not give back fails for good.
  var attempts = 3

  /// - Parameter stale: the others follow from it.
  package init(stale: Double = 300) {
    self.stale = stale
    beat = min(30, stale / 10)
    poll = min(75, stale / 4)
  }
}
