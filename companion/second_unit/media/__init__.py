"""Media files: probe them, prepare references, retime, find cuts. PyAV is imported here and below, never in Blender."""
