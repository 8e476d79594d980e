import CTestTLS
import Glibc
import Synchronization

/// A certificate authority made for one test run, and the certificates it signs.
public final class TestAuthority: Sendable {
  /// What is wrong with a host's certificate or handshake.
  public enum Flaw: String, CaseIterable, Sendable {
    case none, expired, notYetValid, wrongName, selfSigned, oldProtocol
    /// The connection is reset when the client has said hello.
    case reset

    var code: nnx_flaw {
      switch self {
      case .none, .reset: NNX_FLAW_NONE
      case .expired: NNX_FLAW_EXPIRED
      case .notYetValid: NNX_FLAW_NOT_YET_VALID
      case .wrongName: NNX_FLAW_WRONG_NAME
      case .selfSigned: NNX_FLAW_SELF_SIGNED
      case .oldProtocol: NNX_FLAW_OLD_PROTOCOL
      }
    }
  }

  /// One for the whole process: making keys takes time.
  public static let shared = TestAuthority()

  /// The certificate of the authority, for `CURL_CA_BUNDLE`.
  public let pem: [UInt8]
  private let authority: Pointer
  private let identities = Mutex<[String: Pointer]>([:])

  private struct Pointer: @unchecked Sendable { let raw: OpaquePointer }

  public init() {
    // A client that hangs up must not end the server.
    signal(SIGPIPE, SIG_IGN)
    guard let authority = nnx_authority_make() else { preconditionFailure("no authority") }
    var buffer = [CChar](repeating: 0, count: 8192)
    let count = nnx_authority_pem(authority, &buffer, buffer.count)
    precondition(count > 0, "no certificate")
    pem = buffer.prefix(count).map { UInt8(bitPattern: $0) }
    self.authority = Pointer(raw: authority)
  }

  /// What a server needs to be `host`.
  func identity(of host: String, _ flaw: Flaw) -> OpaquePointer {
    identities.withLock { identities in
      let key = "\(flaw) \(host)"
      if let known = identities[key] { return known.raw }
      guard let made = nnx_identity_make(authority.raw, host, flaw.code) else {
        preconditionFailure("no certificate for \(host)")
      }
      identities[key] = Pointer(raw: made)
      return made
    }
  }
}
