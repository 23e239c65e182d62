noinst_LIBRARIES += libfabric.a
libfabric_a_SOURCES = \
	src/fabric/fabric.c \
	src/fabric/find.c \
	src/fabric/local/bind.c \
	src/fabric/local/counts.c \
	src/fabric/local/fields.c \
	src/fabric/local/grouped.c \
	src/fabric/local/left_out.c \
	src/fabric/local/held.c \
	src/fabric/local/local.c \
	src/fabric/local/local.h \
	src/fabric/local/result.c \
	src/fabric/local/rows.c \
	src/fabric/local/scan.c \
	src/fabric/local/strip.c \
	src/fabric/local/view.c \
	src/fabric/spark/answer.c \
	src/fabric/spark/behind.c \
	src/fabric/spark/behind.h \
	src/fabric/spark/child.c \
	src/fabric/spark/child.h \
	src/fabric/spark/description.c \
	src/fabric/spark/description.h \
	src/fabric/spark/ends.h \
	src/fabric/spark/driver.c \
	src/fabric/spark/driver.h \
	src/fabric/spark/explain.c \
	src/fabric/spark/land.c \
	src/fabric/spark/land.h \
	src/fabric/spark/mail.c \
	src/fabric/spark/mail.h \
	src/fabric/spark/master.c \
	src/fabric/spark/master.h \
	src/fabric/spark/message.c \
	src/fabric/spark/message.h \
	src/fabric/spark/places.c \
	src/fabric/spark/places.h \
	src/fabric/spark/question.c \
	src/fabric/spark/reader.c \
	src/fabric/spark/reader_table.c \
	src/fabric/spark/reading.h \
	src/fabric/spark/recall.c \
	src/fabric/spark/recall.h \
	src/fabric/spark/records.c \
	src/fabric/spark/records.h \
	src/fabric/spark/records_csv.c \
	src/fabric/spark/records_json.c \
	src/fabric/spark/records_table.c \
	src/fabric/spark/run.c \
	src/fabric/spark/run.h \
	src/fabric/spark/select.c \
	src/fabric/spark/spark.c \
	src/fabric/spark/spark.h \
	src/fabric/spark/sql.c \
	src/fabric/spark/topics.h
if WITH_KAFKA
libfabric_a_SOURCES += src/fabric/spark/ends.c src/fabric/spark/topics.c
else
libfabric_a_SOURCES += src/fabric/spark/no_topics.c
endif
EXTRA_DIST += src/fabric/spark/ends.c src/fabric/spark/no_topics.c src/fabric/spark/topics.c

# What is submitted to Spark; weir itself has no Python.
sparkjobdir = $(pkgdatadir)/spark
dist_sparkjob_DATA = src/fabric/spark/weir_job.py
