"""The verb protection: the record of processing and the impact assessment of an inquiry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from casetrail.cli.making import today
from casetrail.cli.options import InquiryFile, Json


def protection(
    file: InquiryFile,
    out: Annotated[
        Path | None, typer.Option("--out", help="A file that ends in .md or .html.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Write the record of processing and the impact assessment, as far as the inquiry and the code can say it.

    Reads and counts the sources, stores nothing, and asks what only people can answer.
    Example: [bold]casetrail protection inquiry.toml --out protection.html[/]
    """
    from casetrail import inquiry
    from casetrail.cli.saying import out as console
    from casetrail.cli.saying import print_json, watching
    from casetrail.errors import OutputError
    from casetrail.inquiry.protection import as_html, as_json, as_markdown, facts_of, protection_document
    from casetrail.inquiry.work_folder import write_whole

    if out is not None and out.suffix.lower() not in (".md", ".html"):
        raise OutputError(
            "The document is written as Markdown or HTML.",
            where=str(out),
            todo="Name a file that ends in .md or .html.",
            code="unknown_ending",
        )
    wanted = inquiry.parse(file, today=today())
    with watching(quiet=json or out is None) as seen:
        document = protection_document(facts_of(wanted, seen.rows), today=today())
    if out is not None:
        write_whole(out, as_html(document) if out.suffix.lower() == ".html" else as_markdown(document))
    if json:
        print_json(as_json(document))
    elif out is None:
        sys.stdout.write(as_markdown(document))
    else:
        console().print(
            f"Written: {out}. {document.open_questions} questions are for people to answer.", soft_wrap=True
        )
