"""Statistical primitives shared by the rooms: arrays in, frozen values out, no words of the field."""
