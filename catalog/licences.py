"""Licence spellings → hub licence keys (SPDX identifiers in lower case, with the hub's own additions)."""

from functools import lru_cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing

from catalog.vocabulary import Term, vocabulary


@lru_cache(maxsize=2048)
def licence_key(name: str) -> str | None:
    """`Apache License 2.0` → apache-2.0; None where no curated spelling and no SPDX identifier fits."""
    known = vocabulary("licences").find(name)
    return known or _spdx_key(name.strip())


def licence_term(key: str) -> Term | None:
    """The curated entry of a licence key: its class, whether commercial use is allowed, a note."""
    return vocabulary("licences").terms.get(key)


def one_family(one: str, other: str) -> bool:
    """`bsd` and `bsd-3-clause`, `cc` and `cc-by-4.0`: one says less, and nothing else."""
    return one.startswith(f"{other}-") or other.startswith(f"{one}-")


def allows_commercial_use(key: str) -> bool:
    """Whether a licence surely allows it; False also where that depends."""
    term = licence_term(key)
    return bool(term and term.extra.get("commercial") is True)


def _spdx_key(name: str) -> str | None:
    if not name or " " in name:
        return None
    try:
        parsed = _spdx().parse(name, validate=True)
    except (ExpressionError, IndexError):  # the parser's own slip on some texts that are no expression
        return None
    return str(parsed).lower()


@lru_cache(maxsize=1)
def _spdx() -> Licensing:
    """Every SPDX identifier; reading them anew for each expression would take a tenth of a second."""
    return get_spdx_licensing()
