libquery_a_SOURCES += \
	src/query/expr/columns.c \
	src/query/expr/functions.c \
	src/query/expr/lex.c \
	src/query/expr/parse.c \
	src/query/expr/parse_lists.c \
	src/query/expr/parse_literal.c \
	src/query/expr/parse_operand.c \
	src/query/expr/parse_state.c \
	src/query/expr/spark.c \
	src/query/expr/spark_measure.c \
	src/query/view.c \
	src/query/view_columns.c \
	src/query/view_condition.c \
	src/query/view_window.c
