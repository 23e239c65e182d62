# Unit tests of src/source: one program a module, each listed in check_PROGRAMS and TESTS.
source_tests = tests/unit/source/test_table tests/unit/source/test_file tests/unit/source/test_packed tests/unit/source/test_demo tests/unit/source/test_recode tests/unit/source/test_partitioned tests/unit/source/test_position tests/unit/source/test_peer tests/unit/source/test_listen
check_PROGRAMS += $(source_tests)
TESTS += $(source_tests)
tests_unit_source_test_table_SOURCES = tests/unit/source/test_table.c tests/unit/source/reading.h
tests_unit_source_test_table_LDADD = $(UNIT_LDADD)
tests_unit_source_test_table_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_file_SOURCES = tests/unit/source/test_file.c tests/unit/source/reading.h
tests_unit_source_test_file_LDADD = $(UNIT_LDADD)
tests_unit_source_test_file_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_packed_SOURCES = tests/unit/source/test_packed.c tests/unit/source/reading.h
tests_unit_source_test_packed_LDADD = $(UNIT_LDADD)
tests_unit_source_test_packed_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_demo_SOURCES = tests/unit/source/test_demo.c tests/unit/source/reading.h
tests_unit_source_test_demo_LDADD = $(UNIT_LDADD)
tests_unit_source_test_demo_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_recode_SOURCES = tests/unit/source/test_recode.c
tests_unit_source_test_recode_LDADD = $(UNIT_LDADD)
tests_unit_source_test_recode_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_partitioned_SOURCES = tests/unit/source/test_partitioned.c tests/unit/source/reading.h
tests_unit_source_test_partitioned_LDADD = $(UNIT_LDADD)
tests_unit_source_test_partitioned_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_position_SOURCES = tests/unit/source/test_position.c tests/unit/source/reading.h
tests_unit_source_test_position_LDADD = $(UNIT_LDADD)
tests_unit_source_test_position_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_peer_SOURCES = tests/unit/source/test_peer.c tests/unit/source/reading.h
tests_unit_source_test_peer_LDADD = $(UNIT_LDADD)
tests_unit_source_test_peer_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_listen_SOURCES = tests/unit/source/test_listen.c tests/unit/source/reading.h
tests_unit_source_test_listen_LDADD = $(UNIT_LDADD)
tests_unit_source_test_listen_CFLAGS = $(UNIT_CFLAGS)
if WITH_CURL
check_PROGRAMS += tests/unit/source/test_http
TESTS += tests/unit/source/test_http
tests_unit_source_test_http_SOURCES = tests/unit/source/test_http.c tests/unit/source/reading.h
tests_unit_source_test_http_LDADD = $(UNIT_LDADD)
tests_unit_source_test_http_CFLAGS = $(UNIT_CFLAGS) $(CURL_CFLAGS)
check_PROGRAMS += tests/unit/source/test_kinesis
TESTS += tests/unit/source/test_kinesis
tests_unit_source_test_kinesis_SOURCES = tests/unit/source/test_kinesis.c tests/unit/source/kinesis_service.h tests/unit/source/reading.h
tests_unit_source_test_kinesis_LDADD = $(UNIT_LDADD)
tests_unit_source_test_kinesis_CFLAGS = $(UNIT_CFLAGS) $(CURL_CFLAGS)
check_PROGRAMS += tests/unit/source/test_kinesis_login
TESTS += tests/unit/source/test_kinesis_login
tests_unit_source_test_kinesis_login_SOURCES = tests/unit/source/test_kinesis_login.c tests/unit/source/kinesis_service.h tests/unit/source/reading.h
tests_unit_source_test_kinesis_login_LDADD = $(UNIT_LDADD)
tests_unit_source_test_kinesis_login_CFLAGS = $(UNIT_CFLAGS) $(CURL_CFLAGS)
endif
check_PROGRAMS += tests/unit/source/test_away
TESTS += tests/unit/source/test_away
tests_unit_source_test_away_SOURCES = tests/unit/source/test_away.c
tests_unit_source_test_away_LDADD = $(UNIT_LDADD)
tests_unit_source_test_away_CFLAGS = $(UNIT_CFLAGS)
check_PROGRAMS += tests/unit/source/test_jms
TESTS += tests/unit/source/test_jms
tests_unit_source_test_jms_SOURCES = tests/unit/source/test_jms.c tests/unit/source/reading.h
tests_unit_source_test_jms_LDADD = $(UNIT_LDADD)
tests_unit_source_test_jms_CFLAGS = $(UNIT_CFLAGS)
if WITH_KAFKA
check_PROGRAMS += tests/unit/source/test_kafka
TESTS += tests/unit/source/test_kafka
tests_unit_source_test_kafka_SOURCES = tests/unit/source/test_kafka.c tests/unit/source/reading.h
tests_unit_source_test_kafka_LDADD = $(UNIT_LDADD)
tests_unit_source_test_kafka_CFLAGS = $(UNIT_CFLAGS)
check_PROGRAMS += tests/unit/source/test_kafka_doubt
TESTS += tests/unit/source/test_kafka_doubt
tests_unit_source_test_kafka_doubt_SOURCES = tests/unit/source/test_kafka_doubt.c
tests_unit_source_test_kafka_doubt_LDADD = $(UNIT_LDADD)
tests_unit_source_test_kafka_doubt_CFLAGS = $(UNIT_CFLAGS) 
check_PROGRAMS += tests/unit/source/test_continued_kafka
TESTS += tests/unit/source/test_continued_kafka
tests_unit_source_test_continued_kafka_SOURCES = tests/unit/source/test_continued_kafka.c tests/unit/capture/blocks.h
tests_unit_source_test_continued_kafka_LDADD = $(UNIT_LDADD)
tests_unit_source_test_continued_kafka_CFLAGS = $(UNIT_CFLAGS)
endif

