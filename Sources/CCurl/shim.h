#ifndef MILLWRIGHT_CCURL_SHIM_H
#define MILLWRIGHT_CCURL_SHIM_H

#include <curl/curl.h>

/* curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one function per type of argument. */
static inline CURLcode millwright_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

/* Copied by libcurl. */
static inline CURLcode millwright_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

/* Lists and user data: the caller keeps them until the handle is cleaned up. */
static inline CURLcode millwright_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*millwright_curl_reader)(char *buffer, size_t size, size_t count, void *source);

static inline CURLcode millwright_curl_set_reader(CURL *handle, millwright_curl_reader reader) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, reader);
}

static inline long millwright_curl_response_code(CURL *handle) {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
}

#endif
