"""A dry look names the form that `init --from` would read a file by."""

from __future__ import annotations

from typer.testing import CliRunner

from casetrail.cli.app import app


def test_the_form_of_a_local_extract_is_named(tmp_path):
    path = tmp_path / "police.csv"
    rows = [f"5{n},P{n},01/02/2024 10:0{n},emergency,01/02/2024 10:3{n},no further action" for n in range(9)]
    heads = "Log No,Their No,Time of call,How graded,First on scene,Result"
    path.write_text("\n".join([heads, *rows]) + "\n", encoding="utf-8", newline="\n")

    said = CliRunner().invoke(app, ["read", str(path)])

    assert said.exit_code == 0
    assert "'police-incidents'" in said.output
