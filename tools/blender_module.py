"""
Blender's command line on the bpy module, as far as ``blender -b edit.blend -c second_unit …`` needs it.

Where only the module is installed, ``BLENDER="python -m tools.blender_module"`` takes the executable's place.
"""

from __future__ import annotations

import os
import sys


def main(arguments: list[str]) -> int:
    """Open the .blend files that come before ``-c``, then carry the command out; return its exit code."""
    import bpy

    import addon
    from addon import command

    at = next(place for place, word in enumerate(arguments) if word in {"-c", "--command"})
    if arguments[at + 1] != command.NAME:
        print(f"Unrecognized command: {arguments[at + 1]}", file=sys.stderr)
        return 1
    addon.register()
    try:
        for word in arguments[:at]:
            if word == "--online-mode":
                bpy.context.preferences.system.use_online_access = True
            elif not word.startswith("-"):
                bpy.ops.wm.open_mainfile(filepath=os.path.abspath(word))  # noqa: PTH100  Blender doesn't follow links
        return command.run(arguments[at + 2 :])
    finally:
        addon.unregister()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # Blender 4.5's module waits for its sound thread on the way out
