#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

// Swift cannot call variadic functions: one typed wrapper for each kind of argument.

typedef size_t (*nnx_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
typedef int (*nnx_curl_progress)(void *context, curl_off_t total, curl_off_t done,
                                 curl_off_t upload_total, curl_off_t uploaded);

static inline CURLcode nnx_curl_set_long(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}
static inline CURLcode nnx_curl_set_string(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}
static inline CURLcode nnx_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
  return curl_easy_setopt(curl, option, value);
}
static inline CURLcode nnx_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(curl, option, value);
}
static inline CURLcode nnx_curl_set_bytes(CURL *curl, CURLoption option, nnx_curl_bytes value) {
  return curl_easy_setopt(curl, option, value);
}
static inline CURLcode nnx_curl_set_progress(CURL *curl, nnx_curl_progress value) {
  return curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, value);
}

// Whether an address belongs to this machine or its neighbourhood (RFC 6890).
static inline int nnx_is_private(const struct sockaddr *address) {
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
static inline curl_socket_t nnx_curl_open_public(void *refused, curlsocktype purpose,
                                                 struct curl_sockaddr *address) {
  (void)purpose;
  if (nnx_is_private(&address->addr)) {
    *(int *)refused = 1;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype, address->protocol);
}
// Connects to public addresses only; sets `refused` when it would have been another.
static inline void nnx_curl_set_public_only(CURL *curl, int *refused) {
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, nnx_curl_open_public);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, refused);
}
static inline CURLcode nnx_curl_get_long(CURL *curl, CURLINFO info, long *value) {
  return curl_easy_getinfo(curl, info, value);
}
static inline CURLcode nnx_curl_get_string(CURL *curl, CURLINFO info, const char **value) {
  return curl_easy_getinfo(curl, info, value);
}
