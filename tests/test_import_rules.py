"""Who may import whom: the rules of the design, read from the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPANION = ROOT / "companion"
ADDON = ROOT / "addon"

# Each room, and a module that is a room of its own, imports only from those before it. The shot list stands after the
# prompts, for it looks names up in them.
ROOMS = (
    ("errors",),
    ("timing",),
    ("timeline",),
    ("shots", "camera", "fingerprints"),
    ("prompts",),
    ("shot_list",),
    ("catalog",),
    ("plan", "planning"),
    ("media",),
    ("animatic",),
    ("network",),
    ("hosting",),
    ("providers",),
    ("takes",),
    ("jobs",),
    ("otio",),
    ("batch",),
    ("rehearsal",),
    ("cli",),
    ("__main__",),
)

HEAVY = frozenset(
    {
        "av",
        "httpx",
        "httpcore",
        "numpy",
        "PIL",
        "obstore",
        "rich",
        "typer",
        "pydantic",
        "platformdirs",
        "keyring",
        "starlette",
        "uvicorn",
        "opentimelineio",
    }
)
# Pydantic is what values are made of; the rest decodes media or talks to the network.
HEAVY_FOR_BLENDER = HEAVY - {"pydantic", "platformdirs"}

# Who may touch strips: the reader, the writer, and the one place that finds the scene and the area they are in.
READER = {"read_timeline", "_read_strips", "edit_marks", "selected_strips"}
# The writer's parts: laying one pair and many, changing takes, laying two beside one another, mending after a new rate.
WRITER = {"place_takes", "lay_strips", "lay_many", "switch_takes", "compare_takes", "refit_takes", "continue_shot"}
WRITER |= {"placeholders", "lay_prompt", "replace_strip", "lay_sound"}
FINDER = {"sequencer"}
# The demo's own edit is laid in a new file, where there is no edit of anybody's to touch.
DEMO = {"demo_edit"}
# What is rendered is rendered in a Blender of its own, from a copy of the edit.
CHILD = {"playblast_job"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(nodes: Iterator[ast.AST], module: str, *, package: bool) -> Iterator[str]:
    """Yield the full names of what some nodes import; of ``from a import b`` both ``a`` and ``a.b``."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: len(module.split(".")) - node.level + (1 if package else 0)]
            base = ".".join([*above, *([node.module] if node.module else [])]) if node.level else node.module or ""
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def all_imports(path: Path, root: Path) -> set[str]:
    return set(imports(ast.walk(tree(path)), module_name(path, root), package=path.name == "__init__.py"))


