"""Ways out: the picture in the forms that other programs read. Pure encoders; nothing here sends anything."""
