# Unit tests of src/codec: one program a module, each listed in check_PROGRAMS and TESTS.
