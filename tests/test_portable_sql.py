"""Models keep to SQL that DuckDB and Spark read alike. Engine-specific SQL lives in macros."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1] / "dbt_project"
MODELS = sorted([*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("tests/**/*.sql")])

# Construct -> what Spark 3.5 or 4.x or DuckDB makes of it.
FORBIDDEN: dict[str, str] = {
    r"\bqualify\b": "qualify does not parse on Spark 3.5: use row_number in a subquery",
    r"::": "x::type does not parse on Spark 3.5: use cast",
    r"\bexclude\s*\(|\*\s+(exclude|except|replace)\b": "star exclusion does not parse everywhere",
    r"//": "integer division does not parse on Spark 3.5",
    r"->": "arrow operators (JSON, lambda) belong into macros",
    r"\bstrftime\b|\bdate_format\b": "date formatting differs: use a macro",
    r"\barg_(max|min)\b": "use max_by and min_by",
    r"\b(string_agg|listagg|group_concat)\b": "string aggregation differs",
    r"\basof\s+join\b|\b(semi|anti)\s+join\b": "not on every engine",
    r"\brecursive\b": "Spark 3.5 has no recursion: unroll",
    r"\b(unnest|explode|posexplode)\s*\(": "exploding arrays is a macro",
    r"\b(date_diff|datediff)\s*\(": "counts boundaries: use days_between or hours_between",
    r"\bregexp_(replace|matches)\s*\(": "replaces the first match on DuckDB, all on Spark",
    r"\bsplit\s*\(": "separator is literal on DuckDB, a pattern on Spark: use split_part",
    r"\bconcat\s*\(": "null handling differs: use ||",
    r"\bextract\s*\(\s*dow\b": "Sunday is 0 on DuckDB, 1 on Spark",
    r"\bvarchar\b(?!\s*\()": "bare varchar fails on Spark: use string",
    r"\bgenerate_series\b|\bpivot\b": "not portable",
    r"[\[{]": "list and struct literals do not parse on Spark",
    r'"': "double-quoted identifiers do not parse on Spark",
    r"`": "backticks do not parse on DuckDB",
    r",\s*(from\b|where\b|\)|group\s+by\b|having\b)": "trailing comma",
}
LITERAL = re.compile(r"'(?:[^']|'')*'")


def statement(path: Path) -> str:
    """The SQL of a file without comments and Jinja; an expression becomes ``jinja``."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", " jinja ", text, flags=re.DOTALL)
    return re.sub(r"--[^\n]*", " ", text)


def sort_keys(sql: str) -> Iterator[str]:
    """Each key of each ``order by``."""
    for match in re.finditer(r"\border\s+by\b", sql, re.IGNORECASE):
        depth, key = 0, ""
        for character in sql[match.end() :]:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth < 0:
                break
            if character == "," and depth == 0:
                yield key
                key = ""
            else:
                key += character
        yield re.split(r"\b(?:rows|range)\s+between\b", key)[0]


def faults(path: Path) -> list[str]:
    """What is not portable in a file."""
    sql = statement(path)
    literals = LITERAL.findall(sql)
    bare = LITERAL.sub("''", sql).replace("''", " literal ")
    found = [why for pattern, why in FORBIDDEN.items() if re.search(pattern, bare, re.IGNORECASE)]
    if "\\" in sql:
        found.append("a backslash means something else on each engine")
    if any("''" in literal[1:-1] for literal in literals):
        found.append("a doubled quote in a literal is lost on Spark 3.5")
    for key in sort_keys(bare):
        if not re.search(r"\bnulls\s+(first|last)\s*$", key.strip(), re.IGNORECASE):
            found.append(f"order by without nulls last: {' '.join(key.split())[:60]}")
    return found


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_holds_no_engine_specific_sql(path: Path) -> None:
    assert faults(path) == []


def test_the_search_finds_what_it_forbids(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sql"
    bad.write_text("select x::int, 'O''Neil' as \"n\", [1] from t order by x desc")
    assert len(faults(bad)) == 5
