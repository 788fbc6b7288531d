"""One report onto one pull request: the plan, one review, the summary in place, the threads whose code is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backline.finding import claim
from backline.intake import marker, pull, state
from backline.intake.anchors import Anchors
from backline.intake.collected import Collected
from backline.intake.github import Client
from backline.intake.pull import Pulled
from backline.intake.state import State
from backline.intake.threads import SILENT, said
from backline.output import receipt
from backline.publish import comment, plan
from backline.publish.github import Posted, Poster
from backline.publish.plan import Plan
from backline.report import Report, refuted
from backline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was posted, for people and for the exit code."""

    report: Report
    whole: bool
    """Every finding is on a line or in the summary comment."""
    comments: int | None = None
    """Line comments that were posted now; None when nothing could be."""
    notes: tuple[str, ...] = ()


def post(
    client: Client, report: Report, made: Collected | None, settings: Settings, environ: Mapping[str, str]
) -> Result:
    """*made*: what `collect` wrote, where it did. What GitHub refuses is a note, and its findings are not lost."""
    by = marker.signature_of(environ)

    def look() -> Pulled:
        return pull.pull(client, str(report.repository), int(report.pull_request or 0), by)

    found = look()
    report = replace(report, findings=plan.counted(report, found.threads))
    if found.state != "OPEN" or found.locked:
        why = "locked" if found.locked else found.state.lower()
        return Result(report=report, whole=False, notes=(f"nothing was posted: the pull request is {why}",))
    known = frozenset(thread.id for thread in found.threads)
    poster = Poster(
        client=client, repository=str(report.repository), number=int(report.pull_request or 0), by=by, look=look,
        known=known,
    )  # fmt: skip
    anchors = made.anchors if made else _anchors(client, report, found)
    return _posted(poster, report, found, anchors, settings, environ)


def _posted(
    poster: Poster, report: Report, found: Pulled, anchors: Sequence[Anchors], settings: Settings,
    environ: Mapping[str, str],
) -> Result:  # fmt: skip
    earlier = state.unpack(found.summary.body) if found.summary else State()
    todo = plan.make(report, found.threads, anchors, earlier, settings.max_comments)
    moved_on = found.head != report.head
    todo = plan.of_older_head(todo, found.threads) if moved_on else todo
    posted = poster.review(report, todo.comments, _run(environ))
    notes = [pull.PARTIAL] if found.partial else []
    notes += [f"not all line comments were taken: {posted.why}"] if posted.why else []
    notes += _mark(poster, todo, report) if posted.may_write else []
    if moved_on:
        # The run of the new head writes the summary: an older one must not take its place.
        whole = len(posted.done) == len(todo.comments) and not todo.reasons
        notes.append("the pull request has moved on: its summary is left to the next run")
        return Result(report=report, whole=whole, comments=len(posted.done), notes=tuple(notes))
    notes += _one_summary(poster, found) if posted.may_write else []
    refused = _summary(poster, report, todo, posted, earlier, found, environ) if posted.may_write else posted.why
    notes += [f"the summary was not posted: {refused}"] if refused else []
    comments = len(posted.done) if posted.may_write else None
    return Result(report=report, whole=not refused, comments=comments, notes=tuple(notes))


def _run(environ: Mapping[str, str]) -> str:
    return environ.get("GITHUB_RUN_ID", "") + environ.get("GITHUB_RUN_ATTEMPT", "")


def _anchors(client: Client, report: Report, found: Pulled) -> tuple[Anchors, ...]:
    """For a report without what `collect` wrote."""
    compared = pull.compare(client, str(report.repository), found.base, str(report.head), report.pull_request)
    return compared.anchors


def _mark(poster: Poster, todo: Plan, report: Report) -> list[str]:
    """Threads whose code is gone. Resolving wants a permission that most tokens lack: one refusal is enough."""
    notes: list[str] = []
    may_resolve = True
    for thread in todo.addressed:
        refused = poster.edit(thread.comment, comment.addressed_body(thread.body, report.head or ""))
        if refused:
            notes.append(f"a comment could not be marked as addressed: {refused}")
            break
        may_resolve = may_resolve and not poster.resolve(thread.id)
    return notes


def _one_summary(poster: Poster, found: Pulled) -> list[str]:
    first = found.summary
    refused = [why for spare in found.spare if first and (why := poster.point(spare, first))]
    return [f"a second summary stays: {why}" for why in refused[:1]]


def _summary(
    poster: Poster, report: Report, todo: Plan, posted: Posted, earlier: State, found: Pulled,
    environ: Mapping[str, str],
) -> str:  # fmt: skip
    """Writes the summary when it says something new; "" or why it could not be written."""
    if todo.quiet and not found.summary:
        return ""
    failed = _failed(todo, posted)
    kept = _state(report, todo, posted, earlier, found)
    if found.summary and earlier.shown == kept.shown:
        return ""
    reasons = dict(todo.reasons) | dict.fromkeys(failed, plan.NOT_TAKEN)
    body = comment.summary_body(
        report,
        by=poster.by,
        name=f"workflow {environ.get('GITHUB_WORKFLOW') or '-'}, job {environ.get('GITHUB_JOB') or '-'}",
        on_lines=(*todo.on_lines, *posted.done),
        reasons=reasons,
        links=poster.links,
        state=state.pack(kept, comment.STATE_ROOM),
    )
    return poster.summary(body, found.summary)


def _failed(todo: Plan, posted: Posted) -> list[str]:
    return [each.finding.fingerprint for each in todo.comments if each.finding.fingerprint not in posted.done]


def _state(report: Report, todo: Plan, posted: Posted, earlier: State, found: Pulled) -> State:
    """Also what people silenced, should they take it back."""
    now, failed = {finding.fingerprint for finding in report.findings}, _failed(todo, posted)
    silent = (f for f in earlier.findings if f.fingerprint not in now and said(f, found.threads) in SILENT)
    return State(
        hunks=tuple(sorted(set(report.hunks))),
        depends=report.depends,
        findings=(*report.findings, *silent),
        due=tuple(sorted({*failed} - posted.refused)),
        refuted=_refuted(report, earlier),
        shown=plan.digest(report, [*failed, receipt.headline(report)]),
    )


def _refuted(report: Report, earlier: State) -> tuple[str, ...]:
    """Rules raise again only what they claim themselves: what agents claimed before stays refuted as it was."""
    before = earlier.refuted if report.engine == "rules" else ()
    return tuple(sorted({*refuted(report), *before} - {claim(finding) for finding in report.findings}))
