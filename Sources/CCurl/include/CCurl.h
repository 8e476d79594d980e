#pragma once

// The parts of libcurl that nnx uses. A shim, because Swift cannot call variadic functions (one typed
// wrapper for each kind of argument), and because libcurl is loaded when it is first needed: with the
// two dozen libraries that it brings it would cost every start of nnx some milliseconds.

#include <curl/curl.h>

/// Loads libcurl and prepares it. To be called once, before anything else here.
///
/// Returns NULL, or why it cannot be loaded.
const char *nnx_curl_load(void);
const char *nnx_curl_version(void);

CURL *nnx_curl_new(void);
void nnx_curl_free(CURL *curl);
void nnx_curl_reset(CURL *curl);
CURLcode nnx_curl_perform(CURL *curl);
const char *nnx_curl_words(CURLcode code);

struct curl_slist *nnx_curl_list_append(struct curl_slist *list, const char *text);
void nnx_curl_list_free(struct curl_slist *list);

typedef size_t (*nnx_curl_bytes)(char *bytes, size_t size, size_t count, void *context);

CURLcode nnx_curl_set_long(CURL *curl, CURLoption option, long value);
CURLcode nnx_curl_set_string(CURL *curl, CURLoption option, const char *value);
CURLcode nnx_curl_set_pointer(CURL *curl, CURLoption option, void *value);
CURLcode nnx_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value);
CURLcode nnx_curl_set_bytes(CURL *curl, CURLoption option, nnx_curl_bytes value);
/// Connects to public addresses only; sets `refused` when it would have been another.
CURLcode nnx_curl_set_public_only(CURL *curl, int *refused);
