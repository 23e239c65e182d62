/* The set-up that all handles of libcurl share. */
#include "weir/client/curl.h"

bool weir_curl_set_text(CURL *easy, CURLoption option, const char *text)
{
	return !text || curl_easy_setopt(easy, option, text) == CURLE_OK;
}

static bool set_protocols(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK;
#else
	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK;
#endif
}

bool weir_curl_set_up(CURL *easy, const struct weir_curl_tls *tls, struct curl_slist *headers, char *error_text)
{
	return set_protocols(easy) && weir_curl_set_text(easy, CURLOPT_CAINFO, tls->ca) &&
	       weir_curl_set_text(easy, CURLOPT_SSLCERT, tls->certificate) &&
	       weir_curl_set_text(easy, CURLOPT_SSLKEY, tls->key) &&
	       weir_curl_set_text(easy, CURLOPT_USERAGENT, "weir") &&
	       curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text) == CURLE_OK;
}
