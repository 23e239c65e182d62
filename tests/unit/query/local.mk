# Unit tests of src/query: one program a module, each listed in check_PROGRAMS and TESTS.
