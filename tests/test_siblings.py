"""A new entry point without its siblings' guard: who must speak, and who must stay silent."""
# ruff: noqa: E501 - in these tables one row is one case

from __future__ import annotations

import pytest
from edited import edited

from backline.finding import Severity
from backline.intake.diff import added
from backline.intake.syntax import parse
from backline.leads import rules, siblings
from backline.leads.lead import Lead

FLASK = """\
@bp.route("/orders", methods=["POST"])
@login_required
def create_order():
    return save(request.json)


@bp.route("/orders/<int:pk>", methods=["PUT"])
@login_required
def change_order(pk):
    return save(request.json, pk)


@bp.route("/orders")
def list_orders():
    return jsonify(orders())
"""
FASTAPI = """\
@router.post("/orders")
def create_order(data: Order, user: User = Depends(get_current_user), db: Session = Depends(get_db)):
    return db.save(data)


@router.patch("/orders/{pk}")
async def change_order(pk: int, data: Order, user: CurrentUser):
    return data
"""
EXPRESS = """\
const router = express.Router();
router.get('/orders', listOrders);
router.post('/orders', requireAuth, validate(orderSchema), createOrder);
router.put('/orders/:id', requireAuth, (req, res) => {
  save(req.body);
});
module.exports = router;
"""
NEST = """\
@Controller('orders')
export class OrdersController {
  @Post()
  @UseGuards(JwtAuthGuard)
  create(@Body() dto: OrderDto) {
    return this.orders.create(dto);
  }

  @Patch(':id')
  @UseGuards(JwtAuthGuard)
  change(@Param('id') id: string, @Body() dto: OrderDto) {
    return this.orders.change(id, dto);
  }
}
"""
SPRING = """\
@RestController
class Orders {
    @PostMapping("/orders")
    @PreAuthorize("hasRole('CLERK')")
    public Order create(@RequestBody Order order) {
        return orders.save(order);
    }

    @PutMapping("/orders/{id}")
    @PreAuthorize("hasRole('CLERK')")
    public Order change(@PathVariable long id, @RequestBody Order order) {
        return orders.save(order);
    }
}
"""
CSHARP = """\
[ApiController]
public class OrdersController : ControllerBase
{
    [HttpPost]
    [Authorize]
    public IActionResult Create(Order order)
    {
        return Ok(_orders.Save(order));
    }

    [HttpPut("{id}")]
    [Authorize(Roles = "Clerk")]
    public IActionResult Change(int id, Order order)
    {
        return Ok(_orders.Save(order));
    }
}
"""
GIN = """\
package web

func routes(r *gin.Engine) {
	r.GET("/orders", list)
	r.POST("/orders", requireLogin(), create)
	r.PUT("/orders/:id", requireLogin(), change)
}
"""
LARAVEL = """\
<?php
Route::get('/orders', [OrderController::class, 'index']);
Route::post('/orders', [OrderController::class, 'store'])->middleware('auth');
Route::put('/orders/{order}', [OrderController::class, 'update'])->middleware('auth');
"""
RAILS = """\
class OrdersController < ApplicationController
  before_action :require_login, only: [:create, :update]

  def create
    Order.create!(order_params)
  end

  def update
    order.update!(order_params)
  end

  private

  def order_params
    params.require(:order)
  end
end
"""
KOTLIN = """\
@RestController
class Orders {
    @PostMapping("/orders")
    @PreAuthorize("hasRole('CLERK')")
    fun create(@RequestBody order: Order): Order {
        return orders.save(order)
    }

    @PutMapping("/orders/{id}")
    @PreAuthorize("hasRole('CLERK')")
    fun change(@PathVariable id: Long, @RequestBody order: Order): Order {
        return orders.save(order)
    }
}
"""


def behind(text: str, more: str, before: str | None = None) -> tuple[str, str]:
    """*text* and itself with *more* at its end, or before the last place of *before*."""
    if before is None:
        return text, f"{text}\n\n{more}"
    at = text.rindex(before)
    return text, text[:at] + more + text[at:]


