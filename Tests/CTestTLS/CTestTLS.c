#include "CTestTLS.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct nnx_authority {
  EVP_PKEY *key;
  X509 *certificate;
};

static int extend(X509 *certificate, X509 *issuer, int extension, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *made = X509V3_EXT_conf_nid(NULL, &context, extension, value);
  int ok = made && X509_add_ext(certificate, made, -1);
  X509_EXTENSION_free(made);
  return ok;
}

// A certificate for `key` named `name`, signed by `issuer` (itself when NULL), valid between two times
// in days from now.
static X509 *certify(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key,
                     int is_authority, long from, long until) {
  X509 *made = X509_new();
  if (!made) return NULL;
  static long serial = 1000;
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED));
  X509_gmtime_adj(X509_getm_notBefore(made), from * 86400);
  X509_gmtime_adj(X509_getm_notAfter(made), until * 86400);
  X509_set_pubkey(made, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             (const unsigned char *)name, -1, -1, 0);
  X509 *signer = issuer ? issuer : made;
  X509_set_issuer_name(made, X509_get_subject_name(signer));
  char names[300];
  snprintf(names, sizeof names, "DNS:%s", name);
  int ok = is_authority ? extend(made, signer, NID_basic_constraints, "critical,CA:TRUE") &&
                              extend(made, signer, NID_key_usage, "critical,keyCertSign,cRLSign")
                        : extend(made, signer, NID_subject_alt_name, names) &&
                              extend(made, signer, NID_ext_key_usage, "serverAuth");
  ok = ok && extend(made, signer, NID_subject_key_identifier, "hash");
  if (ok && X509_sign(made, issuer_key, EVP_sha256())) return made;
  X509_free(made);
  return NULL;
}

nnx_authority *nnx_authority_make(void) {
  nnx_authority *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  made->key = EVP_EC_gen("P-256");
  if (made->key)
    made->certificate = certify(made->key, "Authority of nnx's tests", NULL, made->key, 1, -1, 30);
  return made->certificate ? made : NULL;
}

size_t nnx_authority_pem(nnx_authority *authority, char *buffer, size_t capacity) {
  BIO *bio = BIO_new(BIO_s_mem());
  char *bytes = NULL;
  size_t count = 0;
  if (bio && PEM_write_bio_X509(bio, authority->certificate)) {
    long length = BIO_get_mem_data(bio, &bytes);
    if (length > 0 && (size_t)length <= capacity) {
      memcpy(buffer, bytes, (size_t)length);
      count = (size_t)length;
    }
  }
  BIO_free(bio);
  return count;
}

nnx_identity *nnx_identity_make(nnx_authority *authority, const char *host, enum nnx_flaw flaw) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  EVP_PKEY *key = EVP_EC_gen("P-256");
  if (!context || !key) return NULL;
  const char *name = flaw == NNX_FLAW_WRONG_NAME ? "somebody-else.example.org" : host;
  long from = flaw == NNX_FLAW_EXPIRED ? -60 : flaw == NNX_FLAW_NOT_YET_VALID ? 5 : -1;
  long until = flaw == NNX_FLAW_EXPIRED ? -2 : 20;
  X509 *certificate = flaw == NNX_FLAW_SELF_SIGNED
                          ? certify(key, name, NULL, key, 0, from, until)
                          : certify(key, name, authority->certificate, authority->key, 0, from, until);
  if (flaw == NNX_FLAW_OLD_PROTOCOL) {
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
  }
  // Ends without close_notify are what some tests are about.
  SSL_CTX_set_quiet_shutdown(context, 0);
  int ok = certificate && SSL_CTX_use_certificate(context, certificate) == 1 &&
           SSL_CTX_use_PrivateKey(context, key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  return ok ? context : NULL;
}

nnx_tls *nnx_tls_accept(nnx_identity *identity, int descriptor) {
  SSL *tls = SSL_new(identity);
  if (tls && SSL_set_fd(tls, descriptor) == 1 && SSL_accept(tls) == 1) return tls;
  SSL_free(tls);
  return NULL;
}

long nnx_tls_read(nnx_tls *tls, void *buffer, size_t count) {
  size_t moved = 0;
  return SSL_read_ex(tls, buffer, count, &moved) == 1 ? (long)moved : 0;
}

long nnx_tls_write(nnx_tls *tls, const void *buffer, size_t count) {
  size_t moved = 0;
  return SSL_write_ex(tls, buffer, count, &moved) == 1 ? (long)moved : 0;
}

void nnx_tls_notify(nnx_tls *tls) { SSL_shutdown(tls); }
void nnx_tls_free(nnx_tls *tls) { SSL_free(tls); }
