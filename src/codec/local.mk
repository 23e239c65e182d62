noinst_LIBRARIES += libcodec.a
libcodec_a_SOURCES = \
	src/codec/builder.c \
	src/codec/codec.c \
	src/codec/lines.c \
	src/codec/text.c \
	src/codec/time_guess.c \
	src/codec/timefmt.c
