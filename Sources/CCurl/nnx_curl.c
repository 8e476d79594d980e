#include "CCurl.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

// curl.h checks the arguments of these by macros.
#undef curl_easy_setopt

#define FUNCTIONS(F)                                                                              \
  F(curl_global_init) F(curl_version) F(curl_easy_init) F(curl_easy_cleanup) F(curl_easy_reset)   \
  F(curl_easy_perform) F(curl_easy_strerror) F(curl_easy_setopt) F(curl_slist_append)             \
  F(curl_slist_free_all)

#define DECLARE(name) __typeof__(name) *name##_;
static struct {
  FUNCTIONS(DECLARE)
} loaded;

const char *nnx_curl_load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define LOAD(name)                                             \
  if (!(loaded.name##_ = dlsym(library, #name))) return dlerror();
  FUNCTIONS(LOAD)
  CURLcode code = loaded.curl_global_init_(CURL_GLOBAL_ALL);
  return code == CURLE_OK ? NULL : loaded.curl_easy_strerror_(code);
}

const char *nnx_curl_version(void) { return loaded.curl_version_(); }
CURL *nnx_curl_new(void) { return loaded.curl_easy_init_(); }
void nnx_curl_free(CURL *curl) { loaded.curl_easy_cleanup_(curl); }
void nnx_curl_reset(CURL *curl) { loaded.curl_easy_reset_(curl); }
CURLcode nnx_curl_perform(CURL *curl) { return loaded.curl_easy_perform_(curl); }
const char *nnx_curl_words(CURLcode code) { return loaded.curl_easy_strerror_(code); }

struct curl_slist *nnx_curl_list_append(struct curl_slist *list, const char *text) {
  return loaded.curl_slist_append_(list, text);
}
void nnx_curl_list_free(struct curl_slist *list) { loaded.curl_slist_free_all_(list); }

CURLcode nnx_curl_set_long(CURL *curl, CURLoption option, long value) {
  return loaded.curl_easy_setopt_(curl, option, value);
}
CURLcode nnx_curl_set_string(CURL *curl, CURLoption option, const char *value) {
  return loaded.curl_easy_setopt_(curl, option, value);
}
CURLcode nnx_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
  return loaded.curl_easy_setopt_(curl, option, value);
}
CURLcode nnx_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
  return loaded.curl_easy_setopt_(curl, option, value);
}
CURLcode nnx_curl_set_bytes(CURL *curl, CURLoption option, nnx_curl_bytes value) {
  return loaded.curl_easy_setopt_(curl, option, value);
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
  CURLcode code = loaded.curl_easy_setopt_(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
  if (code != CURLE_OK) return code;
  return loaded.curl_easy_setopt_(curl, CURLOPT_OPENSOCKETDATA, refused);
}
