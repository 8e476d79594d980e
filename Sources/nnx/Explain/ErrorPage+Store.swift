extension ErrorPage {
  /// Store, locks and settings.
  static let store: [ErrorPage] = [
    ErrorPage(
      "no-store", exit: [78],
      meaning: "The environment does not say where models belong.",
      why: "Neither NNX_HOME nor HOME is set.",
      advice: [
        "export NNX_HOME=FOLDER"
      ]),
    ErrorPage(
      "newer-store", exit: [78],
      meaning: "A later nnx wrote this store, or one of its models.",
      why: "Its schema is higher than the one this nnx knows.",
      advice: [
        "Update nnx"
      ]),
    ErrorPage(
      "catalogue", exit: [74],
      meaning: "The index of the store cannot be used; the models themselves can.",
      why: "The file is locked for long, unreadable, or on a file system without locks.",
      advice: [
        "nnx doctor --fix makes it anew from the receipts"
      ]),
    ErrorPage(
      "catalogue-damaged", exit: [74],
      meaning: "The index of the store is damaged.",
      why: "It is only an index: everything in it can be made anew from the receipts.",
      advice: [
        "nnx doctor --fix"
      ]),
    ErrorPage(
      "locked-by", exit: [75],
      meaning: "Another nnx is changing the same thing.",
      why: """
        Installs of one model wait for each other; the lock goes with the process that holds \
        it, even when it is killed.
        """,
      advice: [
        "Wait until it is done",
        "The message names the process",
      ]),
    ErrorPage(
      "needed", exit: [1],
      meaning: "Another installed model needs this one.",
      why: """
        Some models are recipes over several; without this one they would stop working.
        """,
      advice: [
        "See which with: nnx why NAME",
        "Remove them first, or together",
      ]),
    ErrorPage(
      "cannot-repair", exit: [1],
      meaning: "What is damaged cannot be brought back from where it came.",
      why: "The source is gone, or is not what was installed.",
      advice: [
        "Install the model again: nnx install --force NAME"
      ]),
    ErrorPage(
      "invalid-lock", exit: [65],
      meaning: "nnx.lock is damaged.",
      why: "See docs/format/lock.md.",
      advice: [
        "Make it again: nnx lock"
      ]),
    ErrorPage(
      "newer-lock", exit: [78],
      meaning: "A later nnx wrote nnx.lock.",
      why: "Its schema is higher than the one this nnx knows.",
      advice: [
        "Update nnx"
      ]),
    ErrorPage(
      "not-locked", exit: [66],
      meaning: "nnx.lock does not name that model.",
      why: "With --locked only what the lock names is installed.",
      advice: [
        "Add it: nnx lock NAME"
      ]),
    ErrorPage(
      "unknown-setting", exit: [78],
      meaning: "There is no such setting.",
      why: "A typing error in config.toml, or a setting of a later nnx.",
      advice: [
        "The message names the file and the nearest setting",
        "See all with: nnx config",
      ]),
    ErrorPage(
      "invalid-setting", exit: [78],
      meaning: "A setting has a value that it cannot have, or a file is not TOML.",
      why: "The message names the file and the setting.",
      advice: [
        "See what counts, and from where: nnx config --show-origin"
      ]),
    ErrorPage(
      "unknown-code", exit: [66],
      meaning: "No error has that code.",
      why: "Codes are the words in brackets: error[unknown-model].",
      advice: [
        "See all with: nnx explain"
      ]),
  ]
}
