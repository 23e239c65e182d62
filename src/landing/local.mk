noinst_LIBRARIES += liblanding.a
liblanding_a_SOURCES = \
	src/landing/landing.c \
	src/landing/queue.c \
	src/landing/table.c \
	src/landing/files/files.c \
	src/landing/files/files.h \
	src/landing/files/names.c \
	src/landing/files/part.c
if WITH_SQLITE
liblanding_a_SOURCES += \
	src/landing/sqlite/rows.c \
	src/landing/sqlite/sqlite.c \
	src/landing/sqlite/sqlite.h \
	src/landing/sqlite/table.c
endif
