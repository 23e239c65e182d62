noinst_LIBRARIES += libbuffer.a
libbuffer_a_SOURCES = \
	src/buffer/admit.c \
	src/buffer/buffer.c \
	src/buffer/keep.c \
	src/buffer/keep.h \
	src/buffer/left_out.c \
	src/buffer/left_out.h \
	src/buffer/ledger.c \
	src/buffer/pack.c \
	src/buffer/pack.h \
	src/buffer/seal.c \
	src/buffer/seal.h \
	src/buffer/seal_column.c \
	src/buffer/seal_column.h \
	src/buffer/seal_items.c \
	src/buffer/seal_items.h \
	src/buffer/state.h
