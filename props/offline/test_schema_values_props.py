"""Whatever a schema allows, the arguments made from it are valid by jsonschema, and stay the same."""

from hypothesis import assume, event, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from twiliobridge.offline.patterns import Unreadable, matching
from twiliobridge.offline.schema import matches
from twiliobridge.offline.schema_check import accepts
from twiliobridge.offline.schema_values import arguments, told

TEXTS = st.lists(
    st.sampled_from(
        [
            "What is the weather in Paris for 3 days?",
            "My name is Anna, two adults please, on 2026-03-05 at 7 pm.",
            "No, the gold one.",
            "anna@example.org",
            "",
        ]
    ),
    max_size=3,
)
NAMES = st.sampled_from(["city", "name", "day", "count", "card_number", "note", "metric", "x"])
FORMATS = st.sampled_from(["date", "date-time", "email", "uuid", "uri", "time", "no-such-format"])
PATTERNS = st.sampled_from(
    [
        "^[0-9]{4}$",
        "^[A-Z]{2}-[0-9]{2,3}$",
        "^(gold|silver)$",
        r"^\+?\d{7,15}$",
        "^[^@]+@[^@]+$",
        "ab?c*",
        r"^\w+(\.\w+)*$",
    ]
)
BOUNDS = st.integers(-50, 50)


def optional(**keywords):
    return st.fixed_dictionaries({}, optional=keywords)


def typed(kind, **keywords):
    return optional(**keywords).map(lambda drawn: {"type": kind, **drawn})


def ranges(kind, least, most, bounds):
    """A schema with bounds that leave something between them."""
    span = st.tuples(bounds, bounds).map(sorted)
    return span.map(lambda pair: {"type": kind, least: pair[0], most: pair[1]})


SCALARS = st.one_of(
    typed("string", format=FORMATS),
    PATTERNS.map(lambda pattern: {"type": "string", "pattern": pattern}),
    ranges("string", "minLength", "maxLength", st.integers(0, 300)),
    ranges("integer", "minimum", "maximum", BOUNDS),
    ranges("number", "minimum", "maximum", st.floats(-50, 50)),
    BOUNDS.map(lambda bound: {"type": "integer", "exclusiveMinimum": bound, "multipleOf": 7}),
    BOUNDS.map(lambda bound: {"type": "number", "exclusiveMaximum": bound, "multipleOf": 0.25}),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}, {}]),
    st.lists(NAMES | BOUNDS | st.booleans() | st.none(), min_size=1, max_size=4).map(
        lambda each: {"enum": each}
    ),
    st.sampled_from(["gold", 7, None, True, [1], {"a": 1}]).map(lambda value: {"const": value}),
    NAMES.map(lambda default: {"type": "string", "default": default}),
)
NOTHING_ELSE = {"type": "object", "required": ["none such"]}
"What no other schema here asks for."


def objects(inner):
    properties = st.dictionaries(NAMES, inner, min_size=1, max_size=4)

    def required(drawn):
        names = st.sets(st.sampled_from(sorted(drawn))).map(sorted)
        return st.tuples(names, st.booleans()).map(
            lambda more: {
                "type": "object",
                "properties": drawn,
                "required": more[0],
                "additionalProperties": more[1],
            }
        )

    return properties.flatmap(required)


def nested(inner):
    several = st.lists(inner, min_size=1, max_size=3)
    counts = st.tuples(st.integers(0, 3), st.integers(0, 2))
    return st.one_of(
        objects(inner),
        st.tuples(inner, counts).map(
            lambda drawn: {
                "type": "array",
                "items": drawn[0],
                "minItems": drawn[1][0],
                "maxItems": sum(drawn[1]),
            }
        ),
        several.map(lambda branches: {"anyOf": branches}),
        inner.map(lambda branch: {"oneOf": [branch, NOTHING_ELSE]}),
        inner.map(lambda branch: {"allOf": [branch, {"description": "What was said."}]}),
        inner.map(lambda branch: {"$ref": "#/$defs/it", "description": "There."} if branch == {} else branch),
    )


SCHEMAS = objects(st.recursive(SCALARS, nested, max_leaves=6)).map(
    lambda schema: {**schema, "$defs": {"it": {"type": "string", "minLength": 2}}}
)


@given(SCHEMAS, TEXTS)
def test_made_arguments_are_valid(schema, texts):
    made = arguments(schema, texts, "seed")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(made)
    assert made == arguments(schema, texts, "seed")


@given(SCHEMAS, TEXTS)
def test_what_was_told_is_valid_property_by_property(schema, texts):
    for name, value in told(schema, texts).items():
        root = {"$defs": schema["$defs"], **schema["properties"][name]}
        Draft202012Validator(root).validate(value)


VALUES = st.recursive(
    st.none() | st.booleans() | BOUNDS | st.floats(-50, 50) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@given(SCHEMAS, VALUES)
def test_the_servers_own_check_agrees_with_the_jsonschema_package(schema, value):
    for part in (schema, *schema["properties"].values()):
        root = {"$defs": schema["$defs"], **part}
        valid = Draft202012Validator(root).is_valid(value)
        event(f"valid: {valid}")
        assert accepts(root, value, root) == valid


@given(
    st.recursive(
        st.none() | BOUNDS | NAMES,
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "properties", "required", "items", "enum", "anyOf", "$ref", "pattern", "minimum"]
                ),
                inner,
            )
        ),
        max_leaves=8,
    ),
    TEXTS,
)
def test_a_schema_that_is_none_makes_no_arguments_and_no_trouble(schema, texts):
    assume(isinstance(schema, dict))
    assert isinstance(arguments(schema, texts), dict)
    assert isinstance(told(schema, texts), dict)


@given(
    st.from_regex(r"(\[[a-z0-9-]{1,4}\]|[a-c.]|\\d|\(a\|b\)|(?:xy?)){1,4}[*+?]?", fullmatch=True),
    st.randoms(use_true_random=False),
)
def test_a_text_made_from_a_pattern_matches_it(pattern, rng):
    try:
        part = matching(pattern)
    except Unreadable:
        assume(False)
    assert matches(pattern, part(rng, 3))
