extension ErrorPage {
  /// Names and registries.
  static let registry: [ErrorPage] = [
    ErrorPage(
      "unknown-model", exit: [66],
      meaning: "No model of the registries is called that.",
      why: "A typing error, or the model is in a registry that was not added.",
      advice: [
        "The message names the nearest ones",
        "Search by organ or label: nnx search WORD",
        "Install from elsewhere: nnx install FILE.zip, or a Zenodo DOI",
      ]),
    ErrorPage(
      "unknown-version", exit: [66],
      meaning: "The model is known, but not in that version.",
      why: """
        A registry describes one version of each model; older ones may still be on Zenodo.
        """,
      advice: [
        "Leave out the version to get the newest",
        """
        Install an older record by its DOI: nnx install 10.5281/zenodo.NUMBER --name NAME
        """,
      ]),
    ErrorPage(
      "unknown-registry", exit: [66],
      meaning: "No registry of that name was added.",
      why: """
        REGISTRY/NAME and the registry commands need the name that it was added under.
        """,
      advice: [
        "See them with: nnx registry list",
        "Add one with: nnx registry add NAME ADDRESS",
      ]),
    ErrorPage(
      "invalid-registry", exit: [65],
      meaning: "A registry, or one of its entries, breaks the format.",
      why: "The message names the entry and the member. See docs/format/registry.md.",
      advice: [
        "Tell whoever keeps the registry",
        "Go on without it: leave out --registry, unset NNX_REGISTRY",
      ]),
    ErrorPage(
      "newer-registry", exit: [78],
      meaning: "The registry was written for a later nnx.",
      why: "Its schema is higher than the one this nnx knows.",
      advice: [
        "Update nnx",
        "Or use the registry that came with it",
      ]),
    ErrorPage(
      "older-registry", exit: [76],
      meaning: "A registry went back in time, or says something else under the same version.",
      why: """
        Whoever serves an old index could hide newer models or corrections. nnx remembers the \
        version it has seen.
        """,
      advice: [
        "Ask whoever keeps the registry",
        "If the change is right: nnx registry remove NAME, and add it again",
      ]),
    ErrorPage(
      "not-trusted", exit: [77],
      meaning: "Nobody said that this registry, or a host that it names, is to be trusted.",
      why: """
        A registry decides which bytes you install. nnx asks once; without a terminal it does \
        not assume.
        """,
      advice: [
        "If you trust it: nnx registry add NAME ADDRESS --trust"
      ]),
    ErrorPage(
      "not-installed", exit: [66],
      meaning: "The model is not installed.",
      why: "It never was, it was removed, or it is in another store.",
      advice: [
        "See what is installed with: nnx list",
        "Install it with: nnx install NAME",
        "Shared stores are listed in NNX_STORES",
      ]),
    ErrorPage(
      "record-not-found", exit: [66],
      meaning: "Zenodo has no such record, or not that file in it.",
      why: "Records can be withdrawn; a DOI may be of another service.",
      advice: [
        "Open the record in a browser",
        """
        Name one file: nnx install https://zenodo.org/records/NUMBER/files/FILE.zip
        """,
      ]),
    ErrorPage(
      "license", exit: [77],
      meaning: "The licence, as it was stated, does not allow what your policy wants.",
      why: "Where sources disagree about a licence, the stricter one counts.",
      advice: [
        "See who says what with: nnx info NAME --license",
        "If your use is allowed: nnx install NAME --accept-license LICENCE",
        "The policy is the setting license-policy: nnx config",
      ]),
  ]
}
