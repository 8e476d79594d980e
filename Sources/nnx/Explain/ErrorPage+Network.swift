extension ErrorPage {
  /// Network.
  static let network: [ErrorPage] = [
    ErrorPage(
      "offline", exit: [69],
      meaning: "Something must be fetched, and --offline is set.",
      why: "The model is not in the store, nor its archive in the cache.",
      advice: [
        "On a machine with internet: nnx pack NAME -o NAME.nnxpack",
        "Then here: nnx unpack NAME.nnxpack",
      ]),
    ErrorPage(
      "unreachable", exit: [69],
      meaning: "A host cannot be reached.",
      why: """
        No network, a proxy that is not named, a name that does not resolve, a certificate \
        that is not trusted, or a server that is down.
        """,
      advice: [
        "Try again later: what was fetched is kept and continued",
        "Behind a proxy: export https_proxy=http://HOST:PORT",
        "With a certificate authority of your own: export SSL_CERT_FILE=FILE",
      ]),
    ErrorPage(
      "host-refused", exit: [69, 75],
      meaning: "The host answered, and did not give the file.",
      why: """
        75: too many requests; the message says how long to wait. 69: forbidden, or something \
        other than the file, such as a web page.
        """,
      advice: [
        "Wait as long as the message says; what was fetched is kept",
        "A token raises Zenodo's limit: export ZENODO_TOKEN=…",
        "Use a mirror: nnx install NAME --registry ADDRESS",
      ]),
    ErrorPage(
      "forbidden-host", exit: [69],
      meaning: "nnx does not talk to this host, or not over this protocol.",
      why: """
        Models are fetched over HTTPS, from Zenodo and from hosts that a registry names and \
        you trust.
        """,
      advice: [
        "Download the file yourself, and install it: nnx install FILE.zip"
      ]),
    ErrorPage(
      "parts-refused", exit: [69],
      meaning: "The host sends whole files only.",
      why: """
        Some servers and proxies do not answer range requests, which it takes to fetch single \
        folds.
        """,
      advice: [
        "Leave out --folds: the whole archive is fetched"
      ]),
    ErrorPage(
      "integrity", exit: [76],
      meaning: "Bytes differ from what was promised.",
      why: """
        A download was damaged or replaced on its way, the publisher changed the file, or a \
        file of the store was changed.
        """,
      advice: [
        "Nothing was installed; try once more",
        "For installed models: nnx verify --repair NAME",
        "If it stays, do not use the file, and tell the publisher",
      ]),
  ]
}
