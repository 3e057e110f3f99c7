"""How a method did where the truth is known: one line, to stand beside a result on any page."""

from __future__ import annotations

from casetrail.stats.scores import Scored, score


def scored(method: str, page: str = "compare") -> str:
    """One line on how a method did on made-up worlds, failing cells by name, or that it is not scored as installed."""
    see = f"see docs/{page}.md and bench/truth/studies.md"
    try:
        found = score(method)
    except KeyError:
        return f"This method is not scored on made-up worlds for the code as installed; {see}."
    if not isinstance(found, Scored):
        return f"Not scored on made-up worlds: {found.why}; {see}."
    failing = "; ".join(f"{s.name.replace('_', ' ')} in the world '{s.world}'" for s in found.failing[:4])
    return (
        f"On made-up worlds where the truth is known ({found.says}) it {found.verdict}"
        f"{f' ({failing})' if failing else ''}; {see}."
    )
