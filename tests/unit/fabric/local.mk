# Unit tests of src/fabric: one program a module, each listed in check_PROGRAMS and TESTS.
check_PROGRAMS += tests/unit/fabric/test_spark_places
TESTS += tests/unit/fabric/test_spark_places
tests_unit_fabric_test_spark_places_SOURCES = tests/unit/fabric/test_spark_places.c
tests_unit_fabric_test_spark_places_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fabric_test_spark_places_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/fabric/test_local
TESTS += tests/unit/fabric/test_local
tests_unit_fabric_test_local_SOURCES = tests/unit/fabric/test_local.c
tests_unit_fabric_test_local_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fabric_test_local_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/fabric/test_engine_property
TESTS += tests/unit/fabric/test_engine_property
tests_unit_fabric_test_engine_property_SOURCES = tests/unit/fabric/test_engine_property.c tests/unit/fabric/engine_model.c \
	tests/unit/fabric/engine_check.c tests/unit/fabric/engine.h $(property_sources)
tests_unit_fabric_test_engine_property_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fabric_test_engine_property_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/fabric/test_own_results
TESTS += tests/unit/fabric/test_own_results
tests_unit_fabric_test_own_results_SOURCES = tests/unit/fabric/test_own_results.c
tests_unit_fabric_test_own_results_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fabric_test_own_results_LDADD = $(UNIT_LDADD)
check_PROGRAMS += tests/unit/fabric/test_spark_command
TESTS += tests/unit/fabric/test_spark_command
tests_unit_fabric_test_spark_command_SOURCES = tests/unit/fabric/test_spark_command.c
tests_unit_fabric_test_spark_command_CFLAGS = $(UNIT_CFLAGS)
tests_unit_fabric_test_spark_command_LDADD = $(UNIT_LDADD)
