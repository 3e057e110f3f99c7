"""Why these lists cannot say how many: reason codes, each with its words and with what would help."""

from __future__ import annotations

from casetrail.figures import Refusal

_REASONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "too_few_lists": (
        "There are too few lists for this method, and one list alone says nothing of those who are not on it",
        ("another list of the same persons from an independent source",),
    ),
    "too_many_lists": (
        "More lists than this method can hold",
        ("merging lists that come from the same source",),
    ),
    "nobody": ("Nobody is on any list", ("lists of a longer period or a larger place",)),
    "empty_list": (
        "A list has nobody on it, so how often it finds a person cannot be known",
        ("leaving that list out",),
    ),
    "all_in_one_cell": (
        "All persons have one and the same pattern, so nothing tells the lists apart",
        ("lists of a longer period or a larger place", "lists that are not copies of each other"),
    ),
    "no_overlap": (
        "No person is on two lists, so nothing tells how many are on none",
        ("lists that are linked to each other", "a longer period or a larger place"),
    ),
    "disconnected": (
        "The lists fall into groups that share no person, so nothing ties one group to the other",
        ("leaving out the lists of the smaller group", "a list that overlaps with both groups"),
    ),
    "no_mle": (
        "The model has no maximum likelihood estimate on these counts: the number hidden runs off to nothing or to "
        "infinity",
        ("a simpler model", "more persons on two lists at once"),
    ),
    "not_identifiable": (
        "The counts do not determine the model: different numbers hidden fit them equally well",
        ("a simpler model", "one more list"),
    ),
    "not_converged": (
        "The chains of the sampler did not agree with each other",
        ("more sweeps", "another method whose assumption is shown to hold"),
    ),
    "mass_at_edge": (
        "The probability does not come to an end: it still stands at the largest number that was looked at",
        (
            "more persons on two lists at once",
            "one more list",
            "a number that is known not to be exceeded, such as all inhabitants",
        ),
    ),
    "too_few_strata": (
        "How strata differ cannot be learnt from so few",
        ("strata of a finer kind", "the estimates of each stratum alone"),
    ),
    "all_borrowed": (
        "Nearly all that is known of the hidden number here is borrowed from other strata",
        ("a longer period", "joining this stratum to one like it"),
    ),
    "no_repeats": (
        "Nobody was recorded twice, so nothing tells how many were never recorded",
        ("a longer period",),
    ),
    "too_few_repeats": (
        "Too few persons were recorded more than once for an estimate",
        ("a longer period", "a larger place"),
    ),
    "not_by_chance": (
        "How many persons were recorded two, three, four times and so on is no mixture of chance records, whatever the "
        "rates of persons",
        (
            "looking for records that were keyed more than once, come in bundles, or stop at a number",
            "counts of incidents instead of records",
        ),
    ),
}


def refuse(reason: str, detail: str = "") -> Refusal:
    """A refusal of this code; `detail` (numbers or names of lists, never of persons) is added in brackets.

    Raises: KeyError for a code that is not in the table.
    """
    said, helps = _REASONS[reason]
    return Refusal(reason, f"{said}{f' ({detail})' if detail else ''}.", helps)
