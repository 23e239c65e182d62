# Unit tests of src/session: one program a module, each listed in check_PROGRAMS and TESTS.
