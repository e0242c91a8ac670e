"""Values into Blender's strips: :mod:`.place_takes`, the only writer, and its parts."""
