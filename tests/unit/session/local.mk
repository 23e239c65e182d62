# Unit tests of src/session: one folder a room, one program a file.

check_PROGRAMS += tests/unit/session/options/test_options
TESTS += tests/unit/session/options/test_options
tests_unit_session_options_test_options_SOURCES = tests/unit/session/options/test_options.c
tests_unit_session_options_test_options_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_options_test_options_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/options/test_views
TESTS += tests/unit/session/options/test_views
tests_unit_session_options_test_views_SOURCES = tests/unit/session/options/test_views.c
tests_unit_session_options_test_views_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_options_test_views_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/options/test_command
TESTS += tests/unit/session/options/test_command
tests_unit_session_options_test_command_SOURCES = tests/unit/session/options/test_command.c
tests_unit_session_options_test_command_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_options_test_command_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/texts/test_table
TESTS += tests/unit/session/texts/test_table
tests_unit_session_texts_test_table_SOURCES = tests/unit/session/texts/test_table.c
tests_unit_session_texts_test_table_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_texts_test_table_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/stream/test_again
TESTS += tests/unit/session/stream/test_again
tests_unit_session_stream_test_again_SOURCES = tests/unit/session/stream/test_again.c
tests_unit_session_stream_test_again_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_stream_test_again_LDADD = $(UNIT_LDADD)
if WITH_KAFKA
check_PROGRAMS += tests/unit/session/stream/test_again_kafka
TESTS += tests/unit/session/stream/test_again_kafka
tests_unit_session_stream_test_again_kafka_SOURCES = tests/unit/session/stream/test_again_kafka.c
tests_unit_session_stream_test_again_kafka_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_stream_test_again_kafka_LDADD = $(UNIT_LDADD)
endif
check_PROGRAMS += tests/unit/session/stream/test_stream
TESTS += tests/unit/session/stream/test_stream
tests_unit_session_stream_test_stream_SOURCES = tests/unit/session/stream/test_stream.c
tests_unit_session_stream_test_stream_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_stream_test_stream_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/stream/test_typed
TESTS += tests/unit/session/stream/test_typed
tests_unit_session_stream_test_typed_SOURCES = tests/unit/session/stream/test_typed.c
tests_unit_session_stream_test_typed_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_stream_test_typed_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_session
TESTS += tests/unit/session/engine/test_session
tests_unit_session_engine_test_session_SOURCES = tests/unit/session/engine/test_session.c
tests_unit_session_engine_test_session_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_session_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_study
TESTS += tests/unit/session/engine/test_study
tests_unit_session_engine_test_study_SOURCES = tests/unit/session/engine/test_study.c
tests_unit_session_engine_test_study_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_study_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_first_question
TESTS += tests/unit/session/engine/test_first_question
tests_unit_session_engine_test_first_question_SOURCES = tests/unit/session/engine/test_first_question.c
tests_unit_session_engine_test_first_question_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_first_question_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_process_memory
TESTS += tests/unit/session/engine/test_process_memory
tests_unit_session_engine_test_process_memory_SOURCES = tests/unit/session/engine/test_process_memory.c
tests_unit_session_engine_test_process_memory_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_process_memory_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_memory
TESTS += tests/unit/session/engine/test_memory
tests_unit_session_engine_test_memory_SOURCES = tests/unit/session/engine/test_memory.c
tests_unit_session_engine_test_memory_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_memory_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_unsaid
TESTS += tests/unit/session/engine/test_unsaid
tests_unit_session_engine_test_unsaid_SOURCES = tests/unit/session/engine/test_unsaid.c
tests_unit_session_engine_test_unsaid_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_unsaid_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/batch/test_kept_rows
TESTS += tests/unit/session/batch/test_kept_rows
tests_unit_session_batch_test_kept_rows_SOURCES = tests/unit/session/batch/test_kept_rows.c
tests_unit_session_batch_test_kept_rows_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_batch_test_kept_rows_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/batch/test_batch
TESTS += tests/unit/session/batch/test_batch
tests_unit_session_batch_test_batch_SOURCES = tests/unit/session/batch/test_batch.c
tests_unit_session_batch_test_batch_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_batch_test_batch_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/batch/test_every_partitions
TESTS += tests/unit/session/batch/test_every_partitions
tests_unit_session_batch_test_every_partitions_SOURCES = tests/unit/session/batch/test_every_partitions.c
tests_unit_session_batch_test_every_partitions_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_batch_test_every_partitions_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/batch/test_every_property
TESTS += tests/unit/session/batch/test_every_property
tests_unit_session_batch_test_every_property_SOURCES = tests/unit/session/batch/test_every_property.c
tests_unit_session_batch_test_every_property_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_batch_test_every_property_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/themes/test_theme
TESTS += tests/unit/session/themes/test_theme
tests_unit_session_themes_test_theme_SOURCES = tests/unit/session/themes/test_theme.c
tests_unit_session_themes_test_theme_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_themes_test_theme_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/landings/test_landings
TESTS += tests/unit/session/landings/test_landings
tests_unit_session_landings_test_landings_SOURCES = tests/unit/session/landings/test_landings.c
tests_unit_session_landings_test_landings_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_landings_test_landings_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/engine/test_profile
TESTS += tests/unit/session/engine/test_profile
tests_unit_session_engine_test_profile_SOURCES = tests/unit/session/engine/test_profile.c
tests_unit_session_engine_test_profile_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_engine_test_profile_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/session/landings/test_results
TESTS += tests/unit/session/landings/test_results
tests_unit_session_landings_test_results_SOURCES = tests/unit/session/landings/test_results.c
tests_unit_session_landings_test_results_CFLAGS = $(UNIT_CFLAGS)
tests_unit_session_landings_test_results_LDADD = $(UNIT_LDADD)
