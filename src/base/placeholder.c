/* base */ typedef int weir_base_floor;
