/* source */ typedef int weir_source_floor;
