# ruff: noqa: E501, ISC004 - in these tables one row is one case
from __future__ import annotations

import pytest
from edited import edited

from backline.finding import Side
from backline.intake.syntax import parse
from backline.leads import removed
from backline.leads.lead import Lead
from backline.leads.protection import FAMILIES, ROWS


def leads(language: str, before: str, after: str, **fields: str) -> list[Lead]:
    file = edited("app/code", before, after, **fields)
    return removed.find(file, parse(before, language), parse(after, language), language)


PYTHON_VIEW = """\
@login_required
def update(request, id):
    order = Order.objects.get(id=id)
    order.name = request.POST["name"]
    order.save()
    return redirect(order)
"""
EXPRESS = """\
const app = express();
app.use(express.json());
app.use(requireAuth);
app.get('/orders', listOrders);
app.post('/orders', validate(orderSchema), createOrder);
app.listen(3000);
"""
JAVA = """\
class Orders {
    @PreAuthorize("hasRole('ADMIN')")
    public void remove(long id) {
        log.info("remove {}", id);
        repository.deleteById(id);
    }
}
"""
GO = """\
func routes(r *chi.Mux) {
	r.Use(middleware.Logger)
	r.Use(auth.Middleware)
	r.Get("/orders", list)
	r.Handle("/admin", requireAdmin(admin))
}
"""
RUBY = """\
class OrdersController < ApplicationController
  before_action :authenticate_user!
  protect_from_forgery with: :exception
  def update
    order = Order.find(params[:id])
    authorize order
    order.update!(order_params)
  end
end
"""
PHP = """\
<?php
class OrderController extends Controller {
    public function update(Request $request, Order $order) {
        $this->authorize('update', $order);
        $order->update($request->validate(['name' => 'required']));
        return $order;
    }
}
"""
CSHARP = """\
public class OrdersController : Controller {
    [Authorize(Roles = "Admin")]
    [ValidateAntiForgeryToken]
    public IActionResult Delete(int id) {
        repository.Delete(id);
        return Ok();
    }
}
"""
KOTLIN = """\
class Orders(private val repository: Repository) {
    @Secured("ROLE_ADMIN")
    fun remove(id: Long) {
        repository.deleteById(id)
        log.info("removed")
    }
}
"""
SPOKEN = [
    ("python", PYTHON_VIEW, "@login_required\n", "", "removed.authorisation", 1),
    ("python", "@app.get('/x', dependencies=[Depends(get_current_user)])\ndef x():\n    return rows()\n",
     ", dependencies=[Depends(get_current_user)]", "", "removed.authorisation", 1),
    ("python", "def x(\n    id: int,\n    user: User = Depends(get_current_user),\n):\n    return rows(id)\n",
     "    user: User = Depends(get_current_user),\n", "", "removed.authorisation", 3),
    ("python", "class V(APIView):\n    permission_classes = [IsOwner]\n\n    def get(self, request):\n        return r()\n",
     "    permission_classes = [IsOwner]\n", "", "removed.authorisation", 2),
    ("python", "class V(APIView):\n    permission_classes = [IsOwner]\n\n    def get(self, request):\n        return r()\n",
     "[IsOwner]", "[AllowAny]", "removed.authorisation", 2),
    ("python", "def f(request, id):\n    doc = get(id)\n    if not request.user.can_edit(doc):\n        raise PermissionDenied\n"
     "    doc.save()\n    return doc\n",
     "    if not request.user.can_edit(doc):\n        raise PermissionDenied\n", "", "removed.authorisation", 3),
    ("java", "class A {\n    boolean f(U user, D doc) {\n        if (!user.canEdit(doc)) {\n            return false;\n        }\n        return save(doc);\n    }\n}\n",
     "        if (!user.canEdit(doc)) {\n            return false;\n        }\n", "", "removed.authorisation", 3),
    ("python", "def f(request, id):\n    return show(Order.objects.get(id=int(id), owner=request.user))\n",
     ", owner=request.user", "", "removed.owner", 2),
    ("python", "@csrf_protect\ndef f(request):\n    return pay(request)\n", "@csrf_protect\n", "", "removed.csrf", 1),
    ("python", "def f(self, request):\n    s = OrderSerializer(data=request.data)\n    s.is_valid(raise_exception=True)\n    s.save()\n",
     "    s.is_valid(raise_exception=True)\n", "", "removed.validation", 3),
    ("python", "class V(APIView):\n    throttle_classes = [Burst]\n    x = 1\n    y = 2\n", "    throttle_classes = [Burst]\n",
     "", "removed.rate-limit", 2),
    ("python", "def f(name):\n    body = page()\n    return f'<b>{escape(name)}</b>'\n", "escape(name)", "name",
     "removed.escaping", 3),
    ("python", "def f(name):\n    name = escape(name)\n    page = load()\n    return page.format(name)\n",
     "    name = escape(name)\n", "", "removed.escaping", 2),
    ("python", "def f(request, id):\n    order = Order.objects.get(id=id, owner=request.user)\n    return order\n",
     ", owner=request.user", "", "removed.owner", 2),
    ("python", "def f(a, b):\n    with transaction.atomic():\n        a.save()\n        b.save()\n",
     "    with transaction.atomic():\n        a.save()\n        b.save()", "    a.save()\n    b.save()", "removed.transaction", 2),
    ("python", "def f(u):\n    r = requests.get(u, timeout=5)\n    return r\n", ", timeout=5", "", "removed.timeout", 2),
    ("python", "def f(u):\n    r = requests.get(\n        u,\n        timeout=5,\n    )\n    return r\n",
     "        timeout=5,\n", "", "removed.timeout", 4),
    ("python", "MIDDLEWARE = [\n    'a.B',\n    'django.middleware.csrf.CsrfViewMiddleware',\n    'c.D',\n]\n",
     "    'django.middleware.csrf.CsrfViewMiddleware',\n", "", "removed.csrf", 3),
    ("javascript", EXPRESS, "app.use(requireAuth);\n", "", "removed.authorisation", 3),
    ("typescript", EXPRESS, "validate(orderSchema), ", "", "removed.validation", 5),
    ("typescript", "@Controller()\nclass Orders {\n  @UseGuards(AuthGuard)\n  @Get()\n  list() {\n    return this.all();\n  }\n}\n",
     "  @UseGuards(AuthGuard)\n", "", "removed.authorisation", 3),
    ("javascript", "app.use(a);\napp.use(rateLimit({ max: 100 }));\napp.use(b);\n",
     "app.use(rateLimit({ max: 100 }));\n", "", "removed.rate-limit", 2),
    ("javascript", "app.use(a);\napp.use(csrf({ cookie: true }));\napp.use(b);\n", "app.use(csrf({ cookie: true }));\n", "",
     "removed.csrf", 2),
    ("javascript", "function f(req, res) {\n  if (!req.user.isAdmin) {\n    return res.status(403).end();\n  }\n  remove(req.id);\n  res.end();\n}\n",
     "  if (!req.user.isAdmin) {\n    return res.status(403).end();\n  }\n", "", "removed.authorisation", 2),
    ("javascript", "function f(name) {\n  const a = 1;\n  return `<b>${escapeHtml(name)}</b>`;\n}\n", "escapeHtml(name)", "name",
     "removed.escaping", 3),
    ("java", JAVA, "    @PreAuthorize(\"hasRole('ADMIN')\")\n", "", "removed.authorisation", 2),
    ("java", "class A {\n    void f(@Valid @RequestBody Order order) {\n        save(order);\n    }\n}\n", "@Valid ", "",
     "removed.validation", 2),
    ("java", "class A {\n    @Transactional\n    public void f() {\n        a.save();\n        b.save();\n    }\n}\n",
     "    @Transactional\n", "", "removed.transaction", 2),
    ("kotlin", KOTLIN, '    @Secured("ROLE_ADMIN")\n', "", "removed.authorisation", 2),
    ("go", GO, "\tr.Use(auth.Middleware)\n", "", "removed.authorisation", 3),
    ("go", GO, "requireAdmin(admin)", "admin", "removed.authorisation", 5),
    ("go", "func (s *S) add() {\n\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n\ts.n++\n\ts.log()\n}\n",
     "\ts.mu.Lock()\n\tdefer s.mu.Unlock()\n", "", "removed.transaction", 2),
    ("ruby", RUBY, "  before_action :authenticate_user!\n", "", "removed.authorisation", 2),
    ("ruby", RUBY, "  protect_from_forgery with: :exception\n", "", "removed.csrf", 3),
    ("ruby", RUBY, "    authorize order\n", "", "removed.authorisation", 6),
    ("ruby", "def show\n  @order = current_user.orders.find(params[:id])\n  render\nend\n", "current_user.orders", "Order",
     "removed.owner", 2),
    ("php", PHP, "        $this->authorize('update', $order);\n", "", "removed.authorisation", 4),
    ("php", PHP, "$request->validate(['name' => 'required'])", "$request->all()", "removed.validation", 5),
    ("php", "<?php\nRoute::get('/a', [A::class, 'a'])->middleware('auth');\nRoute::get('/b', [B::class, 'b']);\n",
     "->middleware('auth')", "", "removed.authorisation", 2),
    ("csharp", CSHARP, '    [Authorize(Roles = "Admin")]\n', "", "removed.authorisation", 2),
    ("csharp", CSHARP, "    [ValidateAntiForgeryToken]\n", "", "removed.csrf", 3),
]  # fmt: skip


