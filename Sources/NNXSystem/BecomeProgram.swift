import Glibc

/// The one place where nnx hands its process over to another program: `nnx submit slurm --now` becomes sbatch. No
/// shell reads the words, and nothing is started beside nnx.
package enum BecomeProgram {
  /// Becomes sbatch, found by PATH: its output and its exit status are those of this process.
  ///
  /// - Parameter arguments: without the program's name.
  /// - Returns: only where it could not be begun; `errno` says why.
  package static func sbatch(_ arguments: [String]) {
    // What this process keeps from signals (`Interruption`), the next one should not.
    signal(SIGPIPE, SIG_DFL)
    signal(SIGXFSZ, SIG_DFL)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_UNBLOCK, &all, nil)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe (["sbatch"] + arguments).map {
      unsafe strdup($0)
    }
    unsafe words.append(nil)
    // Where it fails, the process is about to end.
    unsafe execvp("sbatch", words)
  }
}
