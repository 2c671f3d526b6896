"""The table of guards and holds holds every rule that the program trips, and says truly how each one ends."""

import ast
from pathlib import Path

import pytest

import wagroups
from wagroups.domain.exit import Exit
from wagroups.domain.plans.rules import PASSABLE, RULES, Level, override_of

SOURCES = Path(wagroups.__file__).parent
TRIPPING = ("TrippedGuard", "Hold")


def tripped_in_the_code() -> set[str]:
    """The rules named where the program makes a guard or a hold."""
    found = set()
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRIPPING:
                found |= {
                    word.value.value
                    for word in node.keywords
                    if word.arg == "rule" and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
                }
    return found


def test_every_rule_that_the_program_trips_is_in_the_table() -> None:
    found = tripped_in_the_code()
    assert len(found) > 10
    assert found <= set(RULES)


def test_every_rule_in_the_table_is_named_by_the_program() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if path.name != "rules.py"]
    assert [name for name in RULES if not any(f'"{name}"' in text for text in texts)] == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_in_one_sentence_what_trips_it(name: str) -> None:
    meaning = RULES[name].meaning
    assert meaning.endswith(".")
    assert ". " not in meaning


def test_a_hold_ends_with_the_gateways_code_and_a_guard_with_a_refusal() -> None:
    assert {level: level.exit for level in Level} == {
        Level.GROUP: Exit.REFUSED,
        Level.RUN: Exit.REFUSED,
        Level.HOLD: Exit.GATEWAY,
    }


def test_what_leaves_nothing_to_act_on_is_passed_by_no_override() -> None:
    assert set(RULES) - set(PASSABLE) == {
        "stale",
        "not-connected",
        "read-failed",
        "read-empty",
        "not-shown",
        "creation-unsettled",
        "comes-to-nobody",
        "expect",
        "own-account-unknown",
    }


def test_an_override_names_the_group_where_there_is_one() -> None:
    assert override_of("emptied", "board") == "--override emptied@board=REASON"
    assert override_of("max-removals") == "--override max-removals=REASON"
    assert override_of("stale") is None
