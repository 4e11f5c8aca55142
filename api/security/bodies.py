"""Bodies of the endpoints about identity and consent: strict JSON into a model; problems say the place and never the value."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from api.limits import read_body
from api.problems import Rejected
from api.strict_json import decode
from engine.errors import Problem, Refused

MOST = 64 * 1024
_M = TypeVar("_M", bound=BaseModel)


async def read_as(request: Request, kind: type[_M]) -> _M:
    """The body as a model. Raises Rejected."""
    data = await read_body(request, MOST)
    names = frozenset(kind.model_fields)
    try:
        return kind.model_validate_json(orjson.dumps(decode(data, names)))
    except Refused as refused:
        raise Rejected(400, "json-refused", refused.problems) from None
    except ValidationError as error:
        raise unfit(error, names) from None


def unfit(error: ValidationError, names: frozenset[str]) -> Rejected:
    """What does not fit, of a model with these fields."""
    details = error.errors(include_url=False, include_input=False)[:20]
    return Rejected(422, "body-refused", [_problem(item["type"], item["loc"], item.get("ctx", {}), names) for item in details])


def _problem(kind: str, location: tuple[Any, ...], context: dict[str, Any], names: frozenset[str]) -> Problem:
    where = "".join(f"/{step}" for step in location[:2] if isinstance(step, int) or step in names)
    if kind == "missing":
        return Problem(where, "field-missing", "The field is missing.", "Add it.")
    if kind == "extra_forbidden":
        return Problem(where, "field-unknown", "A field is not known here.", f"Use {', '.join(sorted(names))}.")
    if kind == "value_error":
        return Problem(where, "inconsistent", "The parts do not fit together.", f"{str(context['error']).capitalize()}.")
    if kind == "literal_error":
        return Problem(where, "not-one-of", "The value is not one of those it can have.", f"Use {context['expected']}.")
    return Problem(where, "wrong-value", "The value does not fit.", "See /openapi.json.")


def schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    """What OpenAPI says of a body."""
    schema = kind.model_json_schema()
    defined = schema.pop("$defs", {})
    assert not defined, "bodies here are flat"
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
