noinst_LIBRARIES += libquery.a
libquery_a_SOURCES = \
	src/query/build_chart.c \
	src/query/build_histogram.c \
	src/query/build_records.c \
	src/query/build_totals.c \
	src/query/group.c \
	src/query/group.h \
	src/query/measure/component.h \
	src/query/measure/distinct.c \
	src/query/measure/distinct.h \
	src/query/measure/exact.c \
	src/query/measure/exact.h \
	src/query/measure/extreme.c \
	src/query/measure/parts.c \
	src/query/measure/parts.h \
	src/query/measure/quantile.c \
	src/query/measure/quantile.h \
	src/query/measure/slab.c \
	src/query/measure_value.c \
	src/query/pane.c \
	src/query/pane.h \
	src/query/plan_accumulate.c \
	src/query/plan_bind.c \
	src/query/plan_explain.c \
	src/query/plan_init.c \
	src/query/plan_inputs.c \
	src/query/plan_rebuild.c \
	src/query/plan_result.c \
	src/query/plan_rows.c \
	src/query/plan_state.h \
	src/query/plan_update.c \
	src/query/range.c \
	src/query/rank.c \
	src/query/rank.h \
	src/query/result.c \
	src/query/result_build.h
include src/query/expr/local.mk
