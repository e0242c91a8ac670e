"""Blender's strips into values: :mod:`.read_timeline`, the only reader, and its parts."""
