"""Code that protects: how it is written in each language, what it protects from, and what may stand in for it."""
# ruff: noqa: E501 - in these tables one row is one line

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from backline.finding import Category, Severity


class Family(NamedTuple):
    """One kind of protection. The words are those of a title: ``Removed …``."""

    words: str
    severity: Severity
    category: Category
    cwe: str
    consequence: str
    stems: str
    """Words in lower case: a line without any of them is not looked at."""
    stand_in: str
    """Regex, in lower case: an added line with it keeps this protection, unless `WEAKER` says otherwise."""
    movable: bool = False
    """Another method of the class may do it as well, a helper for one; a check of who calls may not move."""


class Row(NamedTuple):
    family: str
    languages: str
    pattern: str
    """On a removed line, without leading blanks; bounded or linear."""
    argument: bool = False
    """Part of a longer statement: counts only where the rest of the statement is still there."""


_SECURITY, _RELIABILITY = Category.SECURITY, Category.RELIABILITY
FAMILIES = {
    "authorisation": Family(
        "an authorisation check", Severity.HIGH, _SECURITY, "CWE-862", "callers whom it kept out can now get in",
        "auth login permission role staff admin scope owner token access user_passes depends security( require passport protect guard jwt session secured middleware gate:: deny forbid allow can current_user user_id userid tenant",
        r"auth|permi|login|role|owner|tenant|polic|guard|allow|access|current_?user|\bcan|forbid|denied|secur|admin|scope|protect",
    ),
    "owner": Family(
        "the limit to the caller's own records", Severity.HIGH, _SECURITY, "CWE-639", "a caller can reach the records of others by naming their id",
        "user owner tenant account org created_by author team",
        r"owner|tenant|user|account|org|auth|team|member|scope",
    ),
    "csrf": Family(
        "protection against cross-site requests", Severity.HIGH, _SECURITY, "CWE-352", "another site can act in a signed-in user's name",
        "csrf csurf forgery nosurf authenticity",
        r"csrf|xsrf|antiforgery|forgery|same_?site",
    ),
    "validation": Family(
        "validation of input", Severity.MEDIUM, _SECURITY, "CWE-20", "values that it rejected now reach the code behind it",
        "valid clean schema pipes parse celebrate permit notnull notblank notempty size pattern min( max( email positive required length range",
        r"valid|schema|clean|parse|check|sanit|permit|assert|serializ|pydantic|dto|require|constrain",
        movable=True,
    ),
    "headers": Family(
        "the security headers of responses", Severity.MEDIUM, _SECURITY, "CWE-693", "browsers are no longer told what may frame the pages and run in them",
        "helmet talisman securitymiddleware xframe secure",
        r"helmet|talisman|securitymiddleware|x-?frame|content-?security|secure_?headers|strict-transport",
        movable=True,
    ),
    "comparison": Family(
        "comparison in constant time", Severity.MEDIUM, _SECURITY, "CWE-208", "the time that a comparison takes tells how much of a guess is right",
        "compare timingsafe isequal constanttime hmac.equal hash_equals fixedtime",
        r"verif|check|match|compare|timing_?safe|is_?equal|constant_?time|hmac\.equal|secure_compare|hash_equals|fixed_?time",
        movable=True,
    ),
    "rate limit": Family(
        "a rate limit", Severity.MEDIUM, _SECURITY, "CWE-770", "one caller can send requests without end",
        "limit throttl slowdown bulkhead",
        r"limit|throttl|bucket|quota|slow_?down",
    ),
    "escaping": Family(
        "escaping of output", Severity.HIGH, _SECURITY, "CWE-79", "a value that someone else chose becomes markup",
        "escape clean quote format_html sanitize encode xss htmlentities htmlspecialchars esc_ strip_tags e( h",
        r"escape|bleach|sanit|encode|purif|clean|quote|safe_?join|format_html|htmlspecialchars|render",
        movable=True,
    ),
    "transaction": Family(
        "a transaction or lock", Severity.MEDIUM, _RELIABILITY, "CWE-362", "two requests at once, or an error in the middle, can leave the data half changed",
        "transaction atomic lock mutex begin for_update synchron acquire exclusive",
        r"atomic|transact|lock|mutex|synchron|semaphore|\bbegin|serializable|for_update|on_?conflict|upsert|\.(?:store|compareandswap)\(|\.load\(\)",
        movable=True,
    ),
    "timeout": Family(
        "a timeout", Severity.MEDIUM, _RELIABILITY, "CWE-1088", "a peer that does not answer holds the worker for ever",
        "timeout deadline signal cancelafter",
        r"time_?out|deadline|abort_?signal|cancel",
        movable=True,
    ),
}  # fmt: skip

