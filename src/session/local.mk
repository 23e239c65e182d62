noinst_LIBRARIES += libsession.a
libsession_a_SOURCES = \
	src/session/argv.c \
	src/session/command_table.c \
	src/session/completion.c \
	src/session/help.c \
	src/session/key_table.c \
	src/session/list.c \
	src/session/man.c \
	src/session/option_slot.h \
	src/session/option_table.c \
	src/session/options.c \
	src/session/secret.c \
	src/session/secret.h \
	src/session/texts.h \
	src/session/view_file.c
