noinst_LIBRARIES += libsource.a
libsource_a_SOURCES = \
	src/source/placeholder.c
