# Unit tests of src/source: one program a module, each listed in check_PROGRAMS and TESTS.