SPOKEN += [
    ("python",
     "class V:\n    @login_required\n    def one(self, r):\n        return page(r)\n\n    def two(self, r):\n        return other(r)\n",
     "    @login_required\n    def one(self, r):\n        return page(r)\n\n",
     "    def one(self, r):\n        return page(r)\n\n    @permission_required('x')\n", "removed.authorisation", 2),
]  # fmt: skip


SPOKEN += [
    ("javascript", "app.use(helmet());\napp.use(routes);\napp.listen(1);\n", "app.use(helmet());\n", "", "removed.headers", 1),
    ("python", "app = Flask(__name__)\nTalisman(app)\napp.run()\n", "Talisman(app)\n", "", "removed.headers", 2),
    ("go", "func main() {\n\tr.Use(secure.New(options))\n\tr.Run()\n\tx := 1\n}\n", "\tr.Use(secure.New(options))\n", "", "removed.headers", 2),
    ("python", "def ok(sig, own):\n    return hmac.compare_digest(sig, own)\n", "hmac.compare_digest(sig, own)", "sig == own", "removed.comparison", 2),
    ("typescript", "function ok(a, b) {\n  return crypto.timingSafeEqual(a, b);\n}\n", "crypto.timingSafeEqual(a, b)", "a === b", "removed.comparison", 2),
    ("java", "class A {\n    boolean ok(byte[] a, byte[] b) {\n        return MessageDigest.isEqual(a, b);\n    }\n}\n",
     "MessageDigest.isEqual(a, b)", "Arrays.equals(a, b)", "removed.comparison", 3),
    ("go", "func ok(a, b []byte) bool {\n\treturn hmac.Equal(a, b)\n}\n", "hmac.Equal(a, b)", "bytes.Equal(a, b)", "removed.comparison", 2),
    ("ruby", "def ok(a, b)\n  Rack::Utils.secure_compare(a, b)\nend\n", "Rack::Utils.secure_compare(a, b)", "a == b", "removed.comparison", 2),
    ("php", "<?php\nfunction ok($a, $b) {\n    return hash_equals($a, $b);\n}\n", "hash_equals($a, $b)", "$a === $b", "removed.comparison", 3),
    ("csharp", "class A {\n    bool Ok(byte[] a, byte[] b) {\n        return CryptographicOperations.FixedTimeEquals(a, b);\n    }\n}\n",
     "CryptographicOperations.FixedTimeEquals(a, b)", "a.SequenceEqual(b)", "removed.comparison", 3),
    ("typescript", "router.post('/u', async (req, res) => {\n  const data = createUser.parse(req.body);\n  res.json(await save(data));\n});\n",
     "createUser.parse(req.body)", "req.body", "removed.validation", 2),
    ("python", "def f(request, pk):\n    order = Order.objects.get(pk=pk, customer=request.user)\n    return order\n",
     ", customer=request.user", "", "removed.owner", 2),
    ("python", "from django.utils.html import escape\ndef f(request):\n    name = escape(request.GET['n'])\n    return HttpResponse(name)\n",
     "escape(request.GET['n'])", "request.GET['n']", "removed.escaping", 3),
    ("python", "from api import (\n    Burst,\n)\nclass V(APIView):\n    throttle_classes = [Burst]\n    x = 1\n", "    throttle_classes = [Burst]\n",
     "", "removed.rate-limit", 5),
]  # fmt: skip


