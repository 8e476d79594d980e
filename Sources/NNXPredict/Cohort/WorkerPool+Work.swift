import Glibc
import NNXSystem

/// What a pool is given, and what it tells.
extension WorkerPool {
  package struct Item: Sendable {
    package var name: String
    package var key: CaseKey
    /// In any unit, the same for all.
    package var cost: Double
    /// Folder of its result.
    package var folder: String

    package init(name: String, key: CaseKey, cost: Double, folder: String) {
      (self.name, self.key, self.cost, self.folder) = (name, key, cost, folder)
    }
  }

  /// Why a worker leaves a case to others.
  package enum Obstacle: Equatable, Sendable {
    case memory, time
  }

  /// What a look at a case that a record says is done gives.
  package enum Finding {
    case done
    /// The result is gone: the case is to be done again.
    case void
    /// The result is that of other settings, and stays.
    case refused(NNXError)
  }

  /// How a try ended.
  package enum Ending {
    case done(DoneRecord)
    /// For good: another try would end alike.
    case failed(NNXError)
    /// Not because of the case's images, perhaps: another try may do better.
    case attempt(NNXError)
    /// Not here: it is given back.
    case obstacle(Obstacle)
    /// Not at all by this command; nothing is recorded.
    case refused(NNXError)
    /// Somebody else took it over meanwhile.
    case takenOver
  }

  /// What there is to do with a case, by its number.
  package struct Work {
    package typealias End = (Ending) throws -> Void

    var obstacle: (Int) -> Obstacle?
    /// Of cases that records say are done, those that are it at a glance; others are looked at.
    var unchanged: ([Int]) -> Set<Int>
    var look: (Int, DoneRecord) throws -> Finding
    /// Does a case, or begins it: its end is told once, by now or during a later call.
    ///
    /// - Throws: what `end` throws; what stands in the way of all cases, which are given back.
    var run: (Int, HeldClaim, _ end: @escaping End) throws -> Void
    /// Brings cases to their end that are under way.
    var finish: () throws -> Void

    init(
      obstacle: @escaping (Int) -> Obstacle?,
      unchanged: @escaping ([Int]) -> Set<Int> = { _ in [] },
      look: @escaping (Int, DoneRecord) throws -> Finding,
      run: @escaping (Int, HeldClaim, _ end: @escaping End) throws -> Void,
      finish: @escaping () throws -> Void
    ) {
      (self.obstacle, self.unchanged, self.look) = (obstacle, unchanged, look)
      (self.run, self.finish) = (run, finish)
    }

    /// Of cases that are done at once.
    package init(
      obstacle: @escaping (Int) -> Obstacle?, look: @escaping (Int, DoneRecord) throws -> Finding,
      run: @escaping (Int, HeldClaim) throws -> Ending
    ) {
      self.init(
        obstacle: obstacle, look: look, run: { try $2(try run($0, $1)) }, finish: {})
    }
  }

  /// What is told of a case, once.
  package enum Event {
    /// By this worker.
    case made
    /// Before, or by others.
    case done
    case failed(FailedRecord)
    /// Not recorded.
    case refused(NNXError)
    /// A try ended, and others follow.
    case attempt(NNXError)
    case takenOver
  }

  package struct Options: Sendable {
    /// How long a worker stays that finds nothing free while others work, so that one that dies is replaced.
    package enum Wait: Equatable, Sendable {
      case no
      /// Twice the time after which a worker counts as dead.
      case whileNeeded
      case toTheEnd
    }

    package var wait = Wait.no
    package var retriesFailed = false
    /// Number of this worker among those that start together, from 0.
    package var worker = 0
    package var sleep: @Sendable (Double) -> Void = { usleep(UInt32(max(0, min($0, 3600)) * 1e6)) }

    package init() {}
  }

  /// What is left when a worker ends.
  package struct End: Equatable, Sendable {
    /// Cases that are done.
    package var done = 0
    package var failed = 0
    /// Cases left to workers with more memory, with more time, and to those that hold them.
    package var tooLarge = 0
    package var tooLong = 0
    package var held = 0

    package var exit: CohortExit {
      if tooLong > 0 { return .again }
      if tooLarge > 0 { return .tooLarge }
      return failed > 0 ? .failed : .done
    }
  }
}
