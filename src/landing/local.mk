noinst_LIBRARIES += liblanding.a
liblanding_a_SOURCES = \
	src/landing/table.c
