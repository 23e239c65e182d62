/* tui */ typedef int weir_tui_floor;
