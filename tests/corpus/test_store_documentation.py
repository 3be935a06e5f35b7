"""docs/store.md: every table, view and column has its line, and every query runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.corpus.build import small

PAGE = (Path(__file__).parents[2] / "docs" / "store.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    made = small(tmp_path_factory.mktemp("documented") / "s.duckdb")
    with made.writing() as connection:
        connection.execute(
            "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
            " decided_at, sceau_version) SELECT document, finding, label, '', 'accept', [label], '', 'A', false,"
            " TIMESTAMP '2026-01-01', '0' FROM findings LIMIT 1"
        )
        # The same clause at a second insurer.
        connection.execute("UPDATE documents SET insurer = 'Epsilon' WHERE name = 'contrat 1.pdf'")
    return made


def test_every_column_is_told_and_nothing_else(held):
    columns = {}
    for table, column in held.rows("SELECT table_name, column_name FROM information_schema.columns"):
        columns.setdefault(table, set()).add(column)
    columns["samples"] |= columns.pop("sample_findings")
    told = {}
    for part in re.split(r"\n(?=\*\*\w+\*\*)", PAGE)[1:]:
        table = re.match(r"\*\*(\w+)\*\*", part).group(1)
        rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
        told[table] = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == columns


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_query_finds_something(held, query):
    assert held.rows(query)


def test_the_program_in_python_runs(held, capsys):
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(program.replace("policies.duckdb", str(held.path)), "store.md", "exec"), {})
    assert "secrecy_waiver" in capsys.readouterr().out
