// TLS for servers of tests: an authority made on the spot, certificates in its name, and the server's
// side of a connection. Thin, over OpenSSL, whose macros and callbacks Swift cannot use.
#ifndef NNX_TEST_TLS_H
#define NNX_TEST_TLS_H

#include <stddef.h>

typedef struct nnx_authority nnx_authority;
typedef struct ssl_ctx_st nnx_identity;
typedef struct ssl_st nnx_tls;

// What is wrong with a server's certificate or protocol.
enum nnx_flaw {
  NNX_FLAW_NONE,
  NNX_FLAW_EXPIRED,
  NNX_FLAW_NOT_YET_VALID,
  NNX_FLAW_WRONG_NAME,
  NNX_FLAW_SELF_SIGNED,
  NNX_FLAW_OLD_PROTOCOL, // TLS 1.0 and nothing newer
};

// A new key (P-256) and its certificate as an authority; NULL on failure. Lives as long as the process.
nnx_authority *nnx_authority_make(void);

// Writes the authority's certificate as PEM; returns its length, 0 when it does not fit.
size_t nnx_authority_pem(nnx_authority *authority, char *buffer, size_t capacity);

// What a server needs to be `host`. Lives as long as the process; NULL on failure.
nnx_identity *nnx_identity_make(nnx_authority *authority, const char *host, enum nnx_flaw flaw);

// The server's side of a handshake on a connected socket; NULL when it fails.
nnx_tls *nnx_tls_accept(nnx_identity *identity, int descriptor);

// Bytes moved; 0 or less at the end and on failure.
long nnx_tls_read(nnx_tls *tls, void *buffer, size_t count);
long nnx_tls_write(nnx_tls *tls, const void *buffer, size_t count);

// Tells the client that nothing follows (close_notify); leaves the socket open.
void nnx_tls_notify(nnx_tls *tls);
void nnx_tls_free(nnx_tls *tls);

#endif
