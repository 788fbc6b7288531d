"""A new entry point without the guard that all its siblings have: the commonest way in that nobody meant to open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain, islice

from backline.finding import Category, Confidence, Severity
from backline.intake.syntax import Tree
from backline.leads import class_views
from backline.leads.comments import without_comments
from backline.leads.entries import OPEN, READ, WRITE, Entry, comparable, entries
from backline.leads.lead import Lead
from backline.leads.reach import confidence_in, reach_of, severity_in

RULE = "unguarded.sibling"
TITLE = "{name} lacks the guard that its siblings have"
MEANING = "Whoever knows its address gets in."
ENOUGH = 2
"""Guarded siblings; one may be the exception itself."""
ENOUGH_FOR_CATALOGUES = 3
"""`/me` and `/orders` are somebody's own, `/products` beside them is everybody's."""
MOST, MOST_SAID = 1_000, 20
"""Entry points of one file that are compared, and that are told."""

_PUBLIC = re.compile(
    r"(?i)log_?in|log_?out|sign_?(?:in|up|out)|regist|public|anon|guest|webhook|callback|oauth|saml|\bsso|reset|forgot|verif|confirm|refresh"
    r"|token|\botp|csrf|unsubscribe|\bjoin|invit|session|password"
)
_PUBLIC_READ = re.compile(
    r"(?i)health|ready|readiness|livez?\b|liveness|(?<![a-z])ping\b|status|version|metrics|static|assets?|favicon|robots|manifest|sitemap|service-?worker|\bdocs|openapi|swagger|schema"
    r"|^index$|home|landing|error|not_?found|well-known"
)
_CATALOGUE = re.compile(
    r"(?i)(?<![a-z])(?:products?|catalog(?:ue)?s?|categor(?:y|ies)|brands?|items?|rates?|prices?|pricing|plans?|tariffs?|offers?|promotions?"
    r"|config(?:uration)?|settings|features?|flags?|options|countr(?:y|ies)|cit(?:y|ies)|regions?|currenc(?:y|ies)|languages?|locales?|timezones?"
    r"|search|suggest(?:ions?)?|posts?|articles?|news|blogs?|pages?|tags?|topics?|faqs?|terms|privacy|about|info|reviews?|stores?|shops?|branches"
    r"|locations?|events?|banners?|trending|popular|latest|feeds?|leaderboards?|stats)(?![a-z])"
)
_STRANGERS_SEND = re.compile(
    r"(?i)contact|newsletter|subscri|feedback|track|analytic|telemetry|event|beacon|search|quer(?:y|ies)|quote|estimate|calculat|preview|checkout"
    r"|cart|basket|lead|survey|vote|comment|report|donat|rsvp|booking|graphql|batch|valid"
)
_REDIRECTS = re.compile(
    r"(?i)redirect(?:To|Permanent|ToAction|Response|_to|_back)?\(|['\"]redirect:|header\(['\"]location"
)
"""What only sends on shows nothing of anybody."""
_OWN_CHECK = re.compile(
    r"(?i)auth(?!ors?(?![a-z]*i))|permi|forbid|denied|\b40[13]\b|login|current_?user|request\.(?:user|session)|req\.(?:user|session)|\bg\.user"
    r"|principal|claims|is_?(?:admin|staff|owner)|has_?role|secret|signature|hmac|api_?key|jwt|\bcan[?(]|polic|require_|ensure_|guard|identity|get_?user\("
)


def find(tree: Tree, path: str, changed: Collection[int]) -> list[Lead]:
    """Leads on the routes among the *changed* lines (1-based) of a whole file."""
    if not (comparable(tree.text, tree.language, ENOUGH) or class_views.comparable(tree.text, tree.language, ENOUGH)):
        return []
    bare = without_comments(tree)
    found = list(islice(chain(entries(bare), class_views.entries(bare)), MOST))
    fresh = [entry for entry in found if entry.guard is None and entry.line in changed]
    told = ((entry, _siblings(entry, found, changed)) for entry in fresh)
    return [_lead(path, entry, like) for entry, like in islice(told, MOST_SAID) if like and not _open(entry)]


def _siblings(entry: Entry, found: Sequence[Entry], new: Collection[int]) -> list[Entry]:
    """The siblings when all of them are guarded; else there is no custom to break."""
    every = [other for other in found if other.scope == entry.scope]
    like = [other for other in every if other.verb == entry.verb]
    if entry.verb == READ:
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _shown(entry))
        return _guarded(like, new, ENOUGH_FOR_CATALOGUES if _CATALOGUE.search(words) else ENOUGH)
    if guarded := _guarded(like, new, ENOUGH):
        return guarded
    # Where even reading is guarded, one guarded write is enough, but for what strangers send.
    return [] if _STRANGERS_SEND.search(_shown(entry)) or not _guarded(like, new, 1) else _guarded(every, new, ENOUGH)


def _guarded(like: Sequence[Entry], new: Collection[int], enough: int) -> list[Entry]:
    guarded = [other for other in like if other.guard]
    custom = all(other.guard or other.line in new for other in like)
    return guarded if custom and len(guarded) >= enough else []


def _shown(entry: Entry) -> str:
    return f"{entry.name} {entry.text.splitlines()[0]}"


def _open(entry: Entry) -> bool:
    """Public by its name, or it checks for itself."""
    shown = _shown(entry)
    read = entry.verb == READ and (_PUBLIC_READ.search(shown) or _REDIRECTS.search(entry.text))
    public = _PUBLIC.search(shown) or read
    return bool(public or _OWN_CHECK.search(entry.text) or OPEN.search(entry.text))


def _lead(path: str, entry: Entry, like: Sequence[Entry]) -> Lead:
    guard = Counter(other.guard for other in like).most_common(1)[0][0]
    others = ", ".join(f"`{other.name}`" for other in like[:3]) + (
        f" and {len(like) - 3} more" if len(like) > 3 else ""
    )
    reach, severity = reach_of(path), Severity.HIGH if entry.verb == WRITE else Severity.MEDIUM
    return Lead(
        rule=RULE, path=path, start_line=entry.line, line=entry.line, severity=severity_in(reach, severity),
        confidence=confidence_in(reach, Confidence.MEDIUM), category=Category.SECURITY, cwe="CWE-862",
        title=TITLE.format(name=f"`{entry.name}`")[:120],
        body=f"{others} beside it are guarded (`{guard}`), `{entry.name}` is not. {entry.meaning or MEANING} "
        "Guard it the same way, or say that it is meant to be public.",
    )  # fmt: skip