@pytest.mark.parametrize(("language", "before", "old", "new", "rule", "line"), SPOKEN)
def test_a_removed_protection_is_a_lead_on_the_removed_line(
    language: str, before: str, old: str, new: str, rule: str, line: int
) -> None:
    assert old in before
    found = leads(language, before, before.replace(old, new))
    assert [(lead.rule, lead.start_line, lead.side) for lead in found] == [(rule, line, Side.LEFT)]


SILENT = [
    ("a name in a list of imports", "python", "from auth import (\n    login_required,\n    escape(name),\n)\ndef f(name):\n    return name\n", "    escape(name),\n", ""),
    ("other headers", "javascript", "app.use(helmet());\napp.use(routes);\napp.listen(1);\n", "helmet()", "helmet({ hsts: { maxAge: 99 } })"),
    ("a wrapper that verifies", "python", "def ok(sig, own):\n    return hmac.compare_digest(sig, own)\n", "hmac.compare_digest(sig, own)", "verify(sig, own)"),
    ("a wrapper that compares", "python", "def ok(code, own):\n    if secrets.compare_digest(code, own):\n        return 1\n    return 0\n", "secrets.compare_digest(code, own)", "compare_user_code(actual=code, expected=own)"),
    ("JSON is no schema", "javascript", "function f(req, text) {\n  const data = JSON.parse(text);\n  return save(data);\n}\n", "JSON.parse(text)", "text"),
    ("another check of the same data", "typescript", "function f(req) {\n  const data = createUser.parse(req.body);\n  return save(data);\n}\n", "createUser.parse(req.body)", "newUser.parse(req.body)"),
    ("the whole handler went", "python", PYTHON_VIEW + "\n\ndef other():\n    pass\n", PYTHON_VIEW, ""),
    ("it was renamed to its equal", "python", PYTHON_VIEW, "@login_required", "@permission_required('orders.change')"),
    ("the check moved into the body", "python", PYTHON_VIEW, "@login_required\ndef update(request, id):\n",
     "def update(request, id):\n    require_login(request)\n"),
    ("decorators changed places", "python", "@a\n@login_required\n@b\ndef f(r):\n    return r\n", "@a\n@login_required\n@b",
     "@b\n@login_required\n@a"),
    ("the class has it now", "python",
     "class V(View):\n    def get(self, r):\n        return page(r)\n\n    @method_decorator(login_required)\n    @login_required\n"
     "    def post(self, r):\n        return save(r)\n",
     "class V(View):", "@method_decorator(login_required, name='dispatch')\nclass V(LoginRequiredMixin, View):"),
    ("the router has it now", "python",
     "router = APIRouter()\n\n\n@router.get('/x', dependencies=[Depends(get_current_user)])\ndef x():\n    return rows()\n",
     "APIRouter()\n\n\n@router.get('/x', dependencies=[Depends(get_current_user)])",
     "APIRouter(dependencies=[Depends(get_current_user)])\n\n\n@router.get('/x')"),
    ("a stricter class took its place", "python", "class V(APIView):\n    permission_classes = [IsAuthenticated]\n    x = 1\n",
     "[IsAuthenticated]", "[IsAuthenticated, IsOwner]"),
    ("only a comment went", "python", "def f():\n    # check_permission(user) happens upstream\n    return 1\n",
     "    # check_permission(user) happens upstream\n", ""),
    ("only an import went", "python", "from django.contrib.auth.decorators import login_required\nx = 1\n",
     "from django.contrib.auth.decorators import login_required\n", ""),
    ("a name left a list of imports", "typescript",
     "import {\n  Router,\n  requireAuth,\n  json,\n} from './web';\nconst r = Router();\n", "  requireAuth,\n", ""),
    ("the call itself went", "python", "def f(u):\n    r = requests.get(u, timeout=5)\n    log()\n    return 1\n",
     "    r = requests.get(u, timeout=5)\n", ""),
    ("another definition calls it now", "python", "def f(u):\n    r = requests.get(u, timeout=5)\n    return r\n",
     "def f(u):\n    r = requests.get(u, timeout=5)\n", "def g(u):\n    r = requests.get(u)\n"),
    ("the timeout has another value", "python", "def f(u):\n    r = requests.get(u, timeout=5)\n    return r\n", "5", "TIMEOUT"),
    ("the route went", "javascript", EXPRESS, "app.post('/orders', validate(orderSchema), createOrder);\n", ""),
    ("another middleware does it", "javascript", EXPRESS, "app.use(requireAuth);", "app.use(passport.session());"),
    ("it was re-indented", "python", "def f(u):\n    with lock:\n        a()\n        b()\n    return 1\n",
     "    with lock:\n        a()\n        b()\n", "    try:\n        with lock:\n            a()\n            b()\n    finally:\n        c()\n"),
    ("the body was rewritten", "python", PYTHON_VIEW, PYTHON_VIEW, "def update(request, id):\n    return gone()\n"),
    ("the weaker form went", "python", "class V(APIView):\n    permission_classes = [AllowAny]\n    x = 1\n    y = 2\n",
     "    permission_classes = [AllowAny]\n", ""),
    ("the class was deleted", "java", JAVA, JAVA, "class Other {}\n"),
    ("a stricter role", "java", JAVA, "hasRole('ADMIN')", "hasRole('ROOT')"),
    ("the filter replaced the check by the caller's own records", "python",
     "def f(request, id):\n    order = Order.objects.get(id=id)\n    if order.owner != request.user:\n        raise Http404\n    return order\n",
     "id=id)\n    if order.owner != request.user:\n        raise Http404\n", "id=id, owner=request.user)\n"),
    ("escaping by the template", "python", "def f(name):\n    body = 1\n    return html(escape(name))\n", "html(escape(name))",
     "render('x.html', name=name)"),
    ("the field went with its annotation", "java", "class A {\n    @NotNull\n    String name;\n    int a;\n    int b;\n}\n",
     "    @NotNull\n    String name;\n", ""),
    ("another route came where one went", "javascript", EXPRESS, "app.post('/orders', validate(orderSchema), createOrder);",
     "app.post('/carts', createCart);"),
    ("the condition is shorter but still there", "python",
     "def f(request, doc):\n    if doc and not request.user.can_edit(doc):\n        raise Http404\n    return doc\n", "doc and ", ""),
    ("a helper of the class escapes it", "python",
     "class H:\n    def one(self, x):\n        y = self.load(x)\n        return '<a %s>' % escape(y.url)\n",
     "        return '<a %s>' % escape(y.url)\n", "        return self.many([y])[0]\n\n    def many(self, ys):\n        return ['<a %s>' % escape(i.url) for i in ys]\n"),
    ("a word in a text", "python", "def f():\n    log('login required')\n    return 1\n", "    log('login required')\n", ""),
    ("a lock gave way to an atomic value", "go", "func (s *S) set(t time.Time) {\n\ts.mu.Lock()\n\ts.at = t\n\ts.mu.Unlock()\n\ts.log()\n}\n",
     "\ts.mu.Lock()\n\ts.at = t\n\ts.mu.Unlock()\n", "\ts.at.Store(&t)\n"),
    ("a new helper of the file escapes", "go",
     "func run(c *C) {\n\tto := fmt.Sprintf(\"%s\", html.EscapeString(c.Form(\"a\")))\n\tc.Redirect(to)\n}\n",
     "fmt.Sprintf(\"%s\", html.EscapeString(c.Form(\"a\")))\n\tc.Redirect(to)\n}\n",
     "target(c.Form(\"a\"))\n\tc.Redirect(to)\n}\n\nfunc target(a string) string {\n\treturn \"/\" + html.EscapeString(a)\n}\n"),
    ("what may be retried is no permission", "java",
     "class A {\n    void f(R result) {\n        if (result.canRetry()) {\n            throw new RetryException();\n        }\n        save();\n    }\n}\n",
     "        if (result.canRetry()) {\n            throw new RetryException();\n        }\n", ""),
    ("a candidate is no permission", "go",
     "func f(c *C) {\n\tif !candidates.Contains(c.ID) {\n\t\tc.NotFound(nil)\n\t\treturn\n\t}\n\tsave(c)\n}\n",
     "\tif !candidates.Contains(c.ID) {\n\t\tc.NotFound(nil)\n\t\treturn\n\t}\n", ""),
    ("a value that someone validated is no check", "go",
     "func f(c *C) {\n\tvalidated, err := user.ValidateCommits(c, list)\n\tif err != nil {\n\t\treturn\n\t}\n\tshow(list)\n}\n",
     "validated, err := user.ValidateCommits(c, list)", "found, err := user.ByCommits(c, list)"),
    ("the row is locked by an argument", "python",
     "def get(cls, id, for_update):\n    q = query(cls)\n    if for_update:\n        q = q.with_for_update()\n    return q.get(id)\n",
     "    q = query(cls)\n    if for_update:\n        q = q.with_for_update()\n    return q.get(id)\n",
     "    return session.get(cls, id, with_for_update=for_update or None)\n"),
    ("the user is handed to something else", "python",
     "def remove(self, page):\n    log(page)\n    return Delete(Page.objects.get(id=page.id), user=self.user).run()\n",
     "Delete(Page.objects.get(id=page.id), user=self.user).run()", "page.delete(Page.objects.get(id=page.id))"),
    ("what kind of owner it is", "go",
     "func f(c *C) error {\n\tif c.Repo.Owner.IsOrganization() {\n\t\treturn c.load()\n\t}\n\tc.log()\n\treturn nil\n}\n",
     "\tif c.Repo.Owner.IsOrganization() {\n\t\treturn c.load()\n\t}\n", ""),
    ("a helper that it calls checks now", "javascript",
     "function remove(socket, uids, done) {\n  if (!socket.isAdmin) {\n    return done(new Error('no'));\n  }\n  each(uids, done);\n  log(uids);\n}\n",
     "  if (!socket.isAdmin) {\n    return done(new Error('no'));\n  }\n  each(uids, done);\n  log(uids);\n}\n",
     "  all(socket, uids, done);\n}\n\nfunction all(socket, uids, done) {\n  if (!socket.isAdmin) {\n    return done(new Error('no'));\n  }\n  each(uids, done);\n  log(uids);\n}\n"),
    ("a question for data", "javascript",
     "function f(req, done) {\n  async.parallel({\n    isAdmin: ask(req.uid),\n    rows: load(req.uid),\n  }, done);\n}\n",
     "    isAdmin: ask(req.uid),\n", ""),
    ("the callers are wrapped now", "javascript",
     "exports.all = function (socket, data, done) {\n  all('accept', socket, data, done);\n};\n\n"
     "function all(type, socket, data, done) {\n  if (!socket.isOwner) {\n    return done(new Error('no'));\n  }\n  groups.each(data, done);\n  log(data);\n}\n",
     "exports.all = function (socket, data, done) {\n  all('accept', socket, data, done);\n};\n\n"
     "function all(type, socket, data, done) {\n  if (!socket.isOwner) {\n    return done(new Error('no'));\n  }\n",
     "exports.all = isOwner((socket, data, done) => all('accept', socket, data, done));\n\nfunction all(type, socket, data, done) {\n"),
    ("a list of files", "javascript", "module.exports = [\n  'client/footer.js',\n  'modules/csrf.js',\n  'modules/chat.js',\n];\n", "  'modules/csrf.js',\n", ""),
    ("a column", "typescript", "const columns = [\n  'account.id',\n  'account.authenticatedAt',\n  'account.name',\n];\n", "  'account.authenticatedAt',\n", ""),
    ("the route asks for it now", "typescript",
     "server.remove(async ({ req }) => {\n  const r = await ctx.verifier.validateBearerToken(req, [Refresh]);\n  await ctx.revoke(r.id);\n  log(r);\n});\n",
     "async ({ req }) => {\n  const r = await ctx.verifier.validateBearerToken(req, [Refresh]);\n", "{\n  auth: ctx.authVerifier.refresh, handler: async (r) => {\n"),
    ("a compiled import", "javascript", "const authorizedClients = __importStar(require('./a'));\nauthorizedClients.run(1);\nlog(1);\n",
     "const authorizedClients = __importStar(require('./a'));\n", "import * as authorizedClients from './a.js';\n"),
    ("Rails escapes what is in a link", "ruby", "def f(name)\n  a = 1\n  link_to h(name), a\nend\n", "h(name)", "name"),
    ("a variable with a short name", "ruby", "def f\n  h = g(1)\n  h.each { |a| b(a) }\n  c\nend\n", "  h = g(1)\n  h.each", "  g(1).each"),
    ("an ordinary argument", "go", "func f() {\n\tx := getAuthor(id)\n\tuse(x)\n}\n", "getAuthor(id)", "author"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "language", "before", "old", "new"), SILENT, ids=[row[0] for row in SILENT])
