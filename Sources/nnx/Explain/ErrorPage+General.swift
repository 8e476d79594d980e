extension ErrorPage {
  /// General.
  static let general: [ErrorPage] = [
    ErrorPage(
      "usage", exit: [64],
      meaning: "The command line cannot be understood.",
      why: "A flag or argument is missing, unknown, or contradicts another one.",
      advice: [
        "Read the usage that the message shows",
        "See all flags with: nnx VERB --help",
      ]),
    ErrorPage(
      "file-not-found", exit: [66],
      meaning: "A file or folder is not there.",
      why: """
        The path has a typing error, is relative to another folder, or the file was moved.
        """,
      advice: [
        "Check the path with ls",
        "Quote paths that contain spaces",
      ]),
    ErrorPage(
      "unreadable", exit: [74],
      meaning: "A file is there and cannot be read.",
      why: """
        It is not yours to read, it is not a regular file, the disk reports errors, or another \
        program changed it meanwhile.
        """,
      advice: [
        "Look at its permissions with ls -l",
        "If the disk reports errors, copy what you can and check the disk",
      ]),
    ErrorPage(
      "cannot-write", exit: [73],
      meaning: "A file or folder cannot be created or replaced.",
      why: """
        The folder is missing, read-only, or belongs to somebody else; or the store is a \
        shared one.
        """,
      advice: [
        "Write to another folder, or ask whoever owns it",
        "Keep your own models elsewhere: export NNX_HOME=FOLDER",
      ]),
    ErrorPage(
      "output-exists", exit: [73],
      meaning: "The output exists already, or is a file that the command reads.",
      why: """
        nnx writes over nothing that a person has: not over an image of the run, not over a file \
        that it did not write or that was changed since, whatever the flags; and over its own \
        results on request alone.
        """,
      advice: [
        "Replace a result of nnx on purpose with --overwrite",
        "Or choose another output with -o",
        "Move away what is yours: nnx does not",
      ]),
    ErrorPage(
      "no-space", exit: [74],
      meaning: "The disk is full, or will be.",
      why: """
        Archives are unpacked beside the models they become, so that an install needs room for \
        both for a moment.
        """,
      advice: [
        "See what the cache holds with: nnx cache ls",
        "Free it with: nnx cache prune",
        "Keep models elsewhere: export NNX_HOME=/big/disk/nnx",
      ]),
    ErrorPage(
      "memory", exit: [71],
      meaning: "More memory is needed than the machine, or --max-memory, gives.",
      why: """
        Scans and their probabilities are large: the need grows with voxels and labels. It is told \
        from the images' headers before anything is read.
        """,
      advice: [
        "Keep below a limit with --max-memory 4G: images then go through files, results are the same",
        "Use fewer threads with --threads 1: each has memory of its own",
        "See what cases need with: nnx estimate -m NAME -i IMAGE",
      ]),
    ErrorPage(
      "invalid-json", exit: [65],
      meaning: "A JSON file is damaged.",
      why: "It was edited by hand, cut short, or is another kind of file.",
      advice: [
        "The message names the byte where it goes wrong",
        """
        Restore the file; an installed model comes back with: nnx install --force NAME
        """,
      ]),
    ErrorPage(
      "missing-library", exit: [78],
      meaning: "A library that nnx uses is not on this machine, or cannot be loaded.",
      why: """
        libcurl (downloads) and OpenBLAS (the plain engine) are loaded when they are needed; the \
        package that holds one was removed, or is for another kind of processor.
        """,
      advice: [
        "Debian and Ubuntu: apt install libcurl4 libopenblas0",
        "See what nnx found with: nnx env",
      ]),
    ErrorPage(
      "bug", exit: [70],
      meaning: "nnx itself is wrong.",
      why: "Something happened that the program holds for impossible.",
      advice: [
        """
        Please report the message, with the command and the version (nnx --version)
        """
      ]),
  ]
}
