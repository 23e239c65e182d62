# Unit tests of src/fabric: one program a module, each listed in check_PROGRAMS and TESTS.
