"""The numbered cases of faults and abuse that the tests named ``test_case_<number>_…`` prove.

1-24 transport, 25-37 limits and access, 38-61 contents of answers, 62-81 change, state and time,
82-90 guards, 91-113 publishing and files, 114-124 hostile text, 125-133 names and paths,
134-158 secrets and operations. A number is never given anew.
"""

ALL = range(1, 159)

NOT_APPLICABLE = {
    122: "formulas in spreadsheets: no exporter writes CSV; google-stores.tsv is read by a machine",
}
"""Number to the reason why there is nothing to prove."""
