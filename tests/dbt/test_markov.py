"""The Markov chain of the channels, solved in SQL, against numpy, a simulation and by hand."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from compiled_models import CompiledModels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MODELS = ("attribution_transitions", "channel_removal_effects")
MAX_CHANNELS = 12
CHANNELS = tuple(f"channel_{number:02}" for number in range(MAX_CHANNELS))
MONTH = date(2025, 6, 1)
INPUTS = {
    "intermediate.attribution_journeys": """tenant_id varchar, subject_kind varchar,
        journey_id varchar, channel varchar, outcome varchar, step bigint, steps bigint,
        outcome_date date""",
    "intermediate.period_months": """tenant_id varchar, period varchar, period_start date,
        month_start date, is_finished boolean""",
}
Journey = tuple[tuple[str, ...], bool]

journeys = st.lists(
    st.tuples(
        st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=8).map(tuple), st.booleans()
    ),
    min_size=1,
    max_size=40,
)


def solved(
    attribution: CompiledModels, agencies: Sequence[Sequence[Journey]]
) -> list[dict[str, tuple[float, float | None]]]:
    """Probability of conversion and removal effect by channel, for each agency."""
    steps = [
        (str(agency), "candidate", str(number), channel, outcome, step, len(channels), MONTH)
        for agency, travelled in enumerate(agencies)
        for number, (channels, converted) in enumerate(travelled)
        for outcome in ["conversion" if converted else "null"]
        for step, channel in enumerate(channels, start=1)
    ]
    periods = [(str(agency), "all", MONTH, MONTH, True) for agency in range(len(agencies))]
    tables = dict(zip(INPUTS, (steps, periods), strict=True))
    connection = attribution.run(
        {table: (INPUTS[table], rows) for table, rows in tables.items()}, *MODELS
    )
    found: list[dict[str, tuple[float, float | None]]] = [{} for _ in agencies]
    for agency, channel, probability, effect in connection.execute(
        "select tenant_id, channel, conversion_probability, removal_effect"
        " from intermediate.channel_removal_effects"
    ).fetchall():
        found[int(agency)][channel] = (probability, effect)
    return found


def chain(travelled: Sequence[Journey]) -> tuple[list[str], np.ndarray]:
    """States (start, channels, conversion, null) and the matrix of their transitions."""
    moves: Counter[tuple[str, str]] = Counter()
    for channels, converted in travelled:
        collapsed = [
            c for c, before in zip(channels, (None, *channels), strict=False) if c != before
        ]
        moves.update(pairwise(["start", *collapsed, "conversion" if converted else "null"]))
    seen = sorted({state for move in moves for state in move} - {"start", "conversion", "null"})
    states = ["start", *seen, "conversion", "null"]
    matrix = np.zeros((len(states), len(states)))
    for (here, there), count in moves.items():
        matrix[states.index(here), states.index(there)] = count
    matrix[-2:, :] = np.eye(len(states))[-2:]
    return states, matrix / matrix.sum(axis=1, keepdims=True)


def conversion_probability(matrix: np.ndarray) -> float:
    """P(conversion from start): the transient states solved as a linear system."""
    inner = matrix[:-2, :-2]
    return float(np.linalg.solve(np.eye(len(inner)) - inner, matrix[:-2, -2])[0])


def without(matrix: np.ndarray, state: int) -> np.ndarray:
    """The chain in which a state has become null."""
    removed = matrix.copy()
    removed[state] = np.eye(len(matrix))[-1]
    return removed


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(agencies=st.lists(journeys, min_size=1, max_size=12))
def test_the_swept_matrix_equals_numpy_and_agencies_do_not_mix(
    attribution: CompiledModels, agencies: list[list[Journey]]
) -> None:
    for travelled, found in zip(agencies, solved(attribution, agencies), strict=True):
        states, matrix = chain(travelled)
        probability = conversion_probability(matrix)
        assert set(found) == set(states[1:-2])
        for channel, (chance, effect) in found.items():
            assert chance == pytest.approx(probability, abs=1e-12)
            if not any(converted for _, converted in travelled):
                assert effect is None
                continue
            rest = conversion_probability(without(matrix, states.index(channel)))
            assert effect == pytest.approx(1 - rest / probability, abs=1e-12)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow])
@given(travelled=journeys, lost=st.lists(st.sampled_from(CHANNELS[:2]), min_size=1).map(tuple))
def test_a_channel_on_no_converting_path_has_no_effect(
    attribution: CompiledModels, travelled: list[Journey], lost: tuple[str, ...]
) -> None:
    """Two channels that no path of the chain leads from to a conversion: exactly zero."""
    kept = [
        (tuple(channel for channel in channels if channel not in CHANNELS[:2]), converted)
        for channels, converted in travelled
    ]
    agency = [*((c, converted) for c, converted in kept if c), (CHANNELS[5:6], True), (lost, False)]
    (found,) = solved(attribution, [agency])
    assert {found[channel][1] for channel in lost} == {0.0}
    assert all(effect is not None and effect >= 0 for _, effect in found.values())


def test_the_exact_solution_equals_a_long_simulation_within_its_error(
    attribution: CompiledModels,
) -> None:
    draw = np.random.default_rng(7)
    travelled = [
        (tuple(draw.choice(CHANNELS[:6], size=draw.integers(1, 7))), bool(draw.random() < 0.3))
        for _ in range(300)
    ]
    (found,) = solved(attribution, [travelled])
    states, matrix = chain(travelled)
    walks = 200_000
    for channel, (chance, effect) in found.items():
        removed = np.cumsum(without(matrix, states.index(channel)), axis=1)
        at = np.zeros(walks, dtype=int)
        while (inside := at < len(states) - 2).any():
            chances = draw.random(inside.sum())
            at[inside] = (removed[at[inside]] < chances[:, None]).sum(axis=1)
        share = (at == len(states) - 2).mean()
        error = np.sqrt(share * (1 - share) / walks) / chance
        assert effect is not None
        assert abs(effect - (1 - share / chance)) < 4.5 * error


def test_a_chain_as_long_as_the_matrix_is_wide_is_solved(attribution: CompiledModels) -> None:
    """One path through every channel: removing any of them loses everything."""
    (found,) = solved(attribution, [[(CHANNELS, True), (CHANNELS, False)]])
    assert len(found) == MAX_CHANNELS
    assert {effect for _, effect in found.values()} == {1.0}
