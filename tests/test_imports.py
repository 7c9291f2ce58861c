"""The arrows of docs and design: who imports whom, what a quick answer loads, and that tests have no network."""

import ast
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent", "catalog", "evals", "ingest", "prompts")

#: package → which of ours it may import
ARROWS = {
    "catalog": set(),
    "prompts": set(),
    "ingest": {"catalog"},
    "agent": {"catalog", "prompts"},
    "evals": {"agent", "catalog", "prompts"},
}
#: the command line is where packages meet, inside the command that needs them
MEETING = {
    "agent/cli/asking.py": {"ingest", "evals"},
    "agent/cli/serving.py": {"evals"},
    "agent/cli/storing.py": {"ingest"},
}
TYPES_ONLY = {"agent/progress.py": {"ingest"}}


def imports(path: Path) -> Iterator[tuple[str, bool, bool]]:
    """(package of ours, inside a function, only for types) of every import of a module."""
    yield from _imports(ast.parse(path.read_text(encoding="utf-8")), inside=False, typing=False)


def _imports(node: ast.AST, *, inside: bool, typing: bool) -> Iterator[tuple[str, bool, bool]]:
    for child in ast.iter_child_nodes(node):
        names = [alias.name for alias in child.names] if isinstance(child, ast.Import) else []
        names += [child.module or ""] if isinstance(child, ast.ImportFrom) and not child.level else []
        yield from ((top, inside, typing) for name in names if (top := name.partition(".")[0]) in PACKAGES)
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from _imports(child, inside=inside or function, typing=typing or types)


MODULES = sorted(path.relative_to(ROOT).as_posix() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_along_its_arrows(package: str) -> None:
    wrong = []
    for module in (module for module in MODULES if module.startswith(f"{package}/")):
        for imported, inside, typing in imports(ROOT / module):
            allowed = imported in ARROWS[package] | {package}
            meets = inside and imported in MEETING.get(module, ())
            typed = typing and imported in TYPES_ONLY.get(module, ())
            if not (allowed or meets or typed):
                wrong.append(f"{module} imports {imported}")
    assert not wrong


def test_the_arrows_are_really_looked_at() -> None:
    assert ("ingest", True, False) in set(imports(ROOT / "agent/cli/storing.py"))
    assert ("ingest", False, True) in set(imports(ROOT / "agent/progress.py"))
    assert ("catalog", False, False) in set(imports(ROOT / "ingest/pipeline.py"))


@pytest.mark.parametrize("module", ["utils", "helpers", "common", "manager", "base"])
def test_no_module_is_a_drawer(module: str) -> None:
    assert not [path for path in MODULES if path.endswith(f"/{module}.py")]


def test_only_the_settings_read_the_environment() -> None:
    reading = re.compile(r"environ\.get|environ\[[^]]*\](?! = )|getenv")
    readers = [path for path in MODULES if reading.search((ROOT / path).read_text(encoding="utf-8"))]
    assert readers == ["catalog/settings.py"]


@pytest.fixture(scope="module")
def loaded(sample_store: Path) -> set[str]:
    """The top-level packages that a list question without a model loads."""
    question = "which models were trained on SQuAD?"
    program = (
        "import json, sys; from agent.cli import run; "
        f"code = run(['ask', '--model', 'offline', '--store', {str(sample_store)!r}, {question!r}]); "
        "print(); print(json.dumps([code, sorted({name.partition('.')[0] for name in sys.modules})]))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    code, names = json.loads(ran.stdout.splitlines()[-1])
    assert code == 0, ran.stderr
    assert "distilbert-base-cased-distilled-squad" in ran.stdout
    return set(names)


@pytest.mark.parametrize(
    "package",
    [
        "ingest",
        "evals",
        "langchain",
        "langchain_core",
        "qdrant_client",
        "unstructured",
        "torch",
        "openai",
        "prompt_toolkit",
    ],
)
def test_a_list_question_does_not_load(package: str, loaded: set[str]) -> None:
    assert package not in loaded


@pytest.mark.parametrize("package", ["sqlalchemy", "langchain", "ingest", "markdown_it", "rapidfuzz"])
def test_the_first_prompt_of_a_chat_does_not_wait_for(package: str) -> None:
    program = (
        "import sys, agent.cli, agent.chat.starting, agent.chat.prompt; from catalog.settings import load_settings; "
        "load_settings(); print(*{name.partition('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "prompt_toolkit" in ran.stdout.split()
    assert package not in ran.stdout.split()


@pytest.mark.parametrize("address", [("93.184.216.34", 443), ("2606:2800:220:1::1", 443, 0, 0)])
def test_tests_cannot_connect_to_the_network(address: tuple[object, ...]) -> None:
    family = socket.AF_INET6 if ":" in str(address[0]) else socket.AF_INET
    with socket.socket(family) as plug, pytest.raises(AssertionError, match="reached for the network"):
        plug.connect(address)


def test_tests_cannot_look_a_name_up() -> None:
    with pytest.raises(AssertionError, match=r"reached for the network: \('huggingface.co',\)"):
        socket.create_connection(("huggingface.co", 443))


def test_tests_may_connect_to_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as plug:
        assert plug.getpeername() == server.getsockname()
