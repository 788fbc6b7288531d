"""Which of ruff's codes are worth a reader's time, and our words for them.

Left out: what a rule of ours says with more judgement (SQL, shell, time limits, pickle, TLS, sleeping in a coroutine,
lost tasks …), style, and what is right too seldom on good code (S101, S105–S108, S301, S311, S324, S603, PERF, B020,
B904, PLE0704 …).
"""

from __future__ import annotations

from backline.finding import Category, Confidence, Severity
from backline.leads.linter import Advice

_HIGH, _MEDIUM, _LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
_SECURITY, _PERFORMANCE, _RELIABILITY = Category.SECURITY, Category.PERFORMANCE, Category.RELIABILITY

FORMAT_ERRORS = frozenset({"F502", "F503", "F505", "F506", "F507", "F509", "F521", "F524", "PLE1300", "PLE1307"})
"""One kind of mistake with many codes: reported as ``ruff.format``."""


def _sure(severity: Severity, category: Category, cwe: str | None, title: str, body: str) -> Advice:
    return Advice(
        severity=severity, confidence=Confidence.HIGH, category=category, cwe=cwe, title=title, body=body
    )  # fmt: skip


def _likely(severity: Severity, category: Category, cwe: str | None, title: str, body: str) -> Advice:
    return Advice(
        severity=severity, confidence=Confidence.MEDIUM, category=category, cwe=cwe, title=title, body=body
    )  # fmt: skip


def _doubtful(severity: Severity, category: Category, cwe: str | None, title: str, body: str) -> Advice:
    """Right about once in ten: a model looks at it, without one it stays below the floor."""
    return Advice(
        severity=severity, confidence=Confidence.LOW, category=category, cwe=cwe, title=title, body=body
    )  # fmt: skip


