import NNXSystem

/// Which process a worker is, so that others can tell that it ended without waiting for its heartbeat.
package struct WorkerIdentity: Codable, Equatable, Sendable {
  package var host: String
  /// Number of this start of the machine; `nil` when the system does not tell.
  var bootId: String?
  /// The namespace that `pid` counts in.
  var pidNamespace: String?
  package var pid: Int
  /// When the process began, in ticks since the start of the machine.
  var pidStart: Int?
  /// `slurm`, `kubernetes`, `pbs`, `lsf`, `sge`; `nil` outside of them.
  package var engine: String?
  /// Number of the job, of an array that of the array.
  package var jobId: String?
  /// Number of the task in an array.
  package var task: String?
  /// How many times the engine began this task again.
  package var restart: Int?
  /// Bytes that it may hold.
  var memoryLimit: Int?

  /// Whether `self` cannot be at work any more, as `other` can tell without waiting.
  ///
  /// - Parameter isGone: whether no process has that number, or it began at another time.
  package func isOver(for other: WorkerIdentity, isGone: (_ pid: Int, _ start: Int?) -> Bool)
    -> Bool
  {
    if let jobId, let engine, engine == other.engine, jobId == other.jobId, task == other.task,
      (restart ?? 0) < (other.restart ?? 0)
    {
      return true
    }
    guard let bootId, let pidNamespace, bootId == other.bootId, pidNamespace == other.pidNamespace
    else { return false }
    return isGone(pid, pidStart)
  }
}