WEAKER = re.compile(
    r"allow_?any\b|allow_?anonymous|permit_?all|csrf_exempt|login_exempt|skip_before_action|skip_?(?:auth|csrf|valid)"
    r"|permission_classes\s*=\s*[\[(]\s*[\])]|authentication_classes\s*=\s*[\[(]\s*[\])]|=\s*(?:none|nil|null|false)\b"
    r"|:\s*false\b|disable\(\)|\bif\s*\(?\s*(?:true|false|0)\b|\bany_?origin|without_?(?:auth|csrf)|\.permit!|noop"
)

_JS, _JVM = "javascript typescript tsx", "java kotlin"
_OTHER_CAN = (
    "retry be handle parse convert cast connect resolve continue start stop fit merge skip use cancel reuse refresh"
)
_CAN = rf"(?:\b|_|(?-i:(?=C)))can(?:_|(?-i:(?=[A-Z])))(?!(?:{_OTHER_CAN.replace(' ', '|')})(?:(?-i:[A-Z])|[_(]|\b))\w+"
"""What a caller may do: `can_edit`, `userCanEdit`; not what a call may (`canRetry`), nor a `candidate`."""
_AUTH_WORD = (
    rf"(?:{_CAN}|is_?(?:staff|superuser|admin|owner|authenticated|authori[sz]ed|allowed|member)|has_?(?:perm|role|access|scope)\w*"
    r"|owner(?!\.is_?org)\w*|permission\w*|authori[sz]\w*|forbidden|user_id|userId|tenant\w*|allowed_to\w*|admin\?|current_user)"
)
_CHECK = (
    r"(?:check|require|ensure|assert|verify|validate|enforce|demand)_?(?:\w{0,20}_?)?"
    r"(?:auth\w*|bearer\w*|perm\w*|owner\w*|access\w*|role\w*|admin\w*|login\w*|scope\w*|tenant\w*|policy\w*)"
)
ROWS = (
    Row("authorisation", "python", r"@(?:\w+\.){0,3}\w{0,30}(?:login|permission|role|auth|staff|admin|scope|user_passes_test|jwt|token|access)\w{0,30}(?:required|test|check|only)?\b"),
    Row("authorisation", "python", r"(?:permission|authentication)_classes\s*=\s*[\[(]\s*\w"),
    Row("authorisation", "python", r"@?(?:permission|authentication)_classes\(\s*[\[(]\s*\w"),
    Row("authorisation", "python", r".*\b(?:Depends|Security)\(\s*[\w.]{0,60}(?:user|auth|perm|role|admin|token|scope|verify)\w{0,40}", argument=True),
    Row("authorisation", "python", r"(?:self\.)?(?:check_object_permissions|check_permissions)\("),
    Row("authorisation", "python", r"class \w+\(.*\b(?:LoginRequired|PermissionRequired|UserPassesTest|AccessMixin)\w*", argument=True),
    Row("csrf", "python", r"@(?:\w+\.)?(?:csrf_protect|requires_csrf_token|ensure_csrf_cookie)\b|csrf\.init_app\(|CSRFProtect\("),
    Row("csrf", "python", r"""["']django\.middleware\.csrf\.CsrfViewMiddleware["']"""),
    Row("authorisation", "python", r"""["']django\.contrib\.auth\.middleware\.\w+["']"""),
    Row("validation", "python", r".*\.is_valid\(|.*\.full_clean\(|.*\.model_validate\(|(?:\w+\s*=\s*)?\w*schema\w*\.(?:load|validate)\(|validate_\w+\("),
    Row("rate limit", "python", r"@(?:\w+\.)?(?:rate_?limit|limit|throttle)\w*\(|throttle_classes\s*=\s*[\[(]\s*\w"),
    Row("escaping", "python", r"""(\w+)\s*=\s*(?:\w+\.)?(?:escape|conditional_escape|clean|quote)\(\s*\1\b"""),
    Row("escaping", "python", r".*\b(?:html\.escape|bleach\.clean|escape|conditional_escape|format_html|escape_html)\(", argument=True),
    Row("owner", "python", r".*\b(?:filter|get|get_object_or_404|filter_by|exclude)\((?:[^()]|\([^()]*\))*\b(?:(?:owner|user|tenant|account|organi[sz]ation|org|created_by|author|team)(?:_id)?\s*==?\s*|\w+\s*=\s*(?:self\.)?request\.user\b)", argument=True),
    Row("transaction", "python", r"@?(?:with |async with )?(?:\w+\.)?transaction\.atomic\b|(?:async )?with (?:\w+\.){0,2}\w{0,20}(?:lock|mutex)\w*(?:\(|:)|(?:async )?with \w+\.begin\(|.*\.(?:select_for_update|with_for_update)\("),
    Row("timeout", "python", r".*\btimeout\s*=\s*[\w(]", argument=True),
    Row("authorisation", _JS, r"(?:app|router|\w+[Rr]outer|server|fastify)\.(?:use|addHook)\(.*(?i:auth|passport|jwt|permission|role|session|login)"),
    Row("authorisation", _JS, r".*\b(?:passport\.authenticate\(|requireAuth|requireLogin|requireUser|requireAdmin|requireRole|isAuthenticated|isAdmin(?!\s*:)|isOwner(?!\s*:)|ensureAuthenticated|ensureLoggedIn|authenticate(?!d)\w*|authori[sz]e(?!d)\w*|verifyToken|checkJwt|checkAuth|checkPermission\w*|authMiddleware|protect)\b", argument=True),
    Row("authorisation", _JS, r"@(?:UseGuards|Roles|Permissions|RequirePermissions|Auth|Authorized|Scopes)\("),
    Row("csrf", _JS, r"(?:app|router)\.use\(.*csrf"),
    Row("csrf", _JS, r".*\b(?:csrf|csurf|csrfProtection|doubleCsrfProtection|lusca\.csrf)\b(?!\.[cm]?[jt]s\b)", argument=True),
    Row("rate limit", _JS, r"(?:app|router)\.use\(.*(?:[rR]ateLimit|[lL]imiter|slowDown)|@Throttle\("),
    Row("rate limit", _JS, r".*\b(?:rateLimit\w*|\w*[lL]imiter|slowDown|throttle)\b", argument=True),
    Row("validation", _JS, r"@UsePipes\(|.*\.useGlobalPipes\(|(?:const \w+ = )?(?:await )?\w*[sS]chema\.(?:parse|validate|safeParse|parseAsync|validateAsync)\("),
    Row("validation", _JS, r"(?:(?:const|let) [\w{][^=]* = )?(?:await )?\w[\w.]*\.(?:parse|safeParse|parseAsync)\(\s*(?:await )?(?:req|request|ctx|c|event)\.", argument=True),
    Row("headers", _JS, r"\w+\.(?:use|register)\(\s*(?:helmet|fastifyHelmet)\b"),
    Row("headers", "python", r"(?:\w+\s*=\s*)?Talisman\(|[\"']django\.middleware\.(?:security\.SecurityMiddleware|clickjacking\.XFrameOptionsMiddleware)[\"']"),
    Row("headers", "go", r"\w+\.Use\(.*\b(?:secure\.|Secure\(|helmet\.)"),
    Row("comparison", "python", r".*\b(?:hmac|secrets)\.compare_digest\(|.*\bcompare_digest\(", argument=True),
    Row("comparison", _JS, r".*\b(?:crypto\.)?timingSafeEqual\(", argument=True),
    Row("comparison", _JVM, r".*\bMessageDigest\.isEqual\(", argument=True),
    Row("comparison", "go", r".*\b(?:subtle\.ConstantTimeCompare|hmac\.Equal)\(", argument=True),
    Row("comparison", "ruby", r".*\b(?:fixed_length_)?secure_compare\(", argument=True),
    Row("comparison", "php", r".*\bhash_equals\(", argument=True),
    Row("comparison", "csharp", r".*\bFixedTimeEquals\(", argument=True),
    Row("validation", _JS, r".*\b(?:validate(?!\w*(?:Bearer|Auth))\w*|celebrate|checkSchema|zValidator|validationResult)\(", argument=True),
    Row("escaping", _JS, r".*\b(?:escape(?:Html|HTML)?|sanitize\w*|DOMPurify\.sanitize|encodeURIComponent|he\.encode|xss)\(", argument=True),
    Row("transaction", _JS, r".*(?:\.\$?transaction\(|\.startTransaction\(|\.acquire\(|\.runExclusive\()|.*\.setLock\(|.*\bFOR UPDATE\b"),
    Row("timeout", _JS, r".*\b(?:timeout|signal)\s*:\s*[\w(]|.*AbortSignal\.timeout\(", argument=True),
    Row("authorisation", _JVM, r"@(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed|RequiresRoles|RequiresPermissions|Authenticated|PreFilter)\b"),
    Row("authorisation", _JVM, r".*\.(?:authenticated|hasRole|hasAuthority|hasAnyRole|hasAnyAuthority)\(", argument=True),
    Row("csrf", _JVM, r".*\.csrf(?:TokenRepository)?\("),
    Row("validation", _JVM, r"@(?:field:)?(?:NotNull|NotBlank|NotEmpty|Size|Pattern|Min|Max|Email|Positive|Valid|Validated)\b(?:\([^)]*\))?$"),
    Row("validation", _JVM, r".*@(?:field:)?(?:Valid|Validated|NotNull|NotBlank|NotEmpty|Size|Pattern|Min|Max|Email|Positive)\b", argument=True),
    Row("rate limit", _JVM, r"@(?:RateLimiter|RateLimited|Bulkhead)\b"),
    Row("escaping", _JVM, r".*\b(?:HtmlUtils\.htmlEscape|escapeHtml\d?|Encode\.for\w+|StringEscapeUtils\.\w+)\(", argument=True),
    Row("transaction", _JVM, r"@(?:Transactional|Synchronized|Lock)\b|synchronized\s*\(|\w*[lL]ock\.lock\(|\w*[mM]utex\.withLock\b"),
    Row("timeout", _JVM, r"\.(?:(?:connect|read|write|call|request)?[tT]imeout|orTimeout|set\w{0,10}Timeout)\(|\w+\.set\w{0,10}Timeout\("),
    Row("authorisation", "go", r"\w+\.Use\(.*(?:[aA]uth|JWT|Session|Permission|Role)"),
    Row("authorisation", "go", r".*\b(?:\w+\.)?(?:[rR]equire\w*|[wW]ith\w*[aA]uth\w*|[aA]uth\w*|[eE]nsure\w*|JWT\w*)\(", argument=True),
    Row("csrf", "go", r".*\bcsrf\.Protect\(|.*\bnosurf\.New\("),
    Row("rate limit", "go", r"\w+\.Use\(.*(?:[lL]imit|[tT]hrottle)|if !\w*[lL]imiter\w*\.Allow\("),
    Row("validation", "go", r"(?:if )?(?:\w*[eE]rr\w* :?= |return |!)?(?:\w+\.){0,4}\w*[vV]alidat\w*(?:\.Struct)?\("),
    Row("escaping", "go", r".*\b(?:html\.EscapeString|template\.HTMLEscapeString)\(", argument=True),
    Row("transaction", "go", r"(?:defer )?\w[\w.]*\.R?Lock\(\)|\w+(?:, err)? :?= \w+\.Begin(?:Tx)?\("),
    Row("timeout", "go", r".*\bcontext\.With(?:Timeout|Deadline)\(|(?:Read|Write|Idle|ReadHeader)?Timeout:"),
    Row("authorisation", "ruby", r"(?:before_action|before_filter|prepend_before_action)\s+:?\w*(?:auth|login|sign|require|admin|permission|user|owner|access)\w*|authori[sz]e!?[\s(]|load_and_authorize_resource|authorize_resource|verify_authorized|doorkeeper_authorize!|http_basic_authenticate_with"),
    Row("csrf", "ruby", r"protect_from_forgery\b|before_action\s+:verify_authenticity_token"),
    Row("validation", "ruby", r"validates?\s+:\w|.*\.permit\(", ),
    Row("rate limit", "ruby", r"rate_limit\b|throttle\("),
    Row("escaping", "ruby", r".*(?:#\{\s*h\s*\(|\b(?:html_escape|sanitize|ERB::Util\.\w+|CGI\.escape\w*)[\s(])", argument=True),
    Row("owner", "ruby", r".*\bcurrent_(?:user|account|tenant|organization)\.\w+\.(?:find|where|find_by)\b", argument=True),
    Row("transaction", "ruby", r".*\b(?:transaction|with_lock|synchronize|with_advisory_lock)\b.*(?:\bdo\b|\{)|.*\.lock!?\b"),
    Row("timeout", "ruby", r".*\b(?:open_|read_|write_)?timeout(?::|\s*=)", argument=True),
    Row("authorisation", "php", r"\$this->middleware\(|\$this->(?:authorize|denyAccessUnlessGranted|authorizeResource)\(|Gate::(?:authorize|allows|denies|inspect)\(|#\[IsGranted\(|#\[Security\("),
    Row("authorisation", "php", r".*->middleware\(.*(?:auth|can:|role|permission|verified)", argument=True),
    Row("rate limit", "php", r".*->middleware\(.*throttle", argument=True),
    Row("csrf", "php", r".*(?:VerifyCsrfToken|@csrf\b|csrf_token\(|isCsrfTokenValid\()"),
    Row("validation", "php", r".*(?:\$request->validate\(|->validate\(\[|Validator::make\(|->validated\(\))"),
    Row("escaping", "php", r".*\b(?:htmlspecialchars|htmlentities|e|esc_html|esc_attr|strip_tags)\(", argument=True),
    Row("transaction", "php", r".*(?:DB::transaction\(|->beginTransaction\(|->lockForUpdate\()"),
    Row("timeout", "php", r".*(?:->timeout\(|'(?:connect_)?timeout'\s*=>|CURLOPT_TIMEOUT)", argument=True),
    Row("authorisation", "csharp", r"\[(?:\w+,\s*)?(?:Authorize|RequiresClaim|PrincipalPermission)\b|.*\.(?:RequireAuthorization|UseAuthorization|UseAuthentication)\("),
    Row("csrf", "csharp", r"\[(?:\w+,\s*)?(?:Auto)?ValidateAntiForgeryToken\b|.*\.UseAntiforgery\("),
    Row("validation", "csharp", r"if \(!?\s*ModelState\.IsValid|\[(?:Required|StringLength|Range|MaxLength|RegularExpression|EmailAddress)\b"),
    Row("rate limit", "csharp", r"\[EnableRateLimiting\b|.*\.(?:UseRateLimiter|RequireRateLimiting)\("),
    Row("escaping", "csharp", r".*\b(?:HtmlEncoder\.Default\.Encode|HtmlEncode|UrlEncode)\(", argument=True),
    Row("transaction", "csharp", r"lock \(|.*\.BeginTransaction(?:Async)?\(|.*\bTransactionScope\("),
    Row("timeout", "csharp", r".*\bTimeout = |.*\.CancelAfter\("),
    Row("authorisation", f"python go ruby php csharp {_JS} {_JVM}", rf"(?:await |self\.|this\.|\$this->|\w+\.)*{_CHECK}\("),
)  # fmt: skip