def top_level(path: Path) -> Iterator[ast.AST]:
    """Yield what runs when a module is imported: not the bodies of functions, nor what is there for type checkers."""
    waiting: list[ast.AST] = list(tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def file_of(name: str) -> Path | None:
    """Return the file of one of our own modules."""
    root = COMPANION if name.split(".", maxsplit=1)[0] == "second_unit" else ROOT
    path = root.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def loaded_by(name: str) -> set[str]:
    """Return every module that importing one of ours loads, ours and others', by the top-level imports."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        path = file_of(one)
        if path is None:
            continue
        waiting.extend(".".join(one.split(".")[:end]) for end in range(1, one.count(".") + 1))
        waiting.extend(imports(top_level(path), one, package=path.name == "__init__.py"))
    return seen


def packages(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def room_of(module: str) -> str:
    """Return the room of a module of ours: ``media`` for ``second_unit.media.probe``."""
    return module.split(".")[1]


ranks = {name: rank for rank, room in enumerate(ROOMS) for name in room}
companion_files = [path for path in sources(COMPANION) if path != COMPANION / "second_unit" / "__init__.py"]
in_companion = pytest.mark.parametrize("path", companion_files, ids=lambda path: module_name(path, COMPANION))
in_addon = pytest.mark.parametrize("path", sources(ADDON), ids=lambda path: path.stem)


def test_importing_second_unit_loads_nothing_else() -> None:
    assert loaded_by("second_unit") == {"second_unit"}


@in_companion
def test_companion_never_imports_blender_or_the_addon(path: Path) -> None:
    assert set() == packages(all_imports(path, COMPANION)) & {"bpy", "addon", "bl_ext", "mathutils"}


@in_companion
def test_every_module_stands_in_a_room(path: Path) -> None:
    assert room_of(module_name(path, COMPANION)) in ranks


@in_companion
def test_imports_go_one_way(path: Path) -> None:
    own = ranks[room_of(module_name(path, COMPANION))]
    ours = {name for name in all_imports(path, COMPANION) if name.startswith("second_unit.") and file_of(name)}

    assert sorted(name for name in ours if ranks[room_of(name)] > own) == []


def services() -> set[str]:
    """The providers' own modules, as the registry names them."""
    registry = COMPANION / "second_unit" / "providers" / "registry.py"
    constants = {node.value for node in ast.walk(tree(registry)) if isinstance(node, ast.Constant)}
    return {
        value
        for value in constants
        if isinstance(value, str) and value.startswith("second_unit.providers.") and file_of(value)
    }


def test_the_registry_names_its_providers() -> None:
    assert {"second_unit.providers.animatic", "second_unit.providers.seedance"} <= services()


@pytest.mark.parametrize("service", sorted(services()))
def test_providers_never_import_one_another(service: str) -> None:
    path = file_of(service)
    assert path is not None
    own = sources(path.parent) if path.name == "__init__.py" else [path]
    others = services() - {service}
    named = {name for one in own for name in all_imports(one, COMPANION)}

    assert (
        sorted(name for name in named if any(name == other or name.startswith(f"{other}.") for other in others)) == []
    )


@in_addon
def test_only_the_reader_and_the_writer_touch_strips(path: Path) -> None:
    touched = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"sequence_editor", "sequences_all"}
    }

    assert path.stem in READER | WRITER | FINDER | DEMO | CHILD or touched == set()


@in_addon
def test_only_the_writer_makes_or_removes_strips(path: Path) -> None:
    made = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and (node.attr.endswith("_strip_add") or node.attr in {"new_movie", "new_sound", "new_image", "new_effect"})
    }

    assert path.stem in WRITER | DEMO or made == set()


@in_addon
def test_the_addon_imports_nothing_heavy_as_it_is_loaded(path: Path) -> None:
    own = module_name(path, ROOT)

    assert set() == packages(set(imports(top_level(path), own, package=path.name == "__init__.py"))) & HEAVY


def registered() -> list[str]:
    """The modules that register() imports."""
    for node in tree(ADDON / "__init__.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "MODULES":
            return [f"addon.{name}" for name in ast.literal_eval(node.value)]
    raise AssertionError("addon/__init__.py has no MODULES")


@pytest.mark.parametrize("module", ["addon", *registered()])
def test_registering_loads_nothing_heavy(module: str) -> None:
    assert set() == packages(loaded_by(module)) & HEAVY


@pytest.mark.parametrize(
    "module",
    [
        "addon.reading.read_timeline",
        "addon.placing.place_takes",
        "addon.crew",
        "second_unit.shot_list",
        "second_unit.planning",
        "second_unit.takes",
        "second_unit.jobs.enqueue",
        "second_unit.jobs.store",
        "second_unit.jobs.starting",
    ],
)
def test_what_blender_uses_loads_neither_codec_nor_client(module: str) -> None:
    assert file_of(module) is not None
    assert set() == packages(loaded_by(module)) & HEAVY_FOR_BLENDER


def test_the_rules_can_fail() -> None:
    """What these tests rest on sees an import when there is one: the worker does load a client, in the end."""
    assert "httpx" in packages(loaded_by("second_unit.network.client"))
    assert "bpy" in packages(all_imports(ADDON / "reading" / "read_timeline.py", ROOT))
    assert "second_unit.errors" in all_imports(COMPANION / "second_unit" / "timing.py", COMPANION)
