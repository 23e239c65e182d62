# Unit tests of src/base: one program a module, each listed in check_PROGRAMS and TESTS.
