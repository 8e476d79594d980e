import NNXSystem

extension WorkerIdentity {
  /// This process, and the job that it is of, as the variables of batch engines tell.
  package static func own(_ environment: [String: String]) -> WorkerIdentity {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    var own = WorkerIdentity(
      host: value("SLURMD_NODENAME") ?? ProcessFacts.hostName, bootId: ProcessIdentity.boot,
      pidNamespace: ProcessIdentity.namespace, pid: ProcessIdentity.own,
      pidStart: ProcessIdentity.start(of: ProcessIdentity.own),
      memoryLimit: ProcessFacts.allowedMemory)
    if let job = value("SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID") {
      (own.engine, own.jobId) = ("slurm", job)
      let parts = [
        value("SLURM_ARRAY_TASK_ID"), value("SLURM_PROCID").flatMap { $0 == "0" ? nil : $0 },
      ]
      own.task = parts.compactMap(\.self).joined(separator: ".")
      // Absent at the first run.
      own.restart = number("SLURM_RESTART_COUNT") ?? 0
    } else if let job = value("PBS_JOBID") {
      (own.engine, own.jobId, own.task) = ("pbs", job, value("PBS_ARRAY_INDEX", "PBS_ARRAYID"))
    } else if let job = value("LSB_JOBID") {
      (own.engine, own.jobId, own.task) = ("lsf", job, value("LSB_JOBINDEX"))
    } else if environment["SGE_ROOT"] != nil, let job = value("JOB_ID") {
      (own.engine, own.jobId, own.task) = ("sge", job, value("SGE_TASK_ID"))
    } else if environment["KUBERNETES_SERVICE_HOST"] != nil {
      (own.engine, own.task) = ("kubernetes", value("JOB_COMPLETION_INDEX"))
    }
    return own
  }

  /// Number of this worker among those that start together, from 0.
  package var worker: Int { task.flatMap { Int($0.prefix { $0 != "." }) }.map { max(0, $0) } ?? 0 }
}
