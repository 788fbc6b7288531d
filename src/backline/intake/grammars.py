"""What counts as a definition or an import in each grammar: data for `syntax.py`, in ast-grep's node kinds."""

from __future__ import annotations

from typing import Any, NamedTuple

Matcher = dict[str, Any]


class Grammar(NamedTuple):
    """The kinds of one grammar. A kind that the grammar does not know makes ast-grep raise: a test compiles all."""

    functions: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    holders: tuple[tuple[str, str], ...] = ()
    """(kind, field): gives its name to a function without one that stands in the field: ``const f = () => 1``."""
    nameless: tuple[str, ...] = ()
    """Functions without a name of their own: arrow functions, closures."""
    calls: tuple[str, ...] = ()
    """Calls through which the name reaches a nameless function: ``const f = wrap(async () => …)``."""
    lists: tuple[str, ...] = ()
    """Lists in which one nameless function stands: Go's ``f := func() {}``."""
    before: tuple[str, ...] = ()
    """Nodes that stand before a definition and belong to it: decorators and attributes."""
    wrappers: tuple[str, ...] = ()
    """Nodes that hold a definition together with its decorators."""
    imports: tuple[Matcher, ...] = ()


def _kinds(*names: str) -> tuple[Matcher, ...]:
    return tuple({"kind": name} for name in names)


_JS_FUNCTIONS = ("function_declaration", "generator_function_declaration", "method_definition")
_JS_REQUIRE: Matcher = {
    "any": [{"kind": "lexical_declaration"}, {"kind": "variable_declaration"}],
    "has": {"kind": "variable_declarator", "has": {"field": "value", "pattern": "require($$$)"}},
}
_JS_IMPORTS = (
    *_kinds("import_statement"),
    {"kind": "export_statement", "has": {"field": "source", "kind": "string"}},
    _JS_REQUIRE,
)
_JS_NAMELESS = ("arrow_function", "function_expression", "generator_function")

_JAVASCRIPT = Grammar(
    functions=_JS_FUNCTIONS,
    classes=("class_declaration",),
    holders=(
        ("variable_declarator", "value"),
        ("assignment_expression", "right"),
        ("pair", "value"),
        ("field_definition", "value"),
        ("export_statement", "value"),
    ),
    nameless=(*_JS_NAMELESS, "class"),
    calls=("call_expression",),
    before=("decorator",),
    wrappers=("export_statement",),
    imports=_JS_IMPORTS,
)
_TYPESCRIPT = Grammar(
    functions=_JS_FUNCTIONS,
    classes=("class_declaration", "abstract_class_declaration", "interface_declaration", "internal_module"),
    holders=(*(h for h in _JAVASCRIPT.holders if h[0] != "field_definition"), ("public_field_definition", "value")),
    nameless=_JAVASCRIPT.nameless,
    calls=("call_expression",),
    before=("decorator",),
    wrappers=("export_statement",),
    imports=_JS_IMPORTS,
)

BY_LANGUAGE: dict[str, Grammar] = {
    "python": Grammar(
        functions=("function_definition",),
        classes=("class_definition",),
        holders=(("assignment", "right"),),
        nameless=("lambda",),
        wrappers=("decorated_definition",),
        imports=_kinds("import_statement", "import_from_statement", "future_import_statement"),
    ),
    "javascript": _JAVASCRIPT,
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "go": Grammar(
        functions=("function_declaration", "method_declaration"),
        classes=("type_spec",),
        holders=(("short_var_declaration", "right"), ("var_spec", "value")),
        nameless=("func_literal",),
        lists=("expression_list",),
        imports=_kinds("import_declaration"),
    ),
    "java": Grammar(
        functions=("method_declaration", "constructor_declaration", "compact_constructor_declaration"),
        classes=(
            "class_declaration", "interface_declaration", "enum_declaration", "record_declaration",
            "annotation_type_declaration",
        ),
        holders=(("variable_declarator", "value"),),
        nameless=("lambda_expression",),
        imports=_kinds("import_declaration"),
    ),
    "kotlin": Grammar(
        functions=("function_declaration", "secondary_constructor"),
        classes=("class_declaration", "object_declaration", "companion_object"),
        imports=_kinds("import_header"),
    ),
    "ruby": Grammar(
        functions=("method", "singleton_method"),
        classes=("module", "class"),
        imports=({"kind": "call", "has": {"field": "method", "regex": "^(require|require_relative|load)$"}},),
    ),
    "php": Grammar(
        functions=("function_definition", "method_declaration"),
        classes=("class_declaration", "interface_declaration", "trait_declaration", "enum_declaration"),
        holders=(("assignment_expression", "right"),),
        nameless=("anonymous_function", "arrow_function"),
        imports=_kinds(
            "namespace_use_declaration", "require_expression", "require_once_expression", "include_expression",
            "include_once_expression",
        ),
    ),
    "csharp": Grammar(
        functions=(
            "method_declaration", "constructor_declaration", "destructor_declaration", "local_function_statement",
            "property_declaration",
        ),
        classes=(
            "class_declaration", "struct_declaration", "record_declaration", "interface_declaration",
            "enum_declaration",
        ),
        holders=(),
        nameless=("lambda_expression",),
        imports=_kinds("using_directive"),
    ),
    "rust": Grammar(
        functions=("function_item", "function_signature_item"),
        classes=("struct_item", "enum_item", "union_item", "trait_item", "impl_item", "mod_item"),
        holders=(("let_declaration", "value"),),
        nameless=("closure_expression",),
        before=("attribute_item",),
        imports=_kinds("use_declaration", "extern_crate_declaration"),
    ),
    "shell": Grammar(
        functions=("function_definition",),
        imports=({"kind": "command", "has": {"field": "name", "regex": r"^(source|\.)$"}},),
    ),
    "terraform": Grammar(classes=("block",)),
    "yaml": Grammar(),
}  # fmt: skip