FLASK_NEW = '@bp.route("/orders/<int:pk>", methods=["DELETE"])\ndef delete_order(pk):\n    return remove(pk)\n'
FASTAPI_NEW = '@router.delete("/orders/{pk}")\ndef delete_order(pk: int, db: Session = Depends(get_db)):\n    return db.delete(pk)\n'
EXPRESS_NEW = "router.delete('/orders/:id', removeOrder);\n"
NEST_NEW = "\n  @Delete(':id')\n  remove(@Param('id') id: string) {\n    return this.orders.remove(id);\n  }\n"
SPRING_NEW = '\n    @DeleteMapping("/orders/{id}")\n    public void remove(@PathVariable long id) {\n        orders.deleteById(id);\n    }\n'
CSHARP_NEW = '\n    [HttpDelete("{id}")]\n    public IActionResult Remove(int id)\n    {\n        return Ok(_orders.Remove(id));\n    }\n'
GIN_NEW = '\tr.DELETE("/orders/:id", remove)\n'
LARAVEL_NEW = "Route::delete('/orders/{order}', [OrderController::class, 'destroy']);\n"
RAILS_NEW = "  def destroy\n    order.destroy!\n  end\n\n"
KOTLIN_NEW = '\n    @DeleteMapping("/orders/{id}")\n    fun remove(@PathVariable id: Long) {\n        orders.deleteById(id)\n    }\n'

SPEAKS = [
    ("python", *behind(FLASK, FLASK_NEW), "`delete_order`", "`create_order`, `change_order` beside it are guarded (`login_required`)"),
    ("python", *behind(FASTAPI, FASTAPI_NEW), "`delete_order`", "(`get_current_user`)"),
    ("javascript", *behind(EXPRESS, EXPRESS_NEW, "module"), "`DELETE /orders/:id`", "`POST /orders`, `PUT /orders/:id` beside it are guarded (`requireAuth`)"),
    ("javascript", *behind(EXPRESS, "router.delete('/orders/:id', async (req, res) => {\n  await remove(req.params.id);\n});\n", "module"), "`DELETE /orders/:id`", "requireAuth"),
    ("typescript", *behind(EXPRESS, EXPRESS_NEW, "module"), "`DELETE /orders/:id`", "requireAuth"),
    ("typescript", *behind(NEST, NEST_NEW, "}"), "`remove`", "(`UseGuards(JwtAuthGuard)`)"),
    ("java", *behind(SPRING, SPRING_NEW, "}"), "`remove`", "(`PreAuthorize`)"),
    ("kotlin", *behind(KOTLIN, KOTLIN_NEW, "}"), "`remove`", "(`PreAuthorize`)"),
    ("csharp", *behind(CSHARP, CSHARP_NEW, "}"), "`Remove`", "(`Authorize`)"),
    ("javascript", *behind(EXPRESS, EXPRESS_NEW.replace("('", "(\n  '"), "module"), "`DELETE /orders/:id`", "requireAuth"),
    ("javascript", *behind(EXPRESS, EXPRESS_NEW.replace(");", "); // no auth needed, see router.use(requireAuth)"), "module"), "`DELETE /orders/:id`", "requireAuth"),
    ("python", *behind(FLASK, FLASK_NEW.replace("    return", "    # permission: later\n    return")), "`delete_order`", "login_required"),
    ("typescript", *behind(NEST.replace("  @Post()\n", "  @Post()\n  @ApiResponse({\n    status: 200,\n    schema: {\n      type: 'object',\n    },\n  })\n", 1), NEST_NEW, "}"), "`remove`", "UseGuards"),
    ("go", *behind(GIN, GIN_NEW, "}"), "`DELETE /orders/:id`", "(`requireLogin`)"),
    ("php", *behind(LARAVEL, LARAVEL_NEW), "`DELETE /orders/{order}`", "(`middleware('auth')`)"),
    ("ruby", *behind(RAILS, RAILS_NEW, "  private"), "`destroy`", "(`require_login`)"),
]  # fmt: skip


def leads(language: str, before: str, after: str, path: str = "app/code") -> list[Lead]:
    return siblings.find(parse(after, language), path, added(edited(path, before, after)).keys())


