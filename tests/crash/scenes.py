"""The builds that are disturbed: a small group's, from nothing, or when its stock has changed."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

from syndicator.simulator.stock import make_stock
from tests.world import Built, World

TARGETS = ("DEX-ANTWERPEN", "DEX-GENT", "DEX-LEUVEN")
SCENES = {
    "first": "the very first build",
    "change": "one car is sold, one is new, one is dearer",
    "dealer": "a third dealer joins two",
}
NEWCOMER = "5f0c7a52-6c0e-4a0b-8f53-0b6a4b0f7e99"

Tree = Mapping[str, str]
"""Path below ``output/`` to what is there: a digest, or a word for what is no file."""


class Ready(msgspec.Struct, frozen=True):
    """A world just before the build that is to be disturbed, and what is to come of it."""

    world: World
    kept: Path  # the folder as it is then
    old: Tree
    new: Tree
    rests: frozenset[str]  # what lies around after an undisturbed build
    operations: tuple[tuple[str, str], ...]  # all that it does to the disk: a word, and to what


def build(world: World, *targets: str) -> Built:
    """All feeds of three dealers, with so few cars on a list that there is a second page."""
    return world.build(*(targets or TARGETS), only=(), feeds={"showroom": {"per_page": 3}})


def world_of(scene: str, folder: Path) -> World:
    """The world of a scene, before its build."""
    world = World(folder, make_stock(3, 10, 4, photo_base="https://images.example"))
    if scene != "first":
        built = build(world, *(TARGETS[1:] if scene == "dealer" else TARGETS))
        assert built.code == 0, built.said
    if scene == "change":
        change(world)
    return world


def change(world: World) -> None:
    """One car is sold, one is dearer, and one comes by which its make has a page of its own."""
    cars = {world.stock.listing(each)["model"]: each for each in world.active(TARGETS[0])}
    hyundai = world.stock.listing(cars["i20"])
    now = hyundai["updatedAt"]
    world.change(cars["Discovery Sport"], status="sold")
    world.change(cars["i20"], price=12_345)
    world.stock.invent(NEWCOMER, hyundai["dealerProfileId"], int(world.watch.unix() * 1000))
    world.change(NEWCOMER, brand=hyundai["brand"], model="Kona", createdAt=now)


def restore(ready: Ready) -> None:
    """Put the world's folder back as it was before the build."""
    folder = ready.world.folder
    shutil.rmtree(folder)
    shutil.copytree(ready.kept, folder, symlinks=True)


def rests(world: World) -> frozenset[str]:
    """What lies around the output, but for what is in files that hold more than one thing."""
    return frozenset(
        path.relative_to(world.folder).as_posix()
        for path in world.folder.rglob("*")
        if not path.is_relative_to(world.output)
    )
