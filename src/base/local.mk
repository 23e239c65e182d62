noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/base64.c \
	src/base/clock.c \
	src/base/crc32c.c \
	src/base/shares.c \
	src/base/dict.c \
	src/base/duration.c \
	src/base/file.c \
	src/base/like.c \
	src/base/log.c \
	src/base/memory.c \
	src/base/number.c \
	src/base/number_format.c \
	src/base/pattern.c \
	src/base/print.c \
	src/base/process.c \
	src/base/ring.c \
	src/base/status.c \
	src/base/str.c \
	src/base/thread.c \
	src/base/time.c \
	src/base/time_iso.c \
	src/base/time_parts.c \
	src/base/time_parts.h \
	src/base/time_pattern.c \
	src/base/time_shapes.c \
	src/base/uri.c \
	src/base/uri_options.c \
	src/base/utf8.c