LONGEST = 300
"""Characters of a line that are looked at."""
_COMMENT = re.compile(r"\s*(?:#(?!\[)|//|\*|/\*|--|<!--|\"\"\")")
IMPORT = re.compile(
    r"\s*(?:import\b|from\s+\S+\s+import\b|require(?:_relative)?\b|use\s|using\s+[\w.]+;|export\s.*\bfrom\b"
    r"|.*=\s*(?:await\s+)?(?:\w{1,40}\()?(?:require|import)\()"
)
CONDITION = re.compile(
    rf"(?:\}}?\s*(?:el(?:se )?)?if|unless|return .* unless|raise .* unless|head .* unless)\b.*(?i:{_AUTH_WORD})"
)
WAY_OUT = re.compile(
    r"(?i)\b(?:raise|abort|return|throw|403|401|404|forbid\w*|unauthori[sz]ed|denied|redirect\w*|panic|http\.error|render|head|continue)\b"
)


def rule_id(family: str) -> str:
    return f"removed.{family.replace(' ', '-')}"


@cache
def rows(language: str, family: str) -> tuple[tuple[Row, re.Pattern[str]], ...]:
    return tuple(
        (row, re.compile(row.pattern)) for row in ROWS if row.family == family and language in row.languages.split()
    )


class ProtectingLine(NamedTuple):
    """A removed line that protected something."""

    line: int
    family: str
    text: str
    argument: bool


def protects(text: str, family: str, language: str) -> bool:
    """*text* is written as the tables know such a guard."""
    text = text.strip()
    condition = family == "authorisation" and CONDITION.match(text)
    return bool(condition or any(pattern.match(text) for _, pattern in rows(language, family)))


def inert(text: str) -> bool:
    """A comment or an import."""
    return bool(_COMMENT.match(text) or IMPORT.match(text))
