# Unit tests of src/model: one program a module, each listed in check_PROGRAMS and TESTS.
