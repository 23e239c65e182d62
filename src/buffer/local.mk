noinst_LIBRARIES += libbuffer.a
libbuffer_a_SOURCES = \
	src/buffer/placeholder.c
