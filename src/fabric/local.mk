noinst_LIBRARIES += libfabric.a
libfabric_a_SOURCES = \
	src/fabric/fabric.c \
	src/fabric/local.c \
	src/fabric/local_result.c \
	src/fabric/local_scan.c \
	src/fabric/local_view.c
