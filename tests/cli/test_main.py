"""The shell around the verbs: help, wrong command lines, errors, signals; one code and one document each."""

import json
import subprocess
import sys
import threading

import pytest

from tests.cli.specimens import VERBS
from wagroups.cli.main import run
from wagroups.cli.options.lookup import json_on_stdout, verbosity_asked
from wagroups.cli.verbs import EXIT_CODES
from wagroups.cli.verbs import VERBS as REAL_VERBS
from wagroups.domain.exit import Exit
from wagroups.reports.documents.models import ErrorDocument

Captured = pytest.CaptureFixture[str]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_help_names_every_verb_and_tells_the_one_fact() -> None:
    done = python("-m", "wagroups", "--help")
    assert done.returncode == 0
    assert "plan never writes, apply writes" in done.stdout
    assert [verb for verb in REAL_VERBS if f"  {verb} " not in done.stdout] == []
    assert done.stderr == ""


def test_help_is_folded_for_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert "declare groups in YAML, review\n" in python("-m", "wagroups", "-h").stdout


def test_every_exit_is_explained_in_help() -> None:
    explained = {ending for ending, _ in EXIT_CODES}
    # Two codes have two reasons each.
    assert explained == set(Exit) - {Exit.TERMINATED, Exit.OPEN}


def test_no_verb_shows_help_and_is_a_usage_error(capsys: Captured) -> None:
    assert run([], VERBS) is Exit.USAGE
    assert "Usage: wagroups" in capsys.readouterr().out


def test_the_version_is_printed(capsys: Captured) -> None:
    assert run(["--version"], VERBS) is Exit.OK
    assert capsys.readouterr().out.startswith("wagroups 0.")


def test_a_verb_says_how_to_end(capsys: Captured) -> None:
    assert run(["look"], VERBS) is Exit.CHANGES
    assert run(["box", "open"], VERBS) is Exit.OK


@pytest.mark.parametrize(
    "arguments",
    [
        ["lok"],
        ["look", "--wrong"],
        ["look", "extra"],
        ["-o", "xml", "look"],
        ["fail"],
        ["box"],
        ["look", "--only", "x"],
    ],
)
def test_a_wrong_command_line_is_64_and_never_2(arguments: list[str], capsys: Captured) -> None:
    assert run(arguments, VERBS) is Exit.USAGE
    said = capsys.readouterr()
    assert said.out == ""
    assert "Error: " in said.err
    assert "--help" in said.err


def test_a_typing_error_is_answered_with_the_nearest_verb(capsys: Captured) -> None:
    run(["lok"], VERBS)
    assert "Did you mean look?" in capsys.readouterr().err


def test_a_verb_refuses_a_format_that_it_does_not_offer(capsys: Captured) -> None:
    assert run(["look", "-o", "sarif"], VERBS) is Exit.USAGE
    assert "`look` has no format sarif; choose text, json, markdown" in capsys.readouterr().err


ENDINGS = {
    "project": (Exit.INVALID, "invalid"),
    "refusal": (Exit.REFUSED, "max-removals"),
    "ledger": (Exit.INVALID, "ledger"),
    "locked": (Exit.LOCKED, "locked"),
    "not-sent": (Exit.GATEWAY, "gateway"),
    "lost": (Exit.GATEWAY, "gateway"),
    "interrupted": (Exit.INTERRUPTED, "interrupted"),
    "terminated": (Exit.TERMINATED, "interrupted"),
    "not-yet": (Exit.PAUSED, "paused"),
    "keyboard": (Exit.INTERRUPTED, "interrupted"),
    "abort": (Exit.INTERRUPTED, "interrupted"),
    "signal": (Exit.TERMINATED, "interrupted"),
    "bug": (Exit.ERROR, "error"),
}


@pytest.mark.parametrize("kind", ENDINGS)
def test_an_error_ends_with_its_code_and_words_on_stderr(kind: str, capsys: Captured) -> None:
    assert run(["fail", kind], VERBS) is ENDINGS[kind][0]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("where", ["before", "after"])
def test_with_json_every_failure_is_exactly_one_document(kind: str, where: str, capsys: Captured) -> None:
    flags = ["-o", "json"]
    ending = run([*flags, "fail", kind] if where == "before" else ["fail", kind, *flags], VERBS)
    document = ErrorDocument.model_validate_json(capsys.readouterr().out)
    assert (document.exit.code, document.exit.reason) == (ending.code, ending.reason)
    assert document.error.code == ENDINGS[kind][1]


