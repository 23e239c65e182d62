noinst_LIBRARIES += libbuffer.a
libbuffer_a_SOURCES = \
	src/buffer/admit.c \
	src/buffer/buffer.c \
	src/buffer/keep.c \
	src/buffer/ledger.c \
	src/buffer/pack.c \
	src/buffer/seal.c \
	src/buffer/seal_column.c \
	src/buffer/seal_items.c
