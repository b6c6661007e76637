#pragma once
#include <curl/curl.h>
#include <sys/prctl.h>

// Swift can't call variadic functions: one inline function for each type of argument that curl_easy_setopt(3),
// curl_multi_setopt(3) and curl_easy_getinfo(3) take here.

static inline CURLcode shim_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

// curl copies strings, so that `value` need only live for the call.
static inline CURLcode shim_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// curl keeps the pointer: what it points at must live as long as the transfer.
static inline CURLcode shim_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode shim_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// The type of CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
typedef size_t (*shim_curl_data_callback)(char *data, size_t size, size_t count, void *user);

static inline CURLcode shim_curl_set_data_callback(
    CURL *handle, CURLoption option, shim_curl_data_callback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLMcode shim_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

static inline CURLcode shim_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode shim_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// prctl(2) is variadic too; pthread_setname_np(3), which is not, hides behind _GNU_SOURCE. At most 15 bytes count.
static inline void shim_name_this_thread(const char *name) {
    prctl(PR_SET_NAME, (unsigned long)name, 0UL, 0UL, 0UL);
}