def test_a_wrong_command_line_is_a_document_too(capsys: Captured) -> None:
    run(["look", "--wrong", "-o", "json"], VERBS)
    assert json.loads(capsys.readouterr().out)["exit"] == {"code": 64, "reason": "usage"}


def test_problems_are_listed_on_stderr_with_their_places(capsys: Captured) -> None:
    run(["fail", "project"], VERBS)
    assert "groups.yaml:3:1: error: bad key [unknown-key]" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [[], ["-v"], ["-vv"]])
def test_an_unexpected_error_shows_no_number_with_or_without_its_traceback(flags: list[str], capsys: Captured) -> None:
    run(["fail", "bug", *flags], VERBS)
    err = capsys.readouterr().err
    assert "unexpected ValueError" in err
    assert ("no value for (number) at (id)" in err) is bool(flags)
    assert "900123" not in err
    assert ("Traceback" in err) == bool(flags)


def test_numbers_in_a_wrong_command_line_are_not_repeated(capsys: Captured) -> None:
    run(["look", "+447700900123"], VERBS)
    assert "900123" not in capsys.readouterr().err


def test_a_reader_who_went_away_is_no_error(capsys: Captured) -> None:
    assert run(["fail", "pipe"], VERBS) is Exit.OK
    assert capsys.readouterr().err == ""


def test_the_process_ends_with_the_code() -> None:
    assert python("-m", "wagroups", "no-such-verb").returncode == 64


def test_a_closed_pipe_leaves_no_complaint() -> None:
    program = f"{sys.executable} -m wagroups --help | head -c 1"
    done = subprocess.run(["sh", "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr) == ("U", "")


@pytest.mark.parametrize(
    ("arguments", "environ", "wanted"),
    [
        (["plan", "-o", "json"], {}, True),
        (["-ojson", "plan"], {}, True),
        (["plan", "--output=json"], {}, True),
        (["plan", "-qo", "json"], {}, True),
        (["plan", "-o", "json", "--to", "-"], {}, True),
        (["plan", "-o", "json", "--to", "plan.json"], {}, False),
        (["plan", "-o", "json", "--to=plan.json", "-o", "text"], {}, False),
        (["plan", "-o", "text", "--to", "x", "-o", "json"], {}, True),
        (["plan", "-o"], {}, False),
        (["plan"], {}, False),
        (["plan"], {"WAGROUPS_OUTPUT": "json"}, True),
        (["plan"], {"WAGROUPS_PLAN_OUTPUT": "json"}, True),
        (["plan", "-o", "text"], {"WAGROUPS_OUTPUT": "json"}, False),
    ],
)
def test_json_on_stdout_is_recognised_even_in_a_wrong_command_line(
    arguments: list[str], environ: dict[str, str], wanted: bool
) -> None:
    assert json_on_stdout(arguments, environ) is wanted


def test_tracebacks_are_asked_for_by_v_alone() -> None:
    assert verbosity_asked(["plan", "-qv"], {}) == 1
    assert verbosity_asked(["plan", "-v", "--verbose"], {}) == 2
    assert verbosity_asked(["plan", "--version", "-q"], {}) == 0
    assert verbosity_asked(["plan"], {"WAGROUPS_VERBOSE": "2"}) == 2


@pytest.mark.parametrize(("flags", "shown"), [(["-v"], False), (["-vv"], True)])
def test_what_is_said_on_purpose_has_a_traceback_only_when_everything_is_asked_for(
    flags: list[str], shown: bool, capsys: Captured
) -> None:
    run(["fail", "lost", *flags], VERBS)
    assert ("Traceback" in capsys.readouterr().err) is shown


def test_completion_names_verbs_without_importing_them() -> None:
    environ = {
        "PATH": "/usr/bin:/bin",
        "_WAGROUPS_COMPLETE": "bash_complete",
        "COMP_WORDS": "wagroups d",
        "COMP_CWORD": "1",
    }
    program = "import sys; sys.argv = ['wagroups']; from wagroups.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False, env=environ
    )
    assert done.stdout.split() == ["plain,demo", "plain,doctor", "plain,drift", "plain,diff"]


def test_a_verb_may_run_beside_the_main_thread() -> None:
    endings: list[Exit] = []
    thread = threading.Thread(target=lambda: endings.append(run(["look"], VERBS)))
    thread.start()
    thread.join(10)
    assert endings == [Exit.CHANGES]
