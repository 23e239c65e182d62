noinst_LIBRARIES += libcapture.a
libcapture_a_SOURCES = \
	src/capture/block.c \
	src/capture/bytes_io.h \
	src/capture/continue.c \
	src/capture/frames.c \
	src/capture/index.c \
	src/capture/lanes.c \
	src/capture/out.c \
	src/capture/queue.c \
	src/capture/reader.c \
	src/capture/reader.h \
	src/capture/writer.h
