"""Random dictionaries, rules and findings, real in every type, for the laws that hold for all knowledge.

Everything is drawn from the `random.Random` that is passed, so that a seed names a case. Rules compare against a few
cuts per finding and findings lie on, beside and between the same cuts, which is where readings part company.
"""

from __future__ import annotations

from random import Random

from engine.artifacts import Rule
from engine.dictionary import Dictionary, Entry, Number
from engine.findings import Finding, Findings
from engine.judgements import RuleSet, arrange

_LEVELS = ("E0", "E1", "E2", "E3", "E4", "E5", "E6")
_RANGES = ((0, 3), (0, 27), (0, 40), (-10, 10), (0, 400))


def dictionary(rng: Random, size: int = 24, conclusions: int = 6) -> Dictionary:
    """`size` observed findings of every type, and `conclusions` that rules may conclude."""
    entries = [_entry(rng, f"f{index}.{rng.choice(('total', 'level', 'days'))}") for index in range(size)]
    entries += [_coded(rng, f"c{index}", rng.choice(("boolean", "ordered")), concluded=True) for index in range(conclusions)]
    return Dictionary(entries={entry.code: entry for entry in entries}, conditions={}, ingredients={}, classes={}, lists={})


def _entry(rng: Random, code: str) -> Entry:
    kind = rng.choice(("integer", "integer", "decimal", "boolean", "ordered", "code"))
    if kind not in ("integer", "decimal"):
        return _coded(rng, code, kind)
    low, high = rng.choice(_RANGES)
    return Entry.model_validate({"code": code, "type": kind, "label": _text(code), "range": (low, high)})


def _coded(rng: Random, code: str, kind: str, concluded: bool = False) -> Entry:
    values = () if kind == "boolean" else tuple(f"v{index}" for index in range(rng.randint(2, 7)))
    return Entry.model_validate({"code": code, "type": kind, "label": _text(code), "values": values, "concluded": concluded})


def cuts(entry: Entry) -> tuple[Number, ...]:
    """The encoded values that rules compare this finding with."""
    low, high = entry.bounds
    if entry.type == "decimal":
        return tuple(sorted({low, high, *(round(low + (high - low) * part, 1) for part in (0.2, 0.35, 0.5, 0.7))}))
    return tuple(sorted({low, high, *(round(low + (high - low) * part) for part in (0.2, 0.35, 0.5, 0.7))}))


def rules(rng: Random, dictionary: Dictionary, n: int) -> tuple[Rule, ...]:
    """`n` active rules of mixed shape; conclusions are chained over several layers and never run in a circle."""
    observed = [entry for entry in dictionary.entries.values() if not entry.concluded]
    concluded = [entry for entry in dictionary.entries.values() if entry.concluded]
    rng.shuffle(concluded)
    made = []
    for index in range(n):
        level = rng.randint(0, len(concluded))  # a rule of a level reads the conclusions below it and concludes the one at it
        readable = observed + concluded[:level] * 2
        made.append(_rule(rng, f"rule-{index}", readable, concluded[level] if level < len(concluded) else None, dictionary))
    return tuple(made)


def _rule(rng: Random, name: str, readable: list[Entry], conclusion: Entry | None, dictionary: Dictionary) -> Rule:
    then: list[dict[str, object]] = []
    if rng.random() < 0.3:
        then.append({"escalate": rng.choice(_LEVELS), "do": _text("act")})
    if conclusion is not None and rng.random() < 0.7:
        low, high = conclusion.bounds
        then.append({"conclude": {conclusion.code: conclusion.decode(rng.randint(int(low), int(high)))}})
    return rule(dictionary, name, tree(rng, readable, rng.choice((1, 1, 2, 2, 3))), *then, stratum=f"S{rng.randint(0, 7)}")


def rule(dictionary: Dictionary, name: str, when: object, *then: dict[str, object], stratum: str = "S5") -> Rule:
    """An active rule with this condition, as it would stand in YAML, that recommends and does these further actions."""
    raw = {
        "id": name,
        "version": "1.0.0",
        "title": _text(name),
        "stratum": stratum,
        "status": "active",
        "owner": "owner",
        "review_by": "2030-01-01",
        "serves": ["S1-01"],
        "evidence": {"strength": "consensus", "verification": "P", "sources": ["NONE"]},
        "when": when,
        "on_unknown": "ask",
        "then": [{"recommend": "component"}, *then],
        "because": _text(name),
    }
    return Rule.model_validate(raw, context={"dictionary": dictionary, "parameters": {}})


def tree(rng: Random, readable: list[Entry], depth: int) -> object:
    """A condition as it would stand in YAML, at most `depth` levels of all, any and not above its leaves."""
    if depth == 0 or rng.random() < 0.1:
        return leaf(rng, rng.choice(readable))
    if rng.random() < 0.15:
        return {"not": tree(rng, readable, depth - 1)}
    kind = rng.choice(("all", "all", "any"))
    return {kind: [tree(rng, readable, depth - 1) for _ in range(rng.randint(1, 4))]}


def leaf(rng: Random, entry: Entry) -> str:
    """One line that the dictionary accepts: any operator that fits the type, against the cuts of the finding."""
    bounds = cuts(entry) if entry.type in ("integer", "decimal") else tuple(range(int(entry.bounds[1]) + 1))
    operators = ["==", "!=", "in"] if entry.type in ("boolean", "code") else ["<", "<=", ">", ">=", ">=", "==", "!=", "in"]
    operator = rng.choice(operators)
    chosen = [written(entry, bound) for bound in rng.sample(bounds, rng.randint(1, len(bounds)) if operator == "in" else 1)]
    return f"{entry.code} {operator} " + (f"[{', '.join(chosen)}]" if operator == "in" else chosen[0])


def written(entry: Entry, bound: Number) -> str:
    """An encoded value as it stands in a leaf."""
    value = entry.decode(bound)
    return str(value).lower() if isinstance(value, bool) else str(value)


def people(seed: int, n: int = 40, size: int = 20) -> tuple[RuleSet, list[Findings]]:
    """A rule set of `n` rules, and what is known of `size` people."""
    rng = Random(seed)
    known = dictionary(rng)
    return arrange(rules(rng, known, n), known), [findings(rng, known) for _ in range(size)]


def findings(rng: Random, dictionary: Dictionary, known: float = 0.7) -> Findings:
    """What is known of one person: about `known` of the codes; of these a quarter only as a range."""
    found = {}
    for entry in dictionary.entries.values():
        chance = rng.random()
        if chance < known:
            found[entry.code] = _finding(rng, entry)
        elif chance < (1 + known) / 2:
            found[entry.code] = Finding(entry.code, absent="declined")
    return found


def _finding(rng: Random, entry: Entry) -> Finding:
    low = _value(rng, entry)
    high = _value(rng, entry) if rng.random() < 0.25 else low
    low, high = min(low, high), max(low, high)
    return Finding(entry.code, low, high, None if low == high else "partial")


def _value(rng: Random, entry: Entry) -> Number:
    low, high = entry.bounds
    if rng.random() < 0.4:
        return rng.randint(int(low), int(high)) if entry.discrete else round(rng.uniform(low, high), 2)
    step = rng.choice((0, 0, 1, -1)) if entry.discrete else rng.choice((0, 0, 1, -1, 1e-9, -1e-9))
    return min(max(rng.choice(cuts(entry)) + step, low), high)


def _text(words: str) -> dict[str, str]:
    return {"en": words, "es": words}
