"""People who answer the same survey twice: the later answer counts."""

from dataclasses import replace
from datetime import timedelta

from sandbox.agency.calendar import SPAN_END
from sandbox.agency.dice import Dice
from sandbox.agency.world import World


def repeat_some(world: World, dice: Dice) -> None:
    """Some scored answers come again within hours, a point lower or higher."""
    for answer in list(world.answers):
        again = answer.submitted + timedelta(hours=dice.between(1, 40))
        if answer.score is None or again > SPAN_END or not dice.chance(0.025):
            continue
        score = max(0, min(10, answer.score + dice.one((-2, -1, 1, 2))))
        repeated = replace(
            answer,
            token=dice.token(),
            submitted=again,
            score=score,
            hidden=dict(answer.hidden),
        )
        world.answers.append(repeated)
        world.remark("repeated_answer", f"typeform.responses:{repeated.token}")
