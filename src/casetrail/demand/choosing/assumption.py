"""What has to be assumed of the lists, chosen by whoever asks, and the sentences that go with every answer."""

from __future__ import annotations

from enum import StrEnum


class Assumption(StrEnum):
    """What is taken to be absent. The data cannot say whether it is: whoever asks has to choose, and has to say why."""

    INDEPENDENT = "independent"
    TWO_WAY = "two-way"
    NO_HIGHEST = "no-highest"

    @property
    def sentence(self) -> str:
        """The assumption in plain words."""
        return _SENTENCES[self]

    def order(self, k: int) -> int:
        """How many lists a term of the model may have, for k lists."""
        highest = max(k - 1, 1)
        return {Assumption.INDEPENDENT: 1, Assumption.TWO_WAY: min(2, highest), Assumption.NO_HIGHEST: highest}[self]


_SENTENCES = {
    Assumption.INDEPENDENT: (
        "Assumed: being on one list makes it neither more nor less likely to be on any other, and all persons are "
        "equally likely to be found by a list."
    ),
    Assumption.TWO_WAY: (
        "Assumed: two lists may attract or avoid the same persons, but how much they do so does not depend on any "
        "third list."
    ),
    Assumption.NO_HIGHEST: (
        "Assumed: any of the lists may depend on each other in any way, except that there is no dependence of all "
        "of them at once."
    ),
}

REACHABLE = (
    "Only persons who could have got on to at least one of these lists can be counted. Whoever had no chance of being "
    "on any of them is in no figure here, however large it is."
)

# J. Whitehead, J. Jackson, A. Balch and B. Francis, Journal of Human Trafficking, online 2019 (7 (2021) 1-13);
# O. Binette and R. C. Steorts, 2022; S. Aleshin-Guendel, M. Sadinle and J. Wakefield, 2024.
CRITICS = (
    "Whitehead, Jackson, Balch and Francis (2019) hold that the method is not fit for numbers of this kind: when its "
    "assumptions hold, choosing terms by significance makes estimates look more sure than they are, and when they do "
    "not hold it is unsound.",
    "Binette and Steorts (2022) show on lists whose size is known how far such estimates can be out, and ask that the "
    "way an estimate changes from model to model be shown.",
    "Aleshin-Guendel, Sadinle and Wakefield (2024) show that models which fit the observed lists equally well can give "
    "any number hidden: the assumption that ties the two together cannot be tested by the data.",
)

NOT_TESTED = (
    "A dependence of all lists at once leaves no trace in the lists themselves. No test, and no warning here, can see "
    "it."
)


def always_said(assumption: Assumption) -> tuple[str, ...]:
    """The sentences that stand beside every answer, in the order in which they are to be shown."""
    return (assumption.sentence, REACHABLE, NOT_TESTED, *CRITICS)
