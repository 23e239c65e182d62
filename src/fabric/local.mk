noinst_LIBRARIES += libfabric.a
libfabric_a_SOURCES = \
	src/fabric/fabric.c \
	src/fabric/find.c \
	src/fabric/local/bind.c \
	src/fabric/local/counts.c \
	src/fabric/local/fields.c \
	src/fabric/local/left_out.c \
	src/fabric/local/held.c \
	src/fabric/local/local.c \
	src/fabric/local/local.h \
	src/fabric/local/result.c \
	src/fabric/local/rows.c \
	src/fabric/local/scan.c \
	src/fabric/local/strip.c \
	src/fabric/local/view.c \
	src/fabric/spark/places.c \
	src/fabric/spark/places.h \
	src/fabric/spark/spark.c

# What is submitted to Spark; weir itself has no Python.
sparkjobdir = $(pkgdatadir)/spark
dist_sparkjob_DATA = src/fabric/spark/weir_job.py
