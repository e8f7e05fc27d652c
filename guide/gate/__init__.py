"""Between an editor and what readers see: every row that the guide shows changes only when a second person lets it."""
