# Unit tests of src/client: one program a module, each listed in check_PROGRAMS and TESTS.
