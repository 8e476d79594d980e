import CCrypto

/// OpenSSL, as nnx uses it for digests and, through libcurl, for TLS.
package enum Cryptography {
  private static let isPrepared =
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil) == 1

  /// Keeps the machine's openssl.cnf out: it may name providers that the OpenSSL inside of nnx lacks, and
  /// then nothing works. Before OpenSSL is used for anything else.
  package static func prepare() {
    precondition(isPrepared, "libcrypto cannot be used")
  }
}

/// A running SHA-256 or MD5, computed by libcrypto.
@safe package final class Digest {
  package enum Algorithm: String, Sendable, CaseIterable {
    case sha256, md5
  }

  package let algorithm: Algorithm
  private let context: OpaquePointer

  package init(_ algorithm: Algorithm) {
    Cryptography.prepare()
    self.algorithm = algorithm
    guard let context = unsafe EVP_MD_CTX_new() else { fatalError("out of memory") }
    unsafe self.context = context
    let method = algorithm == .sha256 ? unsafe EVP_sha256() : unsafe EVP_md5()
    let started = unsafe EVP_DigestInit_ex(context, method, nil)
    precondition(started == 1, "libcrypto refuses \(algorithm)")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  package func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  package func update(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe update($0) }
  }

  /// Ends the computation and gives the digest as lower-case hexadecimal digits.
  package func finish() -> String {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    unsafe bytes.withUnsafeMutableBufferPointer {
      _ = unsafe EVP_DigestFinal_ex(context, $0.baseAddress, &count)
    }
    return hexadecimal(bytes.prefix(Int(count)))
  }

  /// The SHA-256 of some bytes.
  package static func sha256(_ bytes: [UInt8]) -> String {
    let digest = Digest(.sha256)
    digest.update(bytes)
    return digest.finish()
  }

  /// The SHA-256 of a text in UTF-8.
  package static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

  /// The digest of a whole file.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func ofFile(_ path: String, _ algorithm: Algorithm) throws(NNXError) -> String {
    let digest = Digest(algorithm)
    try FileReader(path).forEachPiece { (piece) throws(NNXError) in digest.update(piece) }
    return digest.finish()
  }
}

private func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
