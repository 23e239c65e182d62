noinst_LIBRARIES += liblanding.a
liblanding_a_SOURCES = \
	src/landing/landing.c \
	src/landing/queue.c \
	src/landing/table.c \
	src/landing/files/files.c \
	src/landing/files/files.h \
	src/landing/files/names.c \
	src/landing/files/part.c