@pytest.mark.parametrize(("language", "before", "after", "name", "words"), SPEAKS)
def test_a_new_entry_point_without_its_siblings_guard_is_told(language, before, after, name, words):
    (lead,) = leads(language, before, after)
    assert (lead.rule, lead.severity, lead.cwe) == ("unguarded.sibling", Severity.HIGH, "CWE-862")
    assert lead.title == f"{name} lacks the guard that its siblings have" and words in lead.body
    assert after.split("\n")[lead.line - 1] in after[len(before) // 3 :]


# One guarded GET and one guarded POST: together they are a custom too, for what changes something.
ONE_OF_EACH = {
    "python": FLASK.replace('"PUT"', '"GET"').replace(
        '@bp.route("/orders")\ndef list_orders():\n    return jsonify(orders())\n', ""
    ),
    "javascript": EXPRESS.replace("router.get('/orders', listOrders);\n", "").replace("router.put", "router.get"),
    "typescript": NEST.replace("@Patch", "@Get"),
    "java": SPRING.replace("@PutMapping", "@GetMapping"),
    "csharp": CSHARP.replace("HttpPut", "HttpGet"),
    "go": GIN.replace('\tr.GET("/orders", list)\n', "").replace("r.PUT", "r.GET"),
}
NEW = {
    "python": FLASK_NEW,
    "javascript": EXPRESS_NEW,
    "typescript": NEST_NEW,
    "java": SPRING_NEW,
    "csharp": CSHARP_NEW,
    "go": GIN_NEW,
}


@pytest.mark.parametrize("language", ONE_OF_EACH)
def test_what_changes_something_is_told_beside_one_guarded_read_and_one_guarded_write(language):
    before = {"python": None, "javascript": "module"}.get(language, "}")
    (lead,) = leads(language, *behind(ONE_OF_EACH[language], NEW[language], before))
    assert lead.severity is Severity.HIGH


@pytest.mark.parametrize("line", [
    "router.post('/contact', contact);", "router.post('/newsletter', join);", "router.post('/cart', addToCart);",
    "router.post('/search', search);", "router.get('/orders/:id', showOrder);",
])  # fmt: skip
def test_what_strangers_send_and_what_only_reads_is_not_told_beside_one_guarded_write(line):
    assert leads("javascript", *behind(ONE_OF_EACH["javascript"], f"{line}\n", "module")) == []


def test_two_guarded_reads_say_nothing_about_writing():
    reads = ONE_OF_EACH["javascript"].replace("router.post", "router.get")
    assert leads("javascript", *behind(reads, EXPRESS_NEW, "module")) == []


ROUTERS = [
    "export const orders = Router();", "const orders: Router = express.Router({ mergeParams: true });",
    "let orders = new Router();", "export const orders = new Hono<Env>();", "const orders = fastify({ logger: true });",
]  # fmt: skip


@pytest.mark.parametrize("made", ROUTERS)
@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_a_router_is_known_by_how_it_is_made_whatever_its_name(language, made):
    if language == "javascript" and (": Router" in made or "<" in made):
        return
    before = "orders.post('/', requireAuth, create);\norders.put('/:id', requireAuth, update);\n"
    (lead,) = leads(language, *behind(f"{made}\n{before}", "orders.delete('/:id', remove);\n"))
    assert lead.title.startswith("`DELETE /:id`")
    made_otherwise = "const orders = new OrderClient();"
    assert leads(language, *behind(f"{made_otherwise}\n{before}", "orders.delete('/:id', remove);\n")) == []


def guarded_reads(*paths: str) -> str:
    return "const router = Router();\n" + "".join(f"router.get('/{path}', requireAuth, read);\n" for path in paths)


@pytest.mark.parametrize("path", ["products", "rates", "config", "categories/:id", "plans", "shipping-rates", "search"])
def test_a_catalogue_is_public_until_three_reads_are_guarded(path):
    new = f"router.get('/{path}', show);\n"
    assert leads("javascript", *behind(guarded_reads("me", "orders"), new)) == []
    (lead,) = leads("javascript", *behind(guarded_reads("me", "orders", "bills"), new))
    assert lead.severity is Severity.MEDIUM


@pytest.mark.parametrize("path", ["orders/:id", "users", "payments", "separate-bills", "operations"])
def test_what_belongs_to_somebody_is_told_beside_two_guarded_reads(path):
    assert len(leads("javascript", *behind(guarded_reads("me", "orders"), f"router.get('/{path}', show);\n"))) == 1


SENDS_ON = "(req, res) => { res.redirect(target(req)); }"


def test_a_read_that_only_sends_on_is_not_told():
    before = guarded_reads("me", "orders", "bills")
    assert leads("javascript", *behind(before, f"router.get('/go', {SENDS_ON});\n")) == []
    assert len(leads("javascript", *behind(before, "router.get('/go', (req, res) => { res.json(all()); });\n"))) == 1
    assert len(leads("javascript", *behind(EXPRESS, f"router.delete('/orders/:id', {SENDS_ON});\n", "module"))) == 1


DRF = """\
class OrderList(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request):
        return Response(rows())


class OrderCreate(generics.CreateAPIView):
    permission_classes = (IsAuthenticated, IsOwner)
    queryset = Order.objects.all()
"""
DRF_NEW = """\
class OrderRemoval(APIView):
    def delete(self, request, pk):
        remove(pk)
        return Response(status=204)
"""


@pytest.mark.parametrize("new", [
    DRF_NEW, DRF_NEW.replace("(APIView)", "(views.APIView)"), "class Orders(viewsets.ModelViewSet):\n    queryset = q\n",
    "class Orders(mixins.DestroyModelMixin, viewsets.GenericViewSet):\n    queryset = q\n",
    "class Orders(\n    generics.RetrieveDestroyAPIView,\n):\n    queryset = q\n",
])  # fmt: skip
def test_a_class_of_rest_framework_without_its_neighbours_permissions_is_told(new):
    (lead,) = leads("python", *behind(DRF, new))
    assert "`OrderList`, `OrderCreate` beside it are guarded (`IsAuthenticated" in lead.body
    assert "the default permissions" in lead.body and lead.severity is Severity.HIGH


@pytest.mark.parametrize(("why", "before", "new"), [
    ("it names its permissions", DRF, DRF_NEW.replace("    def", "    permission_classes = [IsAdminUser]\n    def", 1)),
    ("it says that all may", DRF, DRF_NEW.replace("    def", "    permission_classes = [AllowAny]\n    def", 1)),
    ("it lists none on purpose", DRF, DRF_NEW.replace("    def", "    permission_classes = []\n    def", 1)),
    ("it computes them", DRF, DRF_NEW + "\n    def get_permissions(self):\n        return rules()\n"),
    ("its parent may name them", DRF, DRF_NEW.replace("(APIView)", "(OrderView)")),
    ("a mixin may name them", DRF, DRF_NEW.replace("(APIView)", "(OwnerMixin, APIView)")),
    ("it only reads", DRF, DRF_NEW.replace("def delete", "def get")),
    ("it has one neighbour", DRF[: DRF.index("class OrderCreate")], DRF_NEW),
    ("a neighbour has none either", DRF.replace("    permission_classes = [IsAuthenticated]\n", ""), DRF_NEW),
    ("its neighbours are open", DRF.replace("IsAuthenticated", "AllowAny"), DRF_NEW),
    ("it checks for itself", DRF, DRF_NEW.replace("        remove", "        self.check_permissions(request)\n        remove")),
    ("it is how people get in", DRF, DRF_NEW.replace("OrderRemoval", "Login").replace("delete", "post")),
    ("it is decorated", DRF, "@method_decorator(login_required, name='dispatch')\n" + DRF_NEW),
])  # fmt: skip
def test_a_class_of_rest_framework_that_is_guarded_or_meant_to_be_open_is_not_told(why, before, new):
    assert leads("python", *behind(before, new)) == [], why


SILENT = [
    ("its siblings are not guarded", "python", *behind(FLASK.replace("@login_required\n", ""), FLASK_NEW)),
    ("one sibling is not guarded either", "python", *behind(FLASK.replace("@login_required\n", "", 1), FLASK_NEW)),
    ("it is guarded", "python", *behind(FLASK, FLASK_NEW.replace("def ", "@login_required\ndef "))),
    ("it has another guard", "python", *behind(FLASK, FLASK_NEW.replace("def ", "@role_required('admin')\ndef "))),
    ("it reads, and reading is free", "python", *behind(FLASK, '@bp.route("/orders/<int:pk>")\ndef show_order(pk):\n    return one(pk)\n')),
    ("it checks for itself", "python", *behind(FLASK, FLASK_NEW.replace("return", "abort(403) if not owns(pk) else None\n    return"))),
    ("it is how people get in", "python", *behind(FLASK, '@bp.route("/login", methods=["POST"])\ndef login():\n    return enter(request.form)\n')),
    ("it is a webhook", "python", *behind(FLASK, '@bp.post("/stripe/webhook")\ndef stripe_webhook():\n    return take(request.data)\n')),
    ("it is no entry point", "python", *behind(FLASK, "def delete_order(pk):\n    return remove(pk)\n")),
    ("the whole blueprint is guarded", "python", *behind(FLASK, FLASK_NEW + "\n@bp.before_request\ndef signed_in():\n    check()\n")),
    ("its router is guarded", "python", *behind('router = APIRouter(prefix="/x", dependencies=[Depends(get_user)])\n' + FASTAPI, FASTAPI_NEW)),
    ("it says that it is public", "python", *behind(FLASK, FLASK_NEW.replace("def ", "@public_route\ndef "))),
    ("its guard is an alias of a type", "python", *behind(FASTAPI, FASTAPI_NEW.replace("pk: int", "pk: int, user: AdminUser"))),
    ("only its body changed", "python", FLASK + "\n\n" + FLASK_NEW, FLASK + "\n\n" + FLASK_NEW.replace("remove(pk)", "drop(pk)")),
    ("it has one sibling", "python", *behind(FLASK[: FLASK.index("@bp.route", 5)], FLASK_NEW)),
    ("its router is guarded", "javascript", *behind(EXPRESS.replace("router.get", "router.use(requireAuth);\nrouter.get", 1), EXPRESS_NEW, "module")),
    ("a session is loaded before it", "javascript", *behind(EXPRESS.replace("router.get", "router.use(middleware.loadMemberSession);\nrouter.get", 1), EXPRESS_NEW, "module")),
    ("what its list of middlewares holds is not seen", "javascript", *behind(EXPRESS, EXPRESS_NEW.replace(", ", ", middlewares, ", 1), "module")),
    ("it is what browsers ask for", "javascript", *behind(EXPRESS.replace("router.get", "router.get('/b', requireAuth, b);\nrouter.get('/a', requireAuth, a);\n//", 1), "router.get('/manifest.json', (req, res) => res.json(manifest));\n", "module")),
    ("it is guarded", "javascript", *behind(EXPRESS, EXPRESS_NEW.replace(", ", ", requireAuth, ", 1), "module")),
    ("it is guarded by a list", "javascript", *behind(EXPRESS, EXPRESS_NEW.replace(", ", ", [requireAdmin, audit], ", 1), "module")),
    ("it is guarded by a call", "javascript", *behind(EXPRESS, EXPRESS_NEW.replace(", ", ", passport.authenticate('jwt'), ", 1), "module")),
    ("its handler checks", "javascript", *behind(EXPRESS, EXPRESS_NEW + "function removeOrder(req, res) {\n  if (!req.user) return res.sendStatus(401);\n}\n", "module")),
    ("it calls, it does not route", "javascript", *behind(EXPRESS, "axios.delete('/orders/1', options);\n", "module")),
    ("it reads, and reading is free", "javascript", *behind(EXPRESS, "router.get('/orders/:id', showOrder);\n", "module")),
    ("a validator is no guard of its siblings", "javascript", *behind(EXPRESS.replace("requireAuth", "validate(userSchema)"), EXPRESS_NEW, "module")),
    ("its class is guarded", "typescript", *behind(NEST.replace("@Controller", "@UseGuards(JwtAuthGuard)\n@Controller"), NEST_NEW, "}")),
    ("it says that it is public", "typescript", *behind(NEST, NEST_NEW.replace("  remove", "  @Public()\n  remove"), "}")),
    ("its class is guarded", "java", *behind(SPRING.replace("@RestController", "@RestController\n@PreAuthorize(\"isAuthenticated()\")"), SPRING_NEW, "}")),
    ("it is guarded", "java", *behind(SPRING, SPRING_NEW.replace("    public", "    @RolesAllowed(\"ADMIN\")\n    public"), "}")),
    ("it says that all may", "java", *behind(SPRING, SPRING_NEW.replace("    public", "    @PermitAll\n    public"), "}")),
    ("its class is guarded", "csharp", *behind(CSHARP.replace("[ApiController]", "[ApiController]\n[Authorize]"), CSHARP_NEW, "}")),
    ("it says that all may", "csharp", *behind(CSHARP, CSHARP_NEW.replace("    public", "    [AllowAnonymous]\n    public"), "}")),
    ("its group is guarded", "go", *behind(GIN.replace("\tr.GET", "\tr.Use(auth.Required())\n\tr.GET"), GIN_NEW, "}")),
    ("it is guarded by a wrapper", "go", *behind(GIN, GIN_NEW.replace("remove)", "requireAdmin(remove))"), "}")),
    ("its group is guarded", "php", *behind(LARAVEL.replace("<?php", "<?php\nRoute::middleware('auth')->group(base_path('x.php'));"), LARAVEL_NEW)),
    ("it is guarded", "php", *behind(LARAVEL, LARAVEL_NEW.replace(";", "->middleware(['auth', 'verified']);"))),
    ("its guard holds for all", "ruby", *behind(RAILS.replace(", only: [:create, :update]", ""), RAILS_NEW, "  private")),
    ("its guard names it", "ruby", *behind(RAILS.replace(":update]", ":update, :destroy]"), RAILS_NEW, "  private")),
    ("its guard leaves out others", "ruby", *behind(RAILS.replace("only: [:create, :update]", "except: [:index]"), RAILS_NEW, "  private")),
    ("the line behind its guard limits another", "ruby", *behind(RAILS.replace(", only: [:create, :update]", ", :except => [:index]\n  before_action :find_order, :only => [:update]"), RAILS_NEW, "  private")),
    ("its guard leaves it out by name", "ruby", *behind(RAILS.replace("only: [:create, :update]", ":except => :destroy"), RAILS_NEW, "  private")),
    ("its guard stands behind another filter", "ruby", *behind(RAILS.replace("only: [:create, :update]", ":only => [:create, :update]\n  before_action :find_order, :authorize, :only => :destroy"), RAILS_NEW, "  private")),
    ("looking up is no guard", "ruby", *behind(RAILS.replace("require_login", "find_user"), RAILS_NEW, "  private")),
    ("its guard's list goes on", "ruby", *behind(RAILS.replace("only: [:create, :update]", "only: [:create, :update,\n    :destroy]"), RAILS_NEW, "  private")),
    ("another filter runs before it", "ruby", *behind(RAILS.replace("\n\n  def create", "\n  before_action :find_order, only: [:update, :destroy]\n\n  def create", 1), RAILS_NEW, "  private")),
    ("it is private", "ruby", *behind(RAILS, RAILS_NEW, "  def order_params")),
    ("it is private", "ruby", *behind(RAILS, RAILS_NEW.replace("def destroy", "private def destroy"), "  private")),
    ("it is private", "ruby", *behind(RAILS, RAILS_NEW + "  private :destroy\n\n", "  private")),
    ("it is private", "ruby", *behind(RAILS.replace("  private", "  private # helpers"), RAILS_NEW, "  def order_params")),
    ("it is of the class", "ruby", *behind(RAILS, RAILS_NEW.replace("def destroy", "def self.destroy"), "  private")),
    ("it is guarded, behind a dictionary", "python", *behind(FLASK, FLASK_NEW.replace(")\ndef", ", responses={\n    404:\n        Missing,\n})\n@login_required\ndef"))),
    ("it is no controller", "ruby", *behind(RAILS.replace("OrdersController", "Orders"), RAILS_NEW, "  private")),
]  # fmt: skip


@pytest.mark.parametrize(("why", "language", "before", "after"), SILENT)
def test_one_that_is_guarded_or_meant_to_be_open_is_not_told(why, language, before, after):
    assert leads(language, before, after) == [], why


def test_among_new_ones_the_unguarded_is_told_and_a_test_weighs_less():
    text = f"{FLASK}\n\n{FLASK_NEW}"
    every = range(1, text.count("\n") + 2)
    (lead,) = siblings.find(parse(text, "python"), "shop/views.py", every)
    assert (lead.severity, lead.line) == (Severity.HIGH, text[: text.index(FLASK_NEW)].count("\n") + 1)
    (lead,) = siblings.find(parse(text, "python"), "tests/app.py", every)
    assert lead.severity is Severity.MEDIUM


def test_reading_without_the_guard_that_all_reading_has_weighs_less():
    shows = "".join(f'@bp.route("/{n}")\n@login_required\ndef show_{n}():\n    return {n}\n\n\n' for n in "ab")
    (lead,) = leads(
        "python", *behind(shows, '@bp.route("/orders/<int:pk>")\ndef show_order(pk):\n    return one(pk)\n')
    )
    assert lead.severity is Severity.MEDIUM


def test_without_a_new_route_nothing_is_said():
    assert leads("python", FLASK, FLASK.replace("jsonify", "dump")) == []


def test_it_is_asked_beside_the_rules():
    text = f"{FLASK}\n\n{FLASK_NEW}"
    found = rules.find(text, "python", "shop/views.py", range(1, 99))
    assert "unguarded.sibling" in {lead.rule for lead in found}
