from syndicator.folders import Ways, above


def test_every_folder_above_a_path_is_told_innermost_first() -> None:
    assert list(above("a/b/c.html")) == ["a/b", "a"]
    assert list(above("c.html")) == []


def test_a_neighbour_needs_only_the_folders_that_it_does_not_share() -> None:
    ways = Ways()
    paths = ["a/b/1", "a/b/2", "a/c/1", "d/1", "1", "a/b/3"]
    assert [ways.new(path) for path in paths] == [
        ["a", "a/b"],
        [],
        ["a/c"],
        ["d"],
        [],
        ["a", "a/b"],
    ]
