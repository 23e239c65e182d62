noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	src/model/batch.c \
	src/model/grouping.c \
	src/model/left_out.c \
	src/model/note.c \
	src/model/column.c \
	src/model/column_set.c \
	src/model/partitions.c \
	src/model/schema.c \
	src/model/value.c
