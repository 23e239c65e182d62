noinst_LIBRARIES += libsource.a
libsource_a_SOURCES = \
	src/source/absent.c \
	src/source/bytes.c \
	src/source/bytes.h \
	src/source/demo.c \
	src/source/demo.h \
	src/source/demo_gen.c \
	src/source/demo_orders.c \
	src/source/demo_sensors.c \
	src/source/demo_web.c \
	src/source/file.c \
	src/source/file_follow.c \
	src/source/file_follow.h \
	src/source/inflate.c \
	src/source/inflate.h \
	src/source/params.c \
	src/source/params.h \
	src/source/progress.c \
	src/source/progress.h \
	src/source/source.c \
	src/source/stdin.c \
	src/source/window.c \
	src/source/window.h
if WITH_KAFKA
libsource_a_SOURCES += \
	src/source/kafka.c \
	src/source/kafka.h \
	src/source/kafka_message.c \
	src/source/kafka_nudge.c \
	src/source/kafka_open.c \
	src/source/kafka_resolve.c \
	src/source/kafka_set.c \
	src/source/kafka_take.c \
	src/source/kafka_topics.c
endif
