/* landing */ typedef int weir_landing_floor;
