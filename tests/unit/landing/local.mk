# Unit tests of src/landing: one program a module, each listed in check_PROGRAMS and TESTS.
