# Unit tests of src/landing: one program a module.
EXTRA_DIST += tests/unit/landing/rows.h

check_PROGRAMS += tests/unit/landing/test_aside
TESTS += tests/unit/landing/test_aside
tests_unit_landing_test_aside_SOURCES = tests/unit/landing/test_aside.c
tests_unit_landing_test_aside_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_aside_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/landing/test_files
TESTS += tests/unit/landing/test_files
tests_unit_landing_test_files_SOURCES = tests/unit/landing/test_files.c
tests_unit_landing_test_files_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_files_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/landing/test_queue
TESTS += tests/unit/landing/test_queue
tests_unit_landing_test_queue_SOURCES = tests/unit/landing/test_queue.c
tests_unit_landing_test_queue_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_queue_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/landing/test_retry
TESTS += tests/unit/landing/test_retry
tests_unit_landing_test_retry_SOURCES = tests/unit/landing/test_retry.c
tests_unit_landing_test_retry_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_retry_LDADD = $(UNIT_LDADD)

check_PROGRAMS += tests/unit/landing/test_spill
TESTS += tests/unit/landing/test_spill
tests_unit_landing_test_spill_SOURCES = tests/unit/landing/test_spill.c
tests_unit_landing_test_spill_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_spill_LDADD = $(UNIT_LDADD)

if WITH_SQLITE
check_PROGRAMS += tests/unit/landing/test_sqlite
TESTS += tests/unit/landing/test_sqlite
tests_unit_landing_test_sqlite_SOURCES = tests/unit/landing/test_sqlite.c
tests_unit_landing_test_sqlite_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_sqlite_LDADD = $(UNIT_LDADD)
endif

if WITH_KAFKA
check_PROGRAMS += tests/unit/landing/test_kafka
TESTS += tests/unit/landing/test_kafka
tests_unit_landing_test_kafka_SOURCES = tests/unit/landing/test_kafka.c
tests_unit_landing_test_kafka_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_kafka_LDADD = $(UNIT_LDADD)
endif

if WITH_MONGODB
check_PROGRAMS += tests/unit/landing/test_mongodb
TESTS += tests/unit/landing/test_mongodb
tests_unit_landing_test_mongodb_SOURCES = tests/unit/landing/test_mongodb.c
tests_unit_landing_test_mongodb_CFLAGS = $(UNIT_CFLAGS)
tests_unit_landing_test_mongodb_LDADD = $(UNIT_LDADD)
endif
