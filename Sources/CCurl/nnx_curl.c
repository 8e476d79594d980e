#include "CCurl.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

// curl.h checks the arguments of these by macros.
#undef curl_easy_setopt

#define FUNCTIONS(F)                                                                              \
  F(curl_global_init) F(curl_version) F(curl_version_info) F(curl_easy_init)                      \
  F(curl_easy_cleanup) F(curl_easy_reset) F(curl_easy_perform) F(curl_easy_strerror)              \
  F(curl_easy_setopt) F(curl_slist_append) F(curl_slist_free_all)

#if NNX_STATIC_CURL
// The release has libcurl inside.
#define CALL(name) name
static const char *load(void) { return NULL; }
#else
#define DECLARE(name) __typeof__(name) *name##_;
static struct {
  FUNCTIONS(DECLARE)
} loaded;
#define CALL(name) loaded.name##_

static const char *load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define LOAD(name)                                             \
  if (!(loaded.name##_ = dlsym(library, #name))) return dlerror();
  FUNCTIONS(LOAD)
  return NULL;
}
#endif

const char *nnx_curl_load(void) {
  const char *failure = load();
  if (failure) return failure;
  // CURLOPT_PROTOCOLS_STR came with 7.85.
  const curl_version_info_data *info = CALL(curl_version_info)(CURLVERSION_NOW);
  if (info->version_num < 0x075500) {
    static char words[80];
    snprintf(words, sizeof words, "libcurl %s is older than 7.85", info->version);
    return words;
  }
  CURLcode code = CALL(curl_global_init)(CURL_GLOBAL_ALL);
  return code == CURLE_OK ? NULL : CALL(curl_easy_strerror)(code);
}

const char *nnx_curl_version(void) { return CALL(curl_version)(); }
CURL *nnx_curl_new(void) { return CALL(curl_easy_init)(); }
void nnx_curl_free(CURL *curl) { CALL(curl_easy_cleanup)(curl); }
void nnx_curl_reset(CURL *curl) { CALL(curl_easy_reset)(curl); }
CURLcode nnx_curl_perform(CURL *curl) { return CALL(curl_easy_perform)(curl); }
const char *nnx_curl_words(CURLcode code) { return CALL(curl_easy_strerror)(code); }

struct curl_slist *nnx_curl_list_append(struct curl_slist *list, const char *text) {
  return CALL(curl_slist_append)(list, text);
}
void nnx_curl_list_free(struct curl_slist *list) { CALL(curl_slist_free_all)(list); }

CURLcode nnx_curl_set_long(CURL *curl, CURLoption option, long value) {
  return CALL(curl_easy_setopt)(curl, option, value);
}
CURLcode nnx_curl_set_string(CURL *curl, CURLoption option, const char *value) {
  return CALL(curl_easy_setopt)(curl, option, value);
}
CURLcode nnx_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
  return CALL(curl_easy_setopt)(curl, option, value);
}
CURLcode nnx_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
  return CALL(curl_easy_setopt)(curl, option, value);
}
CURLcode nnx_curl_set_bytes(CURL *curl, CURLoption option, nnx_curl_bytes value) {
  return CALL(curl_easy_setopt)(curl, option, value);
}

// Whether an address belongs to this machine or its neighbourhood (RFC 6890).
static int is_private(const struct sockaddr *address) {
  const unsigned char *bytes;
  if (address->sa_family == AF_INET6) {
    const struct in6_addr *wide = &((const struct sockaddr_in6 *)address)->sin6_addr;
    bytes = wide->s6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(wide))
      return IN6_IS_ADDR_LOOPBACK(wide) || IN6_IS_ADDR_UNSPECIFIED(wide) ||
             IN6_IS_ADDR_LINKLOCAL(wide) || (bytes[0] & 0xFE) == 0xFC;
    bytes += 12;
  } else if (address->sa_family == AF_INET) {
    bytes = (const unsigned char *)&((const struct sockaddr_in *)address)->sin_addr;
  } else {
    return 1;
  }
  return bytes[0] == 0 || bytes[0] == 10 || bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254) ||
         (bytes[0] == 172 && (bytes[1] & 0xF0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
         (bytes[0] == 100 && (bytes[1] & 0xC0) == 64);
}

static curl_socket_t open_public(void *refused, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
  (void)purpose;
  if (is_private(&address->addr)) {
    *(int *)refused = 1;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype, address->protocol);
}

CURLcode nnx_curl_set_public_only(CURL *curl, int *refused) {
  CURLcode code = CALL(curl_easy_setopt)(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
  if (code != CURLE_OK) return code;
  return CALL(curl_easy_setopt)(curl, CURLOPT_OPENSOCKETDATA, refused);
}
