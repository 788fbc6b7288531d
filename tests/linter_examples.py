"""For each code of a linter that we keep: code on which it must speak, as small as it gets."""

RUFF = {
    "S102": "def f(text):\n    exec(text)\n",
    "S307": "def f(text):\n    return eval(text)\n",
    "S312": "import telnetlib\ntelnetlib.Telnet('host')\n",
    "S321": "import ftplib\nftplib.FTP('host')\n",
    "S502": "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLSv1)\n",
    "S503": "import ssl\ndef f(version=ssl.PROTOCOL_SSLv3):\n    return version\n",
    "S505": "from cryptography.hazmat.primitives.asymmetric import rsa\nrsa.generate_private_key(65537, 1024)\n",
    "S508": "from pysnmp.hlapi import CommunityData\nCommunityData('public', mpModel=0)\n",
    "S509": "from pysnmp.hlapi import UsmUserData\nUsmUserData('user')\n",
    "S610": "from django.contrib.auth.models import User\ndef f(w):\n    return User.objects.extra(where=[w])\n",
    "S611": "from django.db.models.expressions import RawSQL\ndef f(t):\n    return RawSQL(t, ())\n",
    "S612": "import logging.config\nlogging.config.listen(9999)\n",
    "S701": "from jinja2 import Environment\nenvironment = Environment()\n",
    "S702": "from mako.template import Template\npage = Template('hello')\n",
    "RUF064": "import os\nos.chmod('a', 644)\n",
    "DJ003": "from django.shortcuts import render\ndef f(request):\n    return render(request, 'a.html', locals())\n",
    "DJ007": "from django import forms\nclass F(forms.ModelForm):\n    class Meta:\n        fields = '__all__'\n",
    "ASYNC210": "import requests\nasync def f(url):\n    return requests.get(url, timeout=3)\n",
    "ASYNC212": "import httpx\nasync def f(url):\n    with httpx.Client() as client:\n        return client.get(url)\n",
    "ASYNC222": "import os\nasync def f(pid):\n    os.waitpid(pid, 0)\n",
    "ASYNC250": "async def f():\n    return input('name')\n",
    "RUF017": "def f(lists: list[list[int]]):\n    return sum(lists, [])\n",
    "ASYNC100": "import asyncio\nasync def f(x):\n    async with asyncio.timeout(3):\n        x()\n",
    "ASYNC105": "import trio\nasync def f():\n    trio.sleep(1)\n",
    "B005": "def f(x):\n    return x.lstrip('https://')\n",
    "B006": "def f(row, seen=[]):\n    seen.append(row)\n    return seen\n",
    "B012": "def f():\n    try:\n        g()\n    finally:\n        return 1\n\n\ndef g(): ...\n",
    "B015": "def f(x):\n    x == 1\n",
    "B016": "def f():\n    raise 'failed'\n",
    "B023": "def f(rows, calls):\n    for row in rows:\n        calls.append(lambda: row.id)\n",
    "B029": "def f(g):\n    try:\n        g()\n    except ():\n        pass\n",
    "B031": (
        "from itertools import groupby\n"
        "def f(rows):\n"
        "    for key, group in groupby(rows):\n"
        "        for x in rows:\n"
        "            print(key, x, list(group))\n"
    ),
    "B035": "def f(rows):\n    return {'id': row for row in rows}\n",
    "B039": "from contextvars import ContextVar\nSEEN: ContextVar[list[int]] = ContextVar('seen', default=[])\n",
    "F601": "x = {'a': 1, 'a': 2}\n",
    "F631": "def f(x):\n    assert (x, 'must be there')\n",
    "F632": "def f(x):\n    return x is 'a'\n",
    "F634": "def f(x):\n    if (x,):\n        return 1\n",
    "F821": "def f():\n    return missing()\n",
    "F823": "import os\ndef f():\n    print(os.name)\n    for os in range(3):\n        pass\n",
    "format": "def f(x):\n    return '%s %s' % (x,)\n",
    "FAST003": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/orders/{key}')\ndef f():\n    return 1\n",
    "PLE0237": "class A:\n    __slots__ = ('a',)\n    def __init__(self):\n        self.b = 1\n",
    "PLE0643": "x = [1, 2][2]\n",
    "PLE1132": "def f(g):\n    g(a=1, **{'a': 2})\n",
    "PLE1205": "import logging\nlogging.error('failed', 1)\n",
    "PLE1206": "import logging\nlogging.error('failed %s %s', 1)\n",
    "PLE1507": "import os\nos.getenv(1)\n",
    "PLW0133": "def f():\n    PermissionError('no')\n",
    "PLW0177": "def f(x):\n    return x == float('nan')\n",
    "PLW0245": "class A(dict):\n    def get(self):\n        return super.get()\n",
    "PLW0711": "def f(g):\n    try:\n        g()\n    except ValueError or KeyError:\n        pass\n",
    "PLW1501": "def f(path):\n    with open(path, 'rwx') as file:\n        return file.read()\n",
    "PLW1509": "import subprocess\nimport os\nsubprocess.Popen(['a'], preexec_fn=os.setsid)\n",
    "PLW2101": "import threading\ndef f():\n    with threading.Lock():\n        return 1\n",
    "RUF016": "x = [1, 2]['a']\n",
    "RUF024": "def f(keys):\n    return dict.fromkeys(keys, [])\n",
    "RUF032": "from decimal import Decimal\nprice = Decimal(0.1)\n",
    "RUF034": "def f(x):\n    return 1 if x else 1\n",
    "RUF060": "def f(x):\n    return x in []\n",
    "T100": "def f():\n    breakpoint()\n",
}

