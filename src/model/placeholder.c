/* model */ typedef int weir_model_floor;
