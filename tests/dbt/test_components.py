"""The macro that names connected components agrees with union-find on any graph."""

import re
from functools import cache
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"
Edges = list[tuple[str, str]]

nodes = st.integers(0, 40).map(lambda number: f"n{number * 37 % 41:02d}")
graphs = st.lists(st.tuples(nodes, nodes).filter(lambda edge: edge[0] != edge[1]), max_size=60)


class _Adapter:
    """Dispatches as dbt does, to DuckDB's implementation."""

    def __init__(self, macros: dict[str, object]) -> None:
        self.macros = macros

    def dispatch(self, name: str) -> object:
        """The implementation for DuckDB."""
        return self.macros[f"duckdb__{name}"]


@cache
def _macros() -> dict[str, object]:
    macros: dict[str, object] = {}
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.globals["adapter"] = _Adapter(macros)
    for name in ("components.sql", "referral_trees.sql"):
        text = re.sub(r"\{#.*?#\}", "", (MACROS / name).read_text(), flags=re.DOTALL)
        module = environment.from_string(text, globals=macros).module
        macros.update({key: value for key, value in vars(module).items() if key[0] != "_"})
    return macros


def _rendered(macro: str, *arguments: object) -> str:
    # Macros of one file call those of another through the shared globals.
    return str(_macros()[macro](*arguments))  # type: ignore[operator]


def components(edges: Edges, rounds: int = 7) -> dict[str, str]:
    """What the SQL says."""
    with duckdb.connect() as connection:
        connection.execute("create table graph (left_id varchar, right_id varchar)")
        if edges:
            connection.executemany("insert into graph values (?, ?)", edges)
        steps = _rendered("connected_components", "named", "edges", rounds)
        return dict(
            connection.execute(
                f"with edges as (select * from graph), {steps} select * from named"
            ).fetchall()
        )


def union_find(edges: Edges) -> dict[str, str]:
    """The smallest member of each node's component."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            node = parent[node]
        return node

    for left, right in edges:
        low, high = sorted((root(left), root(right)))
        parent[high] = low
    return {node: root(node) for node in parent}


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_components_are_those_of_union_find(edges: Edges) -> None:
    assert components(edges) == union_find(edges)


@settings(max_examples=25, deadline=None)
@given(graphs, st.randoms(use_true_random=False))
def test_order_repetition_and_direction_of_edges_change_nothing(
    edges: Edges, chance: object
) -> None:
    shuffled = [*edges, *edges[: len(edges) // 2]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert components([(right, left) for left, right in shuffled]) == components(edges)


def test_a_line_of_127_links_is_named_in_seven_rounds() -> None:
    line = [(f"n{number:03d}", f"n{number + 1:03d}") for number in range(127)]
    assert set(components(line).values()) == {"n000"}
    assert len(set(components([*line, ("n127", "n128")]).values())) > 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=24))
def test_cutting_the_latest_edge_of_each_circle_leaves_trees(arrivals: Edges) -> None:
    # Each node has one parent at most; the place in the list is the edge's age.
    parents: dict[int, tuple[int, int]] = {}
    for age, (node, parent) in enumerate(arrivals, 1):
        if node != parent:
            parents.setdefault(int(node), (int(parent), age))
    rows = [(f"n{node}", f"n{parent}", age) for node, (parent, age) in parents.items()]
    with duckdb.connect() as connection:
        connection.execute("create table came (node_id varchar, parent_id varchar, edge_rank int)")
        if rows:
            connection.executemany("insert into came values (?, ?, ?)", rows)
        cut = {
            rank
            for (rank,) in connection.execute(
                f"with {_rendered('cycle_edges', 'closing', 'came')} select edge_rank from closing"
            ).fetchall()
        }
        assert cut == _latest_of_circles(rows)
        connection.executemany(
            "delete from came where edge_rank = ?", [[0], *([rank] for rank in cut)]
        )
        found = {
            node: (root, depth)
            for node, root, depth in connection.execute(
                f"with {_rendered('tree_roots', 'roots', 'came')} select * from roots"
            ).fetchall()
        }
    kept = {node: parent for node, parent, age in rows if age not in cut}
    assert found == {node: _walk(kept, node) for node in kept}


def _latest_of_circles(rows: list[tuple[str, str, int]]) -> set[int]:
    onward = {node: (parent, age) for node, parent, age in rows}
    latest = set()
    for start in onward:
        ages: list[int] = []
        node = start
        while node in onward and len(ages) <= len(onward):
            node, age = onward[node]
            ages.append(age)
            if node == start:
                latest.add(max(ages))
                break
    return latest


def _walk(onward: dict[str, str], node: str) -> tuple[str, int]:
    depth = 0
    while node in onward:
        node, depth = onward[node], depth + 1
    return node, depth
