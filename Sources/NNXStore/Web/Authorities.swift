import NNXSystem

/// Where the certificates of authorities are: what the environment says, else where distributions keep
/// them. One answer for downloads and for `nnx doctor`.
struct Authorities: Equatable {
  enum Place: Equatable {
    /// The file that a variable names, whether it is there or not.
    case variable(String, path: String)
    /// A distribution's file.
    case system(String)
    case none
  }

  let file: Place
  /// `SSL_CERT_DIR`: a folder of certificates by their hashes, beside the file.
  let folder: String?

  /// Debian and its kin; Red Hat's; SUSE's; Alpine and the BSDs.
  private static let usual = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
  ]

  /// - Parameters:
  ///   - environment: `CURL_CA_BUNDLE` counts before `SSL_CERT_FILE`; empty ones count as none.
  ///   - isFile: whether a path is a file.
  init(
    environment: (String) -> String?, isFile: (String) -> Bool = { Folder.isFile($0) }
  ) {
    func value(_ name: String) -> String? {
      environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }
    folder = value("SSL_CERT_DIR")
    for name in ["CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
      guard let path = value(name) else { continue }
      file = .variable(name, path: path)
      return
    }
    let conda = value("CONDA_PREFIX").map { ["\($0)/ssl/cacert.pem"] } ?? []
    file = (Self.usual + conda).first(where: isFile).map(Place.system) ?? .none
  }

  /// The file to read; `nil` when there is none.
  var path: String? {
    switch file {
    case .variable(_, let path), .system(let path): path
    case .none: nil
    }
  }

  /// - Throws: `no-certificates` when nothing could vouch for a host.
  func check() throws(NNXError) {
    guard path == nil, folder == nil else { return }
    throw NNXError(
      .noCertificates,
      "no certificates of authorities on this machine: no host can be trusted to be itself",
      fixes: [
        "Debian and Ubuntu: apt install ca-certificates",
        "Or set CURL_CA_BUNDLE to a file with certificates",
      ])
  }
}

extension NNXError.Code {
  /// Nothing on this machine says which hosts are themselves.
  static let noCertificates = NNXError.Code("no-certificates", .unavailable)
}
