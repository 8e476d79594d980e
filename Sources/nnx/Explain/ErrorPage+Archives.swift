extension ErrorPage {
  /// Archives and packs.
  static let archives: [ErrorPage] = [
    ErrorPage(
      "unsafe-archive", exit: [65],
      meaning: "The archive could harm the disk, and is refused.",
      why: """
        It holds links, devices, paths that lead out of its folder, names that collide, or \
        expands beyond all measure.
        """,
      advice: [
        "Ask the publisher for an archive of plain files and folders"
      ]),
    ErrorPage(
      "corrupt-archive", exit: [65],
      meaning: "The archive contradicts its own checksums or sizes.",
      why: "It was damaged on the way or on the disk.",
      advice: [
        "Download it again"
      ]),
    ErrorPage(
      "not-a-zip", exit: [65],
      meaning: "The file is no complete zip or tar archive.",
      why: """
        Its end is missing (a download that stopped), or it is another kind of file, such as a \
        web page.
        """,
      advice: [
        "Download it again",
        "See what it is with: file FILE",
      ]),
    ErrorPage(
      "invalid-pack", exit: [65],
      meaning: "A pack is damaged, or not a pack of nnx.",
      why: "See docs/format/pack.md.",
      advice: [
        "Make it again: nnx pack NAME -o FILE.nnxpack"
      ]),
    ErrorPage(
      "newer-pack", exit: [78],
      meaning: "A later nnx wrote the pack.",
      why: "Its schema is higher than the one this nnx knows.",
      advice: [
        "Update nnx here, or pack with the same version there"
      ]),
    ErrorPage(
      "other-source", exit: [73],
      meaning: "Another model is installed under that name and version.",
      why: "Its files are not the ones that should be put there.",
      advice: [
        "Remove it first: nnx uninstall NAME@VERSION",
        "Or choose another name with --name",
      ]),
  ]
}
