/* Why a connection to a broker came to nothing: librdkafka's texts in our words, and what to do about each. */
#include "weir/client/kafka.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>

/* "ssl/statem/….c:1889:tls_post_process_server_certificate error:0A000086:SSL routines::", of OpenSSL's own insides. */
static const char *skip_insides(const char *text, const char *end)
{
	static const char mark[] = " routines:";
	const char *at = strncmp(text, "../", 3) == 0 || strncmp(text, "error:", 6) == 0 ? strstr(text, mark) : NULL;

	if (!at || at >= end)
		return text;
	at += sizeof mark - 1;
	return at < end && *at == ':' ? at + 1 : at;
}

/* "sasl_ssl://HOST:PORT/bootstrap: " or "HOST:PORT/1: ", which repeat the address. */
static const char *skip_broker(const char *text)
{
	static const char first[] = "/bootstrap: ";
	const char *at = strstr(text, first), *slash = text;

	if (at)
		return at + sizeof first - 1;
	while ((slash = strchr(slash, '/')) && slash[1] == '/')
		slash += 2;
	size_t n = slash ? strspn(slash + 1, "0123456789") : 0;
	return n && strncmp(slash + 1 + n, ": ", 2) == 0 ? slash + n + 3 : text;
}

char *weir_kafka_reason(const char *text, char *out, size_t out_bytes)
{
	const char *begin = skip_broker(text), *end = strstr(text, " (after ");

	end = end && end > begin ? end : begin + strlen(begin);
	while (end > begin && (end[-1] == ' ' || end[-1] == ':'))
		end--;
	size_t n = 0;
	while (begin < end && n + 1 < out_bytes) {
		const char *next = skip_insides(begin, end);
		if (next == begin && (strncmp(begin, "ipv4#", 5) == 0 || strncmp(begin, "ipv6#", 5) == 0))
			next = begin + 5;
		if (next == begin)
			out[n++] = *next++;
		begin = next;
	}
	if (out_bytes)
		out[n] = '\0';
	return out;
}

/* OpenSSL's X509_V_ERR_…, which are part of its interface and stay. */
static const struct {
	int code;
	const char *words;
} faults[] = {
    {9, "the broker's certificate is not valid yet"},
    {10, "the broker's certificate has expired"},
    {18, "the broker's certificate is signed by itself, and not trusted here"},
    {19, "the broker's certificate comes from a CA that is not trusted here"},
    {20, "the broker's certificate comes from a CA that is not trusted here"},
    {21, "the broker's certificate comes from a CA that is not trusted here"},
    {23, "the broker's certificate was revoked"},
    {62, "the broker's certificate is another host's"},
    {64, "the broker's certificate is another host's"},
};

char *weir_kafka_certificate_fault(int code, char *out, size_t out_bytes)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == code) {
			snprintf(out, out_bytes, "%s", faults[i].words);
			return out;
		}
	snprintf(out, out_bytes, "the broker's certificate cannot be verified (OpenSSL's error %d)", code);
	return out;
}

bool weir_kafka_is_refusal(const char *text)
{
	return strstr(text, "SSL alert number") != NULL;
}

const char *weir_kafka_hint(const char *reason)
{
	static const struct {
		const char *part, *hint;
	} hints[] = {
	    {"has expired", "the broker needs a new one"},
	    {"not valid yet", "check the clocks here and there"},
	    {"not trusted here", "ssl.ca.location=FILE names the certificate of its CA"},
	    {"another host's",
	     "name the broker as the certificate does; ssl.endpoint.identification.algorithm=none leaves that check out"},
	    {"alert certificate required",
	     "it wants a certificate from you: ssl.certificate.location= and ssl.key.location="},
	    {"alert bad certificate",
	     "it wants a certificate from you: ssl.certificate.location= and ssl.key.location="},
	    {"alert unknown ca", "it does not trust the CA of ssl.certificate.location="},
	    {"alert certificate expired", "the certificate of ssl.certificate.location= has expired"},
	    {"wrong version number", "no TLS is spoken there: leave security.protocol= out, or use another port"},
	    {"unexpected eof", "is TLS spoken there? If not, leave security.protocol= out"},
	    {"connecting to a SSL listener", "does it require TLS (security.protocol=SSL)?"},
	    {"Unsupported SASL mechanism", "sasl.mechanism= takes one of those"},
	    {"invalid credentials", "check user and password"},
	    {"Invalid username or password", "check user and password"},
	};

	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
		if (strstr(reason, hints[i].part))
			return hints[i].hint;
	return NULL;
}

enum weir_status weir_kafka_complaint(int rd_error, const char *text, int certificate_fault, char *out,
				      size_t out_bytes)
{
	enum weir_status is = text && weir_kafka_is_refusal(text) ? WEIR_DENIED : weir_kafka_status(rd_error);

	/* The summary that all are down comes last and says less than what came before it. */
	if (!text || rd_error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || (is != WEIR_UNREACHABLE && is != WEIR_DENIED))
		return WEIR_OK;
	if (certificate_fault && strstr(text, "certificate verify failed"))
		weir_kafka_certificate_fault(certificate_fault, out, out_bytes);
	else
		weir_kafka_reason(text, out, out_bytes);
	return is;
}

enum weir_status weir_kafka_unanswered(const char *address, enum weir_status is, const char *why,
				       struct weir_error *err)
{
	const char *hint = weir_kafka_hint(why);

	if (is == WEIR_DENIED) {
		bool ours = strncmp(why, "the broker's", 12) == 0; /* we refused */
		weir_fail(err, WEIR_DENIED, address, "%s%s", ours ? "" : "the broker refused: ", why);
		weir_error_hint(err, "%s",
				hint ? hint : "check user, password, security.protocol= and sasl.mechanism=");
		return WEIR_DENIED;
	}
	weir_fail(err, WEIR_UNREACHABLE, address, "no broker answers: %s", why);
	weir_error_hint(err, "%s",
			hint ? hint
			: strncmp(why, "nothing", 7) != 0
			    ? "check the address, and that the broker is running"
			    : "is Kafka listening there, and does it require TLS (security.protocol=SSL)?");
	if (err)
		err->retriable = true;
	return WEIR_UNREACHABLE;
}