def test_a_deletion_that_leaves_the_protection_is_silent(
    why: str, language: str, before: str, old: str, new: str
) -> None:
    assert old in before
    assert leads(language, before, before.replace(old, new)) == []


def test_neighbouring_lines_of_one_kind_are_one_lead() -> None:
    before = "class A {\n    @NotNull\n    @Size(max = 5)\n    String name;\n    int other;\n}\n"
    found = leads("java", before, before.replace("    @NotNull\n    @Size(max = 5)\n", ""))
    assert [(lead.start_line, lead.line) for lead in found] == [(2, 3)]


def test_the_lead_names_the_guard_and_the_definition() -> None:
    (lead,) = leads("java", JAVA, JAVA.replace("    @PreAuthorize(\"hasRole('ADMIN')\")\n", ""))
    assert "Orders.remove" in lead.title
    assert "@PreAuthorize" in lead.body
    assert not lead.guard


@pytest.mark.parametrize("status", ["deleted", "added"])
def test_a_deleted_or_new_file_has_lost_nothing(status: str) -> None:
    assert leads("python", PYTHON_VIEW, PYTHON_VIEW.replace("@login_required\n", ""), status=status) == []


def test_without_blobs_the_hunks_must_do() -> None:
    file = edited("app/views.py", PYTHON_VIEW, PYTHON_VIEW.replace("@login_required\n", ""))
    assert [lead.rule for lead in removed.find(file, None, None, "python")] == ["removed.authorisation"]
    gone = edited("app/views.py", PYTHON_VIEW + "x = 1\n", "x = 1\n")
    assert removed.find(gone, None, None, "python") == []


def test_languages_without_a_table_are_silent() -> None:
    file = edited("a.sql", "check_permission(1)\nx\n", "x\n")
    assert removed.find(file, None, None, "sql") == []
    assert removed.find(file, None, None, None) == []


def test_every_row_has_a_family_and_its_stems_are_in_lower_case() -> None:
    assert {row.family for row in ROWS} == set(FAMILIES)
    assert all(family.stems == family.stems.lower() for family in FAMILIES.values())
