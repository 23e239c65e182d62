/* buffer */ typedef int weir_buffer_floor;
