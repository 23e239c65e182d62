noinst_LIBRARIES += libcodec.a
libcodec_a_SOURCES = \
	src/codec/placeholder.c
