"""What stands beside the code: tests, documentation, styles, pictures, translations, data, notebooks."""

from __future__ import annotations

import re

from backline.intake import places
from backline.intake.backend import is_code
from backline.intake.candidate import Candidate, Verdict

_TEST_NAME = re.compile(
    r"test_[^/]*\.(?:py|rb|php|lua|jl)$|tests?\.(?:py|rb|[cm]?[jt]sx?|go)$|conftest\.py$"
    r"|[^/]*_(?:test|tests|spec|bench_test)\.(?:py|go|rb|exs?|erl|dart|c|cc|cpp|php|lua|clj|ts|js|rs|kt|sh)$"
    r"|[^/]*[.-](?:test|tests|spec|e2e|e2e-spec|cy|fixture|fixtures|mock)\.(?:[cm]?[jt]sx?|vue|py|php)$"
    r"|test[_-]?(?:helper|utils?|setup|case)s?\.[a-z]+$|(?:jest|vitest|test)[.-]setup\.[cm]?[jt]s$"
    r"|(?:spec_helper|rails_helper)\.rb$|[^/]*\.(?:feature|bats|snap|hurl|http|rest)$"
)
_TEST_CLASS = re.compile(
    r".*[a-z0-9](?:Tests?|TestCase|IT|ITCase|Specs?|Spec2)\.(?:java|kt|groovy|scala|php|cs|swift|fs)$|Test[A-Z]\w*\.java$"
)
_SPEC_LANGUAGES = ("ruby", "javascript", "typescript", "tsx", "php", "lua", "crystal")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][a-z]{2,4})?\.(?:[cm]?[jt]s|json|ya?ml|php|rb|toml|properties|py)$")


def test(it: Candidate) -> Verdict | None:
    folder = next((part for part in it.parts if part in places.TEST_FOLDERS), None)
    if folder is None and is_code(it):
        names = places.TEST_CODE_FOLDERS | (places.SPEC_FOLDERS if it.language in _SPEC_LANGUAGES else frozenset())
        folder = next((part for part in it.parts if part in names), None)
        folder = folder or (".tests" if any(part.endswith((".tests", ".test")) for part in it.parts) else None)
    if folder:
        return Verdict(False, f"test: in `{folder}/`")
    by_name = _TEST_NAME.match(it.name) or _TEST_CLASS.match(it.file.path.rpartition("/")[2])
    return Verdict(False, "test") if by_name else None


def documentation(it: Candidate) -> Verdict | None:
    stem = it.name.partition(".")[0]
    is_text = it.extension in places.DOC_EXTENSIONS and it.name != "robots.txt"
    if is_text or (stem in places.DOC_NAMES and not is_code(it) and it.language in (None, "markdown")):
        return Verdict(False, "documentation")
    if it.extension == "ipynb":
        return Verdict(False, "notebook")
    for index, part in enumerate(it.parts):
        if part in places.DOC_FOLDERS and not set(it.parts[:index]) & places.OWN_CODE:
            return Verdict(False, f"documentation: in `{part}/`")
    return None


def looks(it: Candidate) -> Verdict | None:
    """Styles, pictures, translations and plain data."""
    if it.extension in places.STYLE:
        return Verdict(False, "style sheet")
    if it.extension in places.DRAWINGS:
        return Verdict(False, "picture")
    if it.extension in places.TRANSLATION_EXTENSIONS or _is_translation(it):
        return Verdict(False, "translation")
    return Verdict(False, "data") if it.extension in places.DATA else None


def _is_translation(it: Candidate) -> bool:
    """``locales/en.json``, ``lang/de/messages.php``, ``config/locales/a.fr.yml``: texts by language."""
    folder = next((index for index, part in enumerate(it.parts) if part in places.TRANSLATION_FOLDERS), None)
    if folder is None:
        return bool(re.match(r"messages(?:_[a-z]{2}(?:_[a-z]{2})?)?\.properties$", it.name))
    below = it.parts[folder + 1 :]
    named = _LOCALE.match(it.name) or (below and re.fullmatch(r"[a-z]{2,3}(?:[-_][a-z]{2,4})?", below[0]))
    return bool(named) or it.language in ("json", "yaml", "ini") or bool(re.search(r"\.[a-z]{2}\.ya?ml$", it.name))
