"""The census in XML to tables beside a bare visit of every element: `python bench/run.py --only returns`.

3,000 made-up children, each with a whole episode: referral, assessment, enquiry, conference, plan and its review.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from lxml import etree

from casetrail.records.returns import form
from casetrail.records.returns.tree import read_tree
from lines import Line

CHILDREN = 3_000
BAR = 4.0
CHILD = """<Child>
<ChildIdentifiers>
<LAchildID>{n}</LAchildID>
<UPN>A123456{n:06d}</UPN>
<PersonBirthDate>2015-03-{day:02d}</PersonBirthDate>
<Sex>F</Sex>
</ChildIdentifiers>
<ChildCharacteristics>
<Ethnicity>WBRI</Ethnicity>
<Disabilities>
<Disability>HAND</Disability>
<Disability>HEAR</Disability>
</Disabilities>
</ChildCharacteristics>
<CINdetails>
<CINreferralDate>2025-01-{day:02d}</CINreferralDate>
<ReferralSource>1A</ReferralSource>
<PrimaryNeedCode>N4</PrimaryNeedCode>
<CINclosureDate>2025-11-{day:02d}</CINclosureDate>
<ReasonForClosure>RC7</ReasonForClosure>
<Assessments>
<AssessmentActualStartDate>2025-02-{day:02d}</AssessmentActualStartDate>
<AssessmentAuthorisationDate>2025-03-{day:02d}</AssessmentAuthorisationDate>
<FactorsIdentifiedAtAssessment>
<AssessmentFactors>2B</AssessmentFactors>
<AssessmentFactors>3A</AssessmentFactors>
</FactorsIdentifiedAtAssessment>
</Assessments>
<CINPlanDates>
<CINPlanStartDate>2025-04-{day:02d}</CINPlanStartDate>
</CINPlanDates>
<Section47>
<S47ActualStartDate>2025-05-{day:02d}</S47ActualStartDate>
<DateOfInitialCPC>2025-05-{day:02d}</DateOfInitialCPC>
<ICPCnotRequired>0</ICPCnotRequired>
</Section47>
<ReferralNFA>0</ReferralNFA>
<ChildProtectionPlans>
<CPPstartDate>2025-06-{day:02d}</CPPstartDate>
<InitialCategoryOfAbuse>PHY</InitialCategoryOfAbuse>
<LatestCategoryOfAbuse>PHY</LatestCategoryOfAbuse>
<NumberOfPreviousCPP>0</NumberOfPreviousCPP>
<Reviews>
<CPPreviewDate>2025-09-{day:02d}</CPPreviewDate>
</Reviews>
</ChildProtectionPlans>
</CINdetails>
</Child>
"""


def write(path: Path, children: int) -> None:
    """A census of made-up children."""
    body = "".join(CHILD.format(n=n, day=n % 28 + 1) for n in range(children))
    path.write_text(f"<Message>\n<Children>\n{body}</Children>\n</Message>\n", encoding="utf-8")


def visit(path: Path) -> int:
    """Every element met and let go, and nothing done with it."""
    count = 0
    for _, element in etree.iterparse(str(path), events=("end",)):
        count += 1
        element.clear()
    return count


def least(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Wall and processor seconds of the fastest of several runs."""
    times = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(wall for wall, _ in times), min(processor for _, processor in times)


def lines(repeats: int) -> Iterator[Line]:
    """The one line of the group."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "census.xml")
        write(path, CHILDREN)
        about = form("cin-census")
        read_tree(path, about)
        theirs, ours = least(lambda: visit(path), repeats), least(lambda: read_tree(path, about), repeats)
        rows = sum(grid.rows_in for grid in read_tree(path, about).grids)
        yield Line(
            "returns",
            f"census in XML of {CHILDREN:,} children to tables",
            "a bare visit of every element",
            ours[0],
            theirs[0],
            "at most",
            BAR,
            ours[1] / theirs[1],
            f"{visit(path):,} elements, {rows:,} rows, every cell with its line",
        )
