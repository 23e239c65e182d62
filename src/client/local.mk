noinst_LIBRARIES += libclient.a
libclient_a_SOURCES = \
	src/client/secret.c
if WITH_KAFKA
libclient_a_SOURCES += \
	src/client/kafka.c
endif
