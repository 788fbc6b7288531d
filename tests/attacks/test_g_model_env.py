"""Section G of the catalogue, the model's side: what the environment and the inputs may not do to key, host and log."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest
from model_server import KEY, NOTHING, Fault, serving

from backline.errors import RequestError
from backline.reviewer import claude
from backline.reviewer.access import checked_url, drop_environment

EVIL = {
    "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": "http://127.0.0.1:1/evil", "ANTHROPIC_AUTH_TOKEN": "other",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Evil: 1\nAuthorization: Bearer stolen", "ANTHROPIC_PROFILE": "p",
    "ANTHROPIC_CONFIG_DIR": "c", "ANTHROPIC_LOG": "debug", "ANTHROPIC_IDENTITY_TOKEN": "t", "anthropic_log": "debug",
}  # fmt: skip
KEPT = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost", "SSL_CERT_FILE": "ca.pem", "PATH": "p"}

CANARY = [{"type": "text", "text": "PROMPT-CANARY"}]
BODY = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": CANARY}]}

# A fresh interpreter: the SDK reads its environment while it is imported.
PROGRAM = f"""
import json, logging, os, sys
logging.basicConfig(level=logging.DEBUG)
from backline.reviewer import claude
key = os.environ["ANTHROPIC_API_KEY"]
claude.warm()
model = claude.connect(key, sys.argv[1])
answer = model.ask({BODY!r}, 20.0)
model.close()
print(type(answer).__name__, [n for n in os.environ if n.upper().startswith("ANTHROPIC")])
"""


@pytest.fixture(scope="module")
def ran():
    """One run of the program among hostile variables: (what the server saw, output)."""
    with serving(NOTHING) as server:
        environ = {**os.environ, **EVIL, "RUNNER_DEBUG": "1", "ACTIONS_STEP_DEBUG": "true"}
        done = subprocess.run([sys.executable, "-c", PROGRAM, server.url], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return server, done.stdout + done.stderr


def test_134_the_environment_does_not_choose_the_host(ran):
    server, output = ran
    assert (server.calls == 1 and output.splitlines()[0].startswith("Reply")) or "Reply []" in output


def test_136_no_variable_of_the_sdk_has_an_effect(ran):
    server, output = ran
    assert "Reply []" in output
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "x-evil" not in server.headers[0] and "x-api-key" not in server.headers[0]


def test_139_no_log_level_shows_prompt_or_key(ran):
    _, output = ran
    assert KEY not in output and "PROMPT-CANARY" not in output


def test_136_proxies_and_certificates_stay_in_the_environment():
    environ = {**EVIL, **KEPT, "SSLKEYLOGFILE": "keys.log"}
    names = drop_environment(environ)
    assert environ == KEPT
    assert set(names) == {*EVIL, "SSLKEYLOGFILE"} and KEY not in repr(names)


def test_136_nothing_turns_the_check_of_certificates_off(monkeypatch):
    for name in (
        "SSL_VERIFY",
        "PYTHONHTTPSVERIFY",
        "CURL_CA_BUNDLE",
        "REQUESTS_CA_BUNDLE",
        "NODE_TLS_REJECT_UNAUTHORIZED",
    ):
        monkeypatch.setenv(name, "0")
    import ssl

    model = claude.connect(KEY, "https://service.example")
    transport = model._client._client._transport
    context = transport._pool._ssl_context
    model.close()
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname


GOOD_URLS = [
    "https://api.anthropic.com", "https://gateway.example/v1/", "https://gateway.example:8443/a/b", "http://127.0.0.1:8788",
    "http://localhost:1", "http://[::1]:8080", "https://10.1.2.3", "https://localhost",
]  # fmt: skip
BAD_URLS = [
    "http://x", "http://api.anthropic.com", "https://user:p@h.example", "https://user@h.example", "file:///etc/passwd",
    "https://h.example\n", "https://h.example\r\nX: 1", "https://", "https:///path", "", "api.anthropic.com",
    "https://169.254.169.254", "http://169.254.169.254/latest", "https://[fe80::1]", "https://0.0.0.0", "https://[::]",
    "https://2852039166", "https://0xa9fea9fe", "https://h.example?x=1", "https://h.example#f", "https://h .example",
    "ftp://h.example", "javascript:alert(1)", "https://h.example:99999", "https://h.example\\@evil.example",
    "https://exämple.com", "https://a..b", "http://127.0.0.1.evil.example", "http://localhost.evil.example",
    "http://[::ffff:169.254.169.254]", "https://[::ffff:169.254.169.254]",
]  # fmt: skip


@pytest.mark.parametrize("url", GOOD_URLS)
def test_135_a_service_is_https_to_a_host_or_http_to_loopback(url: str):
    assert checked_url(url) == url.rstrip("/")


@pytest.mark.parametrize("url", BAD_URLS, ids=repr)
def test_135_any_other_url_is_refused_before_anything_is_sent(url: str):
    with pytest.raises(RequestError) as error:
        checked_url(url)
    assert str(error.value).startswith("base-url: ") and "\n" not in str(error.value)
    assert "p@" not in str(error.value), "it may hold a password"


def test_138_a_redirect_is_not_followed_and_the_key_stays_here():
    with serving(NOTHING) as other:
        with serving(Fault(307, headers={"location": f"{other.url}/v1/messages"})) as server:
            model = claude.connect(KEY, server.url)
            failed = model.ask(BODY, 10.0)
            model.close()
        assert other.calls == 0
    assert "redirects" in getattr(failed, "request_error", "")


def test_139_errors_that_leave_the_adapter_hold_no_request(caplog):
    caplog.set_level(logging.DEBUG)
    model = claude.connect(KEY, "http://127.0.0.1:9")
    failed = model.ask(BODY, 5.0)
    model.close()
    shown = repr(failed) + caplog.text + json.dumps(str(vars(model)))
    assert KEY not in shown and "PROMPT-CANARY" not in shown


def test_136_connecting_alone_is_enough(monkeypatch):
    for name, value in EVIL.items():
        monkeypatch.setenv(name, value)
    with serving(NOTHING) as server:
        model = claude.connect(KEY, server.url)
        model.ask(BODY, 10.0)
        model.close()
    assert "x-evil" not in server.headers[0] and server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert not [name for name in os.environ if name.upper().startswith("ANTHROPIC")]
