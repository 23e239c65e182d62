/* Fills error records. */
#include "weir/base/status.h"

#include "weir/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void WEIR_PRINTF(3, 4) put_line(char *out, size_t out_bytes, const char *fmt, ...);

/* vsnprintf into a fixed field, cut on a UTF-8 boundary. */
static void put_text(char *out, size_t out_bytes, const char *fmt, va_list args)
{
	int n = vsnprintf(out, out_bytes, fmt, args);
	if (n >= (int)out_bytes) {
		size_t end = out_bytes - 1;
		while (end > 0 && ((unsigned char)out[end - 1] & 0xc0) == 0x80)
			end--;
		if (end > 0 && (unsigned char)out[end - 1] >= 0xc0)
			end--;
		out[end] = 0;
	}
}

static void put_line(char *out, size_t out_bytes, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	put_text(out, out_bytes, fmt, args);
	va_end(args);
}

enum weir_status weir_fail(struct weir_error *err, enum weir_status code, const char *origin, const char *fmt, ...)
{
	if (!err)
		return code;
	memset(err, 0, sizeof *err);
	err->code = code;
	put_line(err->origin, sizeof err->origin, "%s", origin ? origin : "");
	va_list args;
	va_start(args, fmt);
	put_text(err->what, sizeof err->what, fmt, args);
	va_end(args);
	return code;
}

void weir_error_hint(struct weir_error *err, const char *fmt, ...)
{
	if (!err)
		return;
	va_list args;
	va_start(args, fmt);
	put_text(err->hint, sizeof err->hint, fmt, args);
	va_end(args);
}

void weir_error_suggest(struct weir_error *err, const struct weir_str *wrong, const struct weir_str *right)
{
	weir_error_hint(err, "did you mean " WEIR_STR_FMT "?", WEIR_STR_ARG(*right));
	if (!err || !wrong->size || wrong->size >= sizeof err->wrong || right->size >= sizeof err->right)
		return;
	memcpy(err->wrong, wrong->data, wrong->size);
	err->wrong[wrong->size] = '\0';
	memcpy(err->right, right->data, right->size);
	err->right[right->size] = '\0';
}

const char *weir_status_name(enum weir_status code)
{
	static const char *const names[] = {
	    [WEIR_OK] = "ok",
	    [WEIR_AGAIN] = "again",
	    [WEIR_END] = "end",
	    [WEIR_NO_MEMORY] = "no_memory",
	    [WEIR_IO] = "io",
	    [WEIR_NOT_FOUND] = "not_found",
	    [WEIR_DENIED] = "denied",
	    [WEIR_UNREACHABLE] = "unreachable",
	    [WEIR_MALFORMED] = "malformed",
	    [WEIR_TOO_LARGE] = "too_large",
	    [WEIR_USAGE] = "usage",
	    [WEIR_EXPRESSION] = "expression",
	    [WEIR_UNSUPPORTED] = "unsupported",
	    [WEIR_CANCELLED] = "cancelled",
	    [WEIR_INTERNAL] = "internal",
	};
	return (size_t)code < sizeof names / sizeof names[0] ? names[code] : "unknown";
}

const char *weir_status_text(enum weir_status code)
{
	switch (code) {
#define X(name, value, text, exit_code)                                                                                \
	case WEIR_##name:                                                                                              \
		return text;
		WEIR_STATUS_LIST(X)
#undef X
	}
	return "unknown status";
}

int weir_status_exit_code(enum weir_status code)
{
	switch (code) {
#define X(name, value, text, exit_code)                                                                                \
	case WEIR_##name:                                                                                              \
		return exit_code;
		WEIR_STATUS_LIST(X)
#undef X
	}
	return 1;
}

char *weir_error_line(const struct weir_error *err, char *out, size_t out_bytes)
{
	bool origin = err->origin[0], hint = err->hint[0];

	put_line(out, out_bytes, "%s%s%s%s%s%s", err->origin, origin ? ": " : "",
		 err->what[0] ? err->what : weir_status_text(err->code), hint ? " (" : "", err->hint, hint ? ")" : "");
	return out;
}