RUFF_SILENT = (
    # what rules of ours judge, or nobody wants to hear
    "import requests\ndef f(url):\n    return requests.get(url)\n",
    "def f(items=[]):\n    return len(items)\n",
    "def f(items=None, names=()):\n    for name in names:\n        print(name)\n    return items == []\n",
    "import random\ncode = random.random()\n",
    "def f(rows):\n    out = []\n    for row in rows:\n        out.append(row.id)\n    return out\n",
    "def f(g):\n    try:\n        g()\n    except Exception:\n        pass\n",
    "import pdb\n",
    "def f(x):\n    return x.strip(' -/')\n",
    "def f():\n    return _('hello')\n",
    "def f(path):\n    assert path\n    return '/tmp/x'\n",
    "import hashlib\nkey = hashlib.md5(b'a').hexdigest()\n",
    "from jinja2 import Environment, select_autoescape\nx = Environment(autoescape=select_autoescape())\n",
    "import httpx\nasync def f(url):\n    async with httpx.AsyncClient() as c:\n        return await c.get(url)\n",
    "import threading\nLOCK = threading.Lock()\ndef f():\n    with LOCK:\n        return 1\n",
    "import ast\ndef f(text):\n    return ast.literal_eval(text)\n",
    "from decimal import Decimal\nprice = Decimal('0.1')\n",
    "class A(dict):\n    def get(self):\n        return super().get(1)\n",
)

SQUAWK = {
    "require-concurrent-index-creation": "CREATE INDEX orders_at ON orders (at);\n",
    "require-concurrent-index-deletion": "DROP INDEX orders_at;\n",
    "require-concurrent-reindex": "REINDEX TABLE orders;\n",
    "adding-foreign-key-constraint": "ALTER TABLE orders ADD COLUMN customer_id bigint REFERENCES customers (id);\n",
    "constraint-missing-not-valid": "ALTER TABLE orders ADD CONSTRAINT paid CHECK (total > 0);\n",
    "disallowed-unique-constraint": "ALTER TABLE orders ADD CONSTRAINT number UNIQUE (number);\n",
    "adding-serial-primary-key-field": "ALTER TABLE orders ADD COLUMN id bigserial PRIMARY KEY;\n",
    "adding-not-nullable-field": "ALTER TABLE orders ALTER COLUMN state SET NOT NULL;\n",
    "changing-column-type": "ALTER TABLE orders ALTER COLUMN total TYPE numeric(20, 4);\n",
    "ban-alter-domain-with-add-constraint": "ALTER DOMAIN money ADD CONSTRAINT positive CHECK (value > 0);\n",
    "ban-drop-database": "DROP DATABASE shop;\n",
    "ban-truncate-cascade": "TRUNCATE orders CASCADE;\n",
    "ban-uncommitted-transaction": "BEGIN;\nALTER TABLE orders ADD COLUMN note text;\n",
}

