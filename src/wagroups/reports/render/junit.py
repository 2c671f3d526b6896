"""Findings as a JUnit report: the one format that every CI shows, GitLab in the merge request itself.

A file, or a group, is a test case; what is wrong with it is its failure.  Source of the form: the Jenkins xUnit
plugin's `junit-10.xsd`, which GitLab reads too (read 2026-11).
"""

import xml.etree.ElementTree as xml
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from wagroups.domain.plans.plan import Plan
from wagroups.domain.plans.points import PointClass
from wagroups.domain.problem import Problem
from wagroups.privacy.escape import clean
from wagroups.privacy.mask import mask
from wagroups.privacy.redactor import Redactor
from wagroups.reports.view.plan_view import Row, plan_view
from wagroups.reports.view.points import sentence_of


class _Case(NamedTuple):
    """One test case; it passed when `failures` is empty."""

    name: str
    place: str
    failures: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def problems_junit(problems: Sequence[Problem]) -> str:
    """What `validate` found: a case for each file that has a problem.  Warnings are remarks and fail nothing."""
    cases = [
        _Case(
            file,
            file,
            tuple(_worded(problem) for problem in found if problem.severity == "error"),
            tuple(_worded(problem) for problem in found if problem.severity == "warning"),
        )
        for file, found in ((file, list(ones)) for file, ones in groupby(sorted(problems, key=_file), key=_file))
    ]
    # Forges take a report without a case for a job that ran nothing.
    return _document("wagroups validate", cases or [_Case("every file", "")])


def plan_junit(
    plan: Plan, redactor: Redactor, *, timezone: str = "UTC", attributed: bool = False, whole: bool = False
) -> str:
    """A plan: a case for each group, which fails when it is not as declared, is held, or a guard refused the plan.

    Open points that the files say are known are remarks, as they end no `drift` with a code of its own.
    """
    view = plan_view(plan, redactor, timezone, attributed=attributed, whole=whole)
    shown = {group.key: group for group in view.groups}
    held = {line.about: line.text for line in view.held}
    cases = [_Case(line.about, "guards", (line.text,)) for line in view.refused]
    for group in plan.groups:
        rows = shown[group.key].rows if group.key in shown else ()
        points = [(notice, sentence_of(notice, redactor)) for notice in group.notices]
        failing = [text for notice, text in points if notice.point_class is PointClass.OPEN and notice.known is None]
        failures = (*failing, *map(_row, rows), *((held[group.key],) if group.key in held else ()))
        cases.append(
            _Case(group.key, str(group.source), failures, tuple(text for _, text in points if text not in failing))
        )
    return _document("wagroups drift" if attributed else "wagroups plan", cases)


def _file(problem: Problem) -> str:
    return problem.file


def _worded(problem: Problem) -> str:
    meant = f"Did you mean {problem.suggestion}?" if problem.suggestion else ""
    said = " ".join(filter(None, [problem.message, meant, problem.help]))
    return f"{problem.place}: {mask(said)} ({problem.rule})"


def _row(row: Row) -> str:
    return "  ".join(filter(None, (f"{row.symbol} {row.verb} {row.what}", row.note, row.place)))


def _document(name: str, cases: Sequence[_Case]) -> str:
    counted = {"tests": str(len(cases)), "failures": str(sum(bool(case.failures) for case in cases)), "errors": "0"}
    whole = xml.Element("testsuites", counted)
    suite = xml.SubElement(whole, "testsuite", {"name": name, **counted})
    for case in cases:
        element = xml.SubElement(
            suite, "testcase", name=_shown(case.name), classname=name, file=_shown(case.place.partition(":")[0])
        )
        if case.failures:
            failure = xml.SubElement(element, "failure", message=_shown(case.failures[0]))
            failure.text = "\n".join(map(_shown, case.failures))
        if case.remarks:
            xml.SubElement(element, "system-out").text = "\n".join(map(_shown, case.remarks))
    xml.indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(whole, encoding="unicode")}\n'


def _shown(text: str) -> str:
    return clean(text, limit=None)
