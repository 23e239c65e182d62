/* codec */ typedef int weir_codec_floor;