SQUAWK_SILENT = (
    "CREATE INDEX CONCURRENTLY orders_at ON orders (at);\n",
    "DROP INDEX CONCURRENTLY orders_at;\n",
    "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz);\nCREATE INDEX orders_at ON orders (at);\n",
    "ALTER TABLE orders ADD CONSTRAINT paid CHECK (total > 0) NOT VALID;\n",
    "ALTER TABLE orders ADD COLUMN note text;\n",
    "ALTER TABLE orders ADD COLUMN number int;\n",
    "TRUNCATE orders;\n",
    "-- DROP INDEX orders_at;\nALTER TABLE orders ADD COLUMN note text DEFAULT 'DROP INDEX a';\n",
)

_JOB = "jobs:\n  check:\n    runs-on: ubuntu-latest\n    permissions: {}\n    steps:\n"

ZIZMOR = {
    "template-injection": f'on: pull_request\n{_JOB}      - run: echo "${{{{ github.event.pull_request.title }}}}"\n',
    "dangerous-triggers": f"on: pull_request_target\n{_JOB}      - run: make\n",
    "github-env": (
        f"on: pull_request_target\n{_JOB}"
        '      - env: {TITLE: "${{ github.head_ref }}"}\n'
        '        run: echo "T=$TITLE" >> $GITHUB_ENV\n'
    ),
    "insecure-commands": f"on: push\nenv:\n  ACTIONS_ALLOW_UNSECURE_COMMANDS: true\n{_JOB}      - run: make\n",
    "hardcoded-container-credentials": (
        "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    container:\n      image: example.com/a\n"
        "      credentials:\n        username: user\n        password: hunter2\n    steps:\n      - run: make\n"
    ),
    "overprovisioned-secrets": (
        f'on: push\n{_JOB}      - env: {{ALL: "${{{{ toJSON(secrets) }}}}"}}\n        run: ./deploy\n'
    ),
    "unredacted-secrets": (
        f'on: push\n{_JOB}      - env: {{KEY: "${{{{ fromJSON(secrets.KEYS).one }}}}"}}\n        run: ./deploy\n'
    ),
    "secrets-inherit": "on: push\njobs:\n  a:\n    uses: acme/ci/.github/workflows/a.yml@main\n    secrets: inherit\n",
    "bot-conditions": (
        f"on: pull_request_target\n{_JOB}"
        "      - if: github.actor == 'dependabot[bot]'\n        run: gh pr merge --auto\n"
    ),
    "unsound-contains": (
        f"on: pull_request\n{_JOB}"
        "      - if: contains('refs/heads/main refs/heads/develop', github.ref)\n        run: ./deploy\n"
    ),
    "unsound-condition": (
        f"on: push\n{_JOB}      - if: |\n          ${{{{ github.event_name == 'push' }}}}\n        run: make\n"
    ),
    "obfuscation": f"on: push\n{_JOB}      - uses: actions/checkout/././@v4\n",
}

ZIZMOR_SILENT = (
    f"on: push\n{_JOB}      - run: make ${{{{ env.TARGET }}}} ${{{{ needs.a.outputs.b }}}}\n",
    f"on: push\n{_JOB}      - run: make\n",
    f"on: push\n{_JOB}      - uses: actions/checkout@v4\n",
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make ${{ matrix.os }}\n",
    f"on: {{workflow_dispatch: {{inputs: {{a: {{type: string}}}}}}}}\n{_JOB}      - run: make ${{{{ inputs.a }}}}\n",
    f'on: push\n{_JOB}      - run: echo "by ${{{{ github.actor }}}}"\n',
    (
        f"on: pull_request\n{_JOB}"
        '      - env: {TITLE: "${{ github.event.pull_request.title }}"}\n        run: echo "$TITLE"\n'
    ),
    "on: push\njobs:\n  a:\n    uses: ./.github/workflows/a.yml\n    secrets:\n      KEY: ${{ secrets.KEY }}\n",
)
