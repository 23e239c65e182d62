noinst_LIBRARIES += libquery.a
libquery_a_SOURCES = \
	src/query/placeholder.c
include src/query/expr/local.mk