ADVICE = {
    "S102": _likely(_MEDIUM, _SECURITY, "CWE-95", "`exec` runs text as code",
        "Whatever reaches this text from outside runs with the rights of the process. One value pasted into it is"
        " enough. Call functions by name from a table instead."),
    "S307": _likely(_MEDIUM, _SECURITY, "CWE-95", "`eval` runs text as code",
        "Whatever reaches this text from outside runs with the rights of the process. Restricting its globals does not"
        " stop that. Use `ast.literal_eval` or `json.loads` for data."),
    "S312": _likely(_MEDIUM, _SECURITY, "CWE-319", "Telnet sends everything in clear",
        "Passwords and data cross the network readable for everybody on the path. They can also be changed on the way."
        " Use SSH."),
    "S321": _likely(_MEDIUM, _SECURITY, "CWE-319", "FTP sends everything in clear",
        "Passwords and files cross the network readable for everybody on the path. They can also be changed on the way."
        " Use SFTP or HTTPS."),
    "S502": _sure(_MEDIUM, _SECURITY, "CWE-327", "An outdated TLS version is accepted",
        "SSL 2 and 3, TLS 1.0 and 1.1 have known breaks. Somebody on the path can force and then read the connection."
        " Use `ssl.create_default_context()` and its minimum."),
    "S503": _sure(_MEDIUM, _SECURITY, "CWE-327", "An outdated TLS version is the default",
        "Callers that name no version get SSL 2 or 3, TLS 1.0 or 1.1. Somebody on the path can read such a connection."
        " Use `ssl.PROTOCOL_TLS_CLIENT`."),
    "S505": _sure(_HIGH, _SECURITY, "CWE-326", "The key is too short",
        "A key of this length can be broken with bought computing time. What it signed or encrypted is then open. Use"
        " RSA with at least 2048 bits, or an elliptic curve."),
    "S508": _sure(_MEDIUM, _SECURITY, "CWE-319", "SNMP 1 and 2 send the community string in clear",
        "Everybody on the path reads it and can then query or configure the device. Version 3 has authentication and"
        " encryption. Use it."),
    "S509": _sure(_MEDIUM, _SECURITY, "CWE-319", "SNMP 3 is used without encryption",
        "Without keys for both authentication and privacy the messages are readable or can be forged. The protocol's"
        " version alone protects nothing. Pass `authKey` and `privKey`."),
    "S610": _likely(_MEDIUM, _SECURITY, "CWE-89", "`extra()` pastes text into the query",
        "What stands in its arguments becomes SQL as it is. A value from outside can read or change other people's"
        " data. Use expressions (`F`, `Func`, `Subquery`), or `params`."),
    "S611": _likely(_MEDIUM, _SECURITY, "CWE-89", "`RawSQL` takes a text that is built at run time",
        "What is pasted into it becomes SQL as it is. A value from outside can read or change other people's data. Keep"
        " the text constant and pass values in `params`."),
    "S612": _sure(_MEDIUM, _SECURITY, "CWE-94", "Anybody on the machine can configure logging, and so run code",
        "`logging.config.listen` evaluates what is sent to its port. Every local account can run code as this process."
        " Pass `verify`, or read the configuration from a file."),
    "S701": _likely(_MEDIUM, _SECURITY, "CWE-79", "The Jinja environment does not escape HTML",
        "By default values go into the page as they are. Markup in one of them runs as script in the reader's browser."
        " Pass `autoescape=select_autoescape()`."),
    "S702": _likely(_MEDIUM, _SECURITY, "CWE-79", "The Mako template does not escape HTML",
        "By default values go into the page as they are. Markup in one of them runs as script in the reader's browser."
        " Pass `default_filters=[\"h\"]`."),
    "RUF064": _sure(_MEDIUM, _SECURITY, "CWE-732", "The file mode is a decimal number",
        "Modes are octal: 644 without `0o` sets other bits than it seems to. The file can become writable or readable"
        " for everybody. Write `0o…`."),
    "DJ003": _likely(_MEDIUM, _SECURITY, "CWE-200", "`render` gets every local variable",
        "`locals()` hands the template also what is added to the view later. A template can then show what was never"
        " meant for the page. Pass a dictionary of what it needs."),
    "DJ007": _likely(_LOW, _SECURITY, "CWE-915", "The form takes every field of the model",
        "`__all__` lets the client set fields that are added later. A new internal column is open on the day it is"
        " created. List the fields."),
    "ASYNC210": _sure(_HIGH, _PERFORMANCE, "CWE-1088", "Blocking HTTP call inside `async def`",
        "The call holds the event loop's thread until the other side answers. No other request of this process is"
        " served meanwhile. Use an asynchronous client or `asyncio.to_thread`."),
    "ASYNC212": _sure(_HIGH, _PERFORMANCE, "CWE-1088", "Blocking `httpx` call inside `async def`",
        "A synchronous client holds the event loop's thread until the other side answers. No other request of this"
        " process is served meanwhile. Use `httpx.AsyncClient`."),
    "ASYNC222": _sure(_MEDIUM, _PERFORMANCE, "CWE-1088", "The coroutine blocks until a process ends",
        "Waiting like this holds the event loop's thread. No other request of this process is served meanwhile. Use"
        " `asyncio.create_subprocess_exec` and await it."),
    "ASYNC250": _sure(_MEDIUM, _PERFORMANCE, "CWE-1088", "`input()` stops the event loop",
        "The coroutine waits for a person on the event loop's thread. Nothing else of this process runs meanwhile. Use"
        " `asyncio.to_thread(input)`."),
    "RUF017": _sure(_LOW, _PERFORMANCE, "CWE-407", "`sum` copies the list at every step",
        "Adding lists with `sum` copies everything collected so far for each of them. The time grows with the square of"
        " their number. Use `itertools.chain.from_iterable`."),
    "ASYNC100": _likely(_MEDIUM, _RELIABILITY, None, "The time limit never strikes",
        "Nothing inside is awaited, and a limit can end a coroutine only at an await. The block takes as long as it"
        " takes. Await inside it, or remove the limit."),
    "ASYNC105": _sure(_MEDIUM, _RELIABILITY, None, "The coroutine is never awaited",
        "Without `await` the call only makes an object and does nothing. The next lines run as if it had happened. Put"
        " `await` before it."),
    "B005": _likely(_MEDIUM, _RELIABILITY, None, "`strip` takes letters away, not a prefix or suffix",
        "The argument is a set of characters, not a word. Where the text goes on with one of them, too much is cut off."
        " Use `removeprefix` or `removesuffix`."),
    "B006": _likely(_MEDIUM, _RELIABILITY, None, "All calls share one `{NAME}`",
        "The default is made once, when the function is defined. What one call puts into it, also for another user,"
        " the next one sees. Take `None` and make it inside."),
    "B012": _sure(_MEDIUM, _RELIABILITY, "CWE-584", "`{NAME}` in `finally` swallows the exception",
        "Leaving from `finally` drops the exception that is on its way. A failure then looks like success. Move it"
        " behind the block."),
    "B015": _sure(_MEDIUM, _RELIABILITY, "CWE-482", "The comparison has no effect",
        "Its result is thrown away. What was meant, an assignment or a check, does not happen. Write `=` or `if`."),
    "B016": _sure(_MEDIUM, _RELIABILITY, None, "A literal is raised",
        "Only exceptions can be raised: this ends in a TypeError that hides what was meant. Handlers for the real"
        " error do not see it. Raise an exception with the text."),
    "B023": _doubtful(_MEDIUM, _RELIABILITY, None, "The function sees the last value of `{NAME}`",
        "It looks the loop variable up when it is called, not when it is made. Called after the loop, every one works"
        " on the last element. Bind it as a default (`x=x`) or with `functools.partial`."),
    "B029": _sure(_MEDIUM, _RELIABILITY, None, "`except ()` catches nothing",
        "The tuple of exceptions is empty. Every error passes the handler. Name the exceptions."),
    "B031": _likely(_MEDIUM, _RELIABILITY, None, "The group is empty at the second use",
        "What `groupby` gives can be walked once. The second walk sees nothing and does not fail. Make a list of it"
        " first."),
    "B035": _sure(_MEDIUM, _RELIABILITY, None, "Every element is written to one key",
        "The key does not depend on the loop. Only the last element is left. Use the element's own key."),
    "B039": _sure(_MEDIUM, _RELIABILITY, None, "All contexts share one default value",
        "The default of a ContextVar is made once. What one request puts into it, every other one sees. Leave the"
        " default out and `set` a new value for each request."),
    "F601": _likely(_MEDIUM, _RELIABILITY, None, "The key {NAME} occurs twice",
        "The later value replaces the earlier one without a word. What the first was for does not happen. Remove or"
        " rename one of them."),
    "F631": _sure(_MEDIUM, _RELIABILITY, "CWE-571", "The assertion is always true",
        "A tuple that is not empty counts as true. The check never fails. Remove the parentheses."),
    "F632": _sure(_MEDIUM, _RELIABILITY, "CWE-597", "`is` compares with a literal",
        "`is` asks for the same object, not for an equal one. Whether equal texts or numbers are one object changes"
        " with their origin and the Python version. Use `==`."),
    "F634": _sure(_MEDIUM, _RELIABILITY, "CWE-571", "The condition is always true",
        "A tuple that is not empty counts as true. The branch runs whatever stands in it. Write the condition without"
        " the comma."),
    "F821": _likely(_MEDIUM, _RELIABILITY, None, "`{NAME}` is not defined",
        "Nothing in this file defines or imports the name. The line ends in a NameError when it runs. Import or define"
        " it."),
    "F823": _sure(_MEDIUM, _RELIABILITY, "CWE-457", "`{NAME}` is read before it is assigned",
        "An assignment further down makes the name local to the whole function. This line ends in an"
        " UnboundLocalError. Rename one of the two."),
    "format": _sure(_MEDIUM, _RELIABILITY, "CWE-685", "The format and its values do not fit",
        "Formatting raises an exception as soon as the line runs. In an error path it hides the error that was to be"
        " told. Give every placeholder its value."),
    "FAST003": _likely(_MEDIUM, _RELIABILITY, None, "The handler ignores `{NAME}` of its path",
        "The route takes the parameter and the function does not. Requests for different values get the same answer."
        " Add the parameter or take it out of the path."),
    "PLE0237": _sure(_MEDIUM, _RELIABILITY, None, "`{NAME}` is not in `__slots__`",
        "A class with slots has no other attributes. The assignment ends in an AttributeError. Add the name to"
        " `__slots__`."),
    "PLE0643": _sure(_MEDIUM, _RELIABILITY, "CWE-129", "The index is out of range",
        "The literal has fewer elements. The line ends in an IndexError. Correct the index."),
    "PLE1132": _sure(_MEDIUM, _RELIABILITY, None, "`{NAME}` is passed twice",
        "The same argument comes by name and from the dictionary. The call ends in a TypeError. Remove one of them."),
    "PLE1205": _sure(_LOW, _RELIABILITY, "CWE-685", "The log call has more values than placeholders",
        "The message cannot be formatted and is lost. In its place logging prints a traceback to stderr. Add the"
        " placeholders."),
    "PLE1206": _sure(_LOW, _RELIABILITY, "CWE-685", "The log call has fewer values than placeholders",
        "The message cannot be formatted and is lost. In its place logging prints a traceback to stderr. Add the"
        " values."),
    "PLE1507": _likely(_MEDIUM, _RELIABILITY, None, "The variable's name is not a text",
        "`os.getenv` takes names as text. The line ends in a TypeError. Pass a string."),
    "PLW0133": _sure(_MEDIUM, _RELIABILITY, None, "The exception is made and not raised",
        "Without `raise` the line does nothing. What it was to stop goes on. Put `raise` before it."),
    "PLW0177": _sure(_MEDIUM, _RELIABILITY, "CWE-1077", "Comparing with NaN is always false",
        "NaN is equal to nothing, itself included. The branch never does what is meant. Use `math.isnan`."),
    "PLW0245": _sure(_MEDIUM, _RELIABILITY, None, "`super` is not called",
        "Without parentheses this is the class `super`, which has no such method. The line ends in an AttributeError."
        " Write `super()`."),
    "PLW0711": _sure(_MEDIUM, _RELIABILITY, None, "Only one of the exceptions is caught",
        "`or` and `and` give one of the two classes. The other passes the handler. Write a tuple."),
    "PLW1501": _sure(_MEDIUM, _RELIABILITY, None, "`open` does not know this mode",
        "The call ends in a ValueError. The file is never opened. Correct the mode."),
    "PLW1509": _likely(_MEDIUM, _RELIABILITY, "CWE-833", "`preexec_fn` can hang the new process",
        "It runs Python between fork and exec, where a lock of another thread stays locked for ever. In a service with"
        " threads the start hangs now and then. Use `start_new_session`, `process_group` or `umask`."),
    "PLW2101": _sure(_HIGH, _RELIABILITY, "CWE-820", "The lock protects nothing",
        "Each call makes a lock of its own, so nobody ever waits for another. The threads meet in the block as if there"
        " were none. Keep one lock where all of them see it."),
    "RUF016": _sure(_MEDIUM, _RELIABILITY, None, "The index has the wrong type",
        "Sequences take numbers and slices. The line ends in a TypeError. Use a number."),
    "RUF024": _sure(_MEDIUM, _RELIABILITY, None, "All keys share one value",
        "`dict.fromkeys` puts the same object behind every key. What is added for one appears under all. Use a"
        " dictionary comprehension."),
    "RUF032": _sure(_MEDIUM, _RELIABILITY, "CWE-681", "The Decimal is made from a float",
        "The float is rounded before Decimal sees it: `Decimal(0.1)` is 0.1000000000000000055. Sums of money are off."
        " Pass a string."),
    "RUF034": _sure(_MEDIUM, _RELIABILITY, None, "Both branches give the same",
        "The condition decides nothing. One of the two values is not the one that was meant. Correct it or drop the"
        " condition."),
    "RUF060": _sure(_MEDIUM, _RELIABILITY, "CWE-570", "Nothing is in an empty collection",
        "The test is always false. The branch never runs. Fill the collection or remove the test."),
    "T100": _likely(_HIGH, _RELIABILITY, "CWE-489", "A debugger stops the program here",
        "The process waits for a person at a terminal. In a service the request, and with it a worker, hangs. Remove"
        " it."),
}  # fmt: skip
