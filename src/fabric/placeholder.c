/* fabric */ typedef int weir_fabric_floor;
