import Glibc

/// What a batch engine gave the job that this process runs in, as its variables say it: where it limits nothing by
/// control groups, they are all there is.
package struct JobLimits: Equatable, Sendable {
  /// Processors; `nil` when nobody says.
  package let processors: Int?
  /// Bytes; `nil` when nobody says.
  package let memory: Int?

  /// - Parameter variable: of the environment.
  package init(_ variable: (String) -> String?) {
    func number(_ name: String) -> Int? {
      variable(name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }
    // Slurm sets SLURM_CPUS_PER_TASK only where -c was given; one task on a node has all of its job there.
    let isAlone = (number("SLURM_NTASKS") ?? 1) == 1
    processors =
      number("SLURM_CPUS_PER_TASK") ?? (isAlone ? number("SLURM_CPUS_ON_NODE") : nil)
    // Megabytes. --mem-per-cpu sets the second and not the first.
    let megabytes =
      number("SLURM_MEM_PER_NODE")
      ?? number("SLURM_MEM_PER_CPU").flatMap { each in
        number("SLURM_CPUS_ON_NODE").map { each.multipliedReportingOverflow(by: $0).partialValue }
      }
    memory = megabytes.flatMap { $0 < 1 << 40 && $0 > 0 ? $0 << 20 : nil }
  }

  /// Of this process.
  package static let own = JobLimits { name in
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
