/* query */ typedef int weir_query_floor;