check_PROGRAMS += tests/unit/source/test_replay
TESTS += tests/unit/source/test_replay
tests_unit_source_test_replay_SOURCES = tests/unit/source/test_replay.c tests/unit/source/replaying.h tests/unit/capture/blocks.h
tests_unit_source_test_replay_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_replay_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/source/test_replay_damage
TESTS += tests/unit/source/test_replay_damage
tests_unit_source_test_replay_damage_SOURCES = tests/unit/source/test_replay_damage.c tests/unit/source/replaying.h tests/unit/capture/blocks.h
tests_unit_source_test_replay_damage_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_replay_damage_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/source/test_leaves
TESTS += tests/unit/source/test_leaves
tests_unit_source_test_leaves_SOURCES = tests/unit/source/test_leaves.c
tests_unit_source_test_leaves_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_leaves_LDADD = $(UNIT_LDADD)
if WITH_SQLITE
check_PROGRAMS += tests/unit/source/test_pushdown
TESTS += tests/unit/source/test_pushdown
tests_unit_source_test_pushdown_SOURCES = tests/unit/source/test_pushdown.c tests/unit/source/hard_table.h
tests_unit_source_test_pushdown_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_pushdown_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/source/test_grouping
TESTS += tests/unit/source/test_grouping
tests_unit_source_test_grouping_SOURCES = tests/unit/source/test_grouping.c tests/unit/source/hard_table.h
tests_unit_source_test_grouping_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_grouping_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/source/test_sqlite
TESTS += tests/unit/source/test_sqlite
tests_unit_source_test_sqlite_SOURCES = tests/unit/source/test_sqlite.c
tests_unit_source_test_sqlite_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_sqlite_LDADD = $(UNIT_LDADD)
endif
if WITH_MYSQL
check_PROGRAMS += tests/unit/source/test_gaps
TESTS += tests/unit/source/test_gaps
tests_unit_source_test_gaps_SOURCES = tests/unit/source/test_gaps.c
tests_unit_source_test_gaps_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_gaps_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/source/test_mysql
TESTS += tests/unit/source/test_mysql
tests_unit_source_test_mysql_SOURCES = tests/unit/source/test_mysql.c tests/unit/source/reading.h
tests_unit_source_test_mysql_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_mysql_LDADD = $(UNIT_LDADD)
endif
if WITH_POSTGRESQL
check_PROGRAMS += tests/unit/source/test_postgresql
TESTS += tests/unit/source/test_postgresql
tests_unit_source_test_postgresql_SOURCES = tests/unit/source/test_postgresql.c tests/unit/source/reading.h
tests_unit_source_test_postgresql_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_postgresql_LDADD = $(UNIT_LDADD)
endif
if WITH_KUDU
check_PROGRAMS += tests/unit/source/test_kudu
TESTS += tests/unit/source/test_kudu
tests_unit_source_test_kudu_SOURCES = tests/unit/source/test_kudu.c
tests_unit_source_test_kudu_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_kudu_LDADD = $(UNIT_LDADD)
endif

if WITH_MONGODB
check_PROGRAMS += tests/unit/source/test_mongodb
TESTS += tests/unit/source/test_mongodb
tests_unit_source_test_mongodb_SOURCES = tests/unit/source/test_mongodb.c
tests_unit_source_test_mongodb_CFLAGS = $(UNIT_CFLAGS)
tests_unit_source_test_mongodb_LDADD = $(UNIT_LDADD)
endif
