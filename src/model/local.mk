noinst_LIBRARIES += libmodel.a
libmodel_a_SOURCES = \
	src/model/placeholder.c
