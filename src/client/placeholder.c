/* client */ typedef int weir_client_floor;
