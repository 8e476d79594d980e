#include <curl/curl.h>

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
static inline CURLcode nnx_curl_get_long(CURL *curl, CURLINFO info, long *value) {
  return curl_easy_getinfo(curl, info, value);
}
static inline CURLcode nnx_curl_get_string(CURL *curl, CURLINFO info, const char **value) {
  return curl_easy_getinfo(curl, info, value);
}
