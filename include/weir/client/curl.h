/* What every handle of libcurl that weir makes has in common, whoever asks with it: HTTP and HTTPS alone, also after a redirect;
 * no signals; our name; and the files of TLS. Certificates are verified, which is libcurl's default. Only in builds with libcurl.
 *
 * Thread: the one that owns the handle. */
#ifndef WEIR_CLIENT_CURL_H
#define WEIR_CLIENT_CURL_H

#include <curl/curl.h>
#include <stdbool.h>

struct weir_curl_tls {                 /* names of files; borrowed during the call; NULL: none */
	const char *ca;                /* certificates that are trusted, in the place of the system's */
	const char *certificate, *key; /* who we are */
};

/* `headers` and `error_text` (CURL_ERROR_SIZE bytes) are borrowed for the life of the handle. False: out of memory, or libcurl
 * lacks something. */
bool weir_curl_set_up(CURL *easy, const struct weir_curl_tls *tls, struct curl_slist *headers, char *error_text);
/* An option that is a text, which libcurl copies; NULL leaves it as it is. */
bool weir_curl_set_text(CURL *easy, CURLoption option, const char *text);

#endif
