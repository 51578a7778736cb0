import json

from syndicator.summary import Files, Jobs, Summary, TargetSummary, as_json, lines


def summary() -> Summary:
    return Summary(
        output="output",
        targets=[
            TargetSummary(target="location DEX-GENT", listings=1234, added=2, price_changed=1),
            TargetSummary(target="dealer x", listings=7),
            TargetSummary(target="dealer y", listings=9, state="held", reason="gone at once"),
        ],
        files=Files(written=12, removed=3, unchanged=4000),
        jobs=Jobs(run=5, fresh=10, failed=1),
        left_out={"meta": {"no photo": 2, "no price": 1}},
        failures=["atom of gent: ValueError: odd"],
        photos_missing=4,
        requests=9,
        exit_code=4,
    )


def test_people_read_one_line_a_target_and_what_was_left_out() -> None:
    assert list(lines(summary())) == [
        "location DEX-GENT   1 234 listings, 2 new, 1 price changed",
        "dealer x                7 listings, nothing changed",
        "dealer y                9 listings, HELD: gone at once; what was not seen to go was kept",
        "meta: left out 3 (no photo: 2, no price: 1)",
        "failed: atom of gent: ValueError: odd",
        "photos: 4 not fetched; asked for again next time",
        "files: 12 written, 3 removed, 4 000 unchanged in output",
        "jobs: 5 run, 10 fresh, 1 failed; requests: 9",
    ]


def test_programs_read_one_object_that_says_whether_anything_changed() -> None:
    facts = json.loads(as_json(summary()))
    assert facts["changed"] is True
    assert facts["exit_code"] == 4
    assert facts["targets"][0]["added"] == 2
    assert json.loads(as_json(Summary(output="output")))["changed"] is False


def test_a_dry_run_says_would() -> None:
    told = list(lines(Summary(output="output", dry_run=True, files=Files(written=1))))
    assert told[0] == "files: 1 would be written, 0 removed, 0 unchanged in output"
