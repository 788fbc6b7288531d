"""What a page makes of our Markdown: rendered by markdown-it with GitHub's extensions, and judged on the result."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

_MEDIA = {"img", "picture", "svg", "video", "audio", "iframe", "object", "embed", "source", "style", "script", "form"}
_OURS = {"p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "a", "hr", "blockquote", "s"}
_OURS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
MENTION = re.compile(r"(?<![A-Za-z0-9_])@[A-Za-z0-9]", re.A)
REFERENCE = re.compile(r"(?<!\w)#\d|\bGH-\d|[\w.-]+/[\w.-]+#\d", re.I | re.A)
COMMAND = re.compile(
    r"^[\s>*+-]*(?:\d+[.)]\s*)?(?:[/!][A-Za-z]|bors\s+r\b|(?:jenkins,? |re)?test this|jenkins,? test\b|ok to test\b)",
    re.I | re.M,
)

RAW_COMMAND = re.compile(r"^\s*(?:/(?:merge|approve|lgtm)(?!\S)|bors r|@(?:claude|dependabot)\b)", re.M)


class Page(HTMLParser):
    """Tags, link targets, text outside code, code, and raw line starts of one rendered body."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.prose = ""
        self.code = ""
        self.linked = ""
        self._depth = self._link = 0
        self.feed(html(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self._depth += tag == "code"
        self._link += tag == "a"
        self.prose += "L" * (tag == "a") + "\0" * (tag in ("strong", "em"))
        self.prose += "\0" if tag == "code" else "\n" if tag in ("p", "li", "br", "td", "pre") else ""

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.tags.append("instruction")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "code"
        self._link -= tag == "a"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.code += data
        elif self._link:
            self.linked += data
        else:
            self.prose += data


def html(markdown: str) -> str:
    """As GitHub reads comments: raw HTML goes through (it is ours to escape), line ends break, addresses link."""
    markdown_it = pytest.importorskip("markdown_it")
    pytest.importorskip("linkify_it")
    parser = markdown_it.MarkdownIt("gfm-like", {"html": True, "linkify": True, "breaks": True})
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    return str(parser.render(markdown))


def assert_harmless(markdown: str, repository: str = "acme/shop") -> Page:
    """Invariant I9 on the rendered page, and on the raw text what bots read."""
    page = Page(markdown)
    assert not _MEDIA & set(page.tags), page.tags
    assert set(page.tags) <= _OURS, page.tags
    for link in page.links:
        place = urlsplit(link)
        ours = place.hostname == "github.com" and place.path.startswith(f"/{repository}/")
        assert place.scheme == "https" and (ours or place.hostname == "cwe.mitre.org"), link
    assert not MENTION.search(page.prose), page.prose
    assert not REFERENCE.search(page.prose), page.prose
    assert not COMMAND.search(page.prose), page.prose
    assert not re.search(r"www\.|https?://", page.prose), page.prose
    assert not RAW_COMMAND.search(markdown), markdown
    assert len(markdown) <= 60_000
    return page
