# Unit tests of src/client: one program a module, each listed in check_PROGRAMS and TESTS.

check_PROGRAMS += tests/unit/client/test_secret
TESTS += tests/unit/client/test_secret
tests_unit_client_test_secret_SOURCES = tests/unit/client/test_secret.c
tests_unit_client_test_secret_CFLAGS = $(UNIT_CFLAGS)
tests_unit_client_test_secret_LDADD = $(UNIT_LDADD)

EXTRA_DIST += tests/unit/client/fake_registry.h
check_PROGRAMS += tests/unit/client/test_registry
TESTS += tests/unit/client/test_registry
tests_unit_client_test_registry_SOURCES = tests/unit/client/test_registry.c
tests_unit_client_test_registry_CFLAGS = $(UNIT_CFLAGS)
tests_unit_client_test_registry_LDADD = $(UNIT_LDADD)

if WITH_CURL
check_PROGRAMS += tests/unit/client/test_solr
TESTS += tests/unit/client/test_solr
tests_unit_client_test_solr_SOURCES = tests/unit/client/test_solr.c
tests_unit_client_test_solr_CFLAGS = $(UNIT_CFLAGS)
tests_unit_client_test_solr_LDADD = $(UNIT_LDADD)
endif
if WITH_KUDU
check_PROGRAMS += tests/unit/client/test_kudu
TESTS += tests/unit/client/test_kudu
tests_unit_client_test_kudu_SOURCES = tests/unit/client/test_kudu.c
tests_unit_client_test_kudu_CFLAGS = $(UNIT_CFLAGS)
tests_unit_client_test_kudu_LDADD = $(UNIT_LDADD)
endif

if WITH_KAFKA
check_PROGRAMS += tests/unit/client/test_kafka_reason
TESTS += tests/unit/client/test_kafka_reason
tests_unit_client_test_kafka_reason_SOURCES = tests/unit/client/test_kafka_reason.c
tests_unit_client_test_kafka_reason_CFLAGS = $(UNIT_CFLAGS)
tests_unit_client_test_kafka_reason_LDADD = $(UNIT_LDADD)
endif

if WITH_MONGODB
check_PROGRAMS += tests/unit/client/test_mongodb
TESTS += tests/unit/client/test_mongodb
tests_unit_client_test_mongodb_SOURCES = tests/unit/client/test_mongodb.c
tests_unit_client_test_mongodb_CFLAGS = $(UNIT_CFLAGS)
tests_unit_client_test_mongodb_LDADD = $(UNIT_LDADD)
endif
