/* session */ typedef int weir_session_floor;
