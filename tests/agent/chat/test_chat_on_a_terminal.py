"""The chat as a person meets it: the real program on a pseudo-terminal, and in a pipe."""

import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_server import Reply, ScriptedServer, call, final, said_to_model, set_key
from stores import Cards
from terminals import PROGRAM, ROOT, Terminal, looks_like

QUESTION = "Which models were fine-tuned on SQuAD 2.0?"
FOLLOW_UP = "And which of those are under cc-by-4.0?"
PROMPT = "›"
READY = "/help lists the commands"

Opens = Callable[..., Terminal]


@pytest.fixture
def chat(opens: Opens) -> Terminal:
    """A chat whose prompt is there."""
    terminal = opens("chat")
    terminal.sees(READY)
    terminal.sees(PROMPT)
    return terminal


def test_a_conversation_with_a_follow_up_and_its_sources(chat: Terminal) -> None:
    chat.enters(QUESTION)
    chat.sees("Understood as: models · fine-tuned on squad_v2")
    chat.enters(FOLLOW_UP)
    chat.sees("Understood as: models · fine-tuned on squad_v2 · licence cc-by-4.0")
    chat.enters("/sources 1")
    chat.sees("▸")
    chat.enters("/why")
    chat.sees("Answered by offline in")
    looks_like(chat, "conversation-80")
    chat.enters("/quit")
    assert chat.ends() == 0
    assert "almanac chat --resume" in chat.everything


def test_the_lineage_is_a_tree(chat: Terminal) -> None:
    chat.enters("/lineage roberta-base")
    chat.sees("microsoft/codebert-base")
    looks_like(chat, "lineage-80")


def test_a_narrow_terminal_loses_nothing(opens: Opens) -> None:
    narrow = opens("chat", columns=60, lines=50)
    narrow.sees(PROMPT)
    narrow.enters(QUESTION)
    narrow.sees("Understood as")
    narrow.awaits_input()
    narrow.enters("/compare roberta-base gpt2")
    narrow.sees("and 4 more")
    looks_like(narrow, "narrow-60")


def test_a_wide_terminal_is_used(opens: Opens) -> None:
    wide = opens("chat", columns=200)
    wide.sees(PROMPT)
    wide.enters("/show deepset/xlm-roberta-large-squad2")
    wide.sees("aliases")
    looks_like(wide, "wide-200")


def test_another_model_answers_from_the_middle_of_a_conversation(opens: Opens, server: ScriptedServer) -> None:
    asked: list[str] = []
    server.plays(
        call("find_models", trained_on="squad_v2", license="cc-by-4.0"),
        lambda request: asked.append(said_to_model(request)) or final(kind="list", sets=[set_key(request)]),
    )
    chat = opens("chat", ALMANAC_BASE_URL=server.url, ALMANAC_API_KEY="key")
    chat.sees(PROMPT)
    chat.enters(QUESTION)
    chat.sees("Understood as")
    chat.enters("/model openai:m")
    chat.sees("openai:m answers from now on.")
    chat.enters(FOLLOW_UP)
    chat.sees("Understood as", times=2)
    chat.enters("/why")
    chat.sees("Answered by openai:m")
    assert QUESTION in asked[0], "the model reads what was asked before"
    chat.enters("/model offline")
    chat.enters(FOLLOW_UP)
    chat.sees("Understood as", times=4)


def test_ctrl_c_stops_a_slow_answer_and_not_the_chat(opens: Opens, server: ScriptedServer) -> None:
    server.plays(Reply(text="never read", pause=600))
    chat = opens("chat", "--model", "openai:m", ALMANAC_BASE_URL=server.url, ALMANAC_API_KEY="key")
    chat.sees(PROMPT)
    chat.enters(QUESTION)
    chat.sees("asking openai:m")
    began = time.monotonic()
    chat.types("\x03")
    chat.sees("Stopped.")
    assert time.monotonic() - began < 5, "the model would have taken ten minutes"
    chat.enters("/model offline")
    chat.enters(QUESTION)
    chat.sees("Understood as")
    assert chat.runs


def test_ctrl_c_empties_the_line_and_twice_leaves(chat: Terminal) -> None:
    chat.types("half a question\x03")
    chat.types("\x03")
    chat.sees("Ctrl-C again or Ctrl-D leaves.")
    assert chat.runs
    chat.types("\x03")
    assert chat.ends() == 0


def test_ctrl_d_leaves(chat: Terminal) -> None:
    chat.types("\x04")
    assert chat.ends() == 0


def test_a_conversation_goes_on_in_a_new_process(chat: Terminal, opens: Opens) -> None:
    chat.enters(QUESTION)
    chat.sees("Understood as")
    chat.enters("/save squads")
    chat.sees("Saved as squads")
    chat.enters("/quit")
    chat.ends()
    for arguments in (("-c",), ("--resume", "squads")):
        again = opens("chat", *arguments)
        again.sees("deepset/bert-base-cased-squad2")
        again.sees("models (fine-tuned on squad_v2")
        again.enters(FOLLOW_UP)
        again.sees("fine-tuned on squad_v2 · licence cc-by-4.0")
        again.enters("/quit")
        again.ends()
    explained = opens("why")
    explained.ends()
    assert f"Asked: {FOLLOW_UP}" in explained.screen, "the last answer is the one of the chat"
    listed = opens("history", "-q", "licence cc-by-4.0")
    listed.ends()
    assert re.search(r"3\s+squads: Which models were fine-tuned", listed.screen)


def test_a_question_of_several_lines_is_typed_or_pasted(chat: Terminal) -> None:
    chat.types("Which models were\x1b\rfine-tuned on SQuAD 2.0?\r")
    chat.sees("fine-tuned on squad_v2")
    chat.types("\x1b[200~Which models are\nfine-tuned from roberta-base?\x1b[201~\r")
    chat.sees("models (fine-tuned from roberta-base)")


def test_a_long_question_is_written_in_an_editor(opens: Opens, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/which/Which models were\\nfine-tuned on SQuAD 2.0?/" "$1"\n')
    editor.chmod(0o700)
    chat = opens("chat", EDITOR=str(editor), VISUAL="")
    chat.sees(PROMPT)
    chat.types("which\x18\x05")
    chat.sees("6 models (fine-tuned on squad_v2)")


def test_what_was_typed_is_found_again_in_another_session(chat: Terminal, opens: Opens) -> None:
    chat.enters("/lineage roberta-base")
    chat.sees("what was built with it")
    chat.enters("/quit")
    chat.ends()
    again = opens("chat")
    again.sees(PROMPT)
    again.types("\x12linea")
    again.sees("/lineage roberta-base")


def test_tab_completes_commands_and_names(chat: Terminal) -> None:
    chat.types("/linea")
    chat.sees("what was built with it")
    chat.types("\t")
    chat.sees("› /lineage")
    chat.enters(" roberta-base")
    chat.sees("microsoft/codebert-base")
    chat.types("What licence has facebook/bart-large-cn")
    chat.sees("facebook/bart-large-cnn")
    chat.types("\t")
    chat.sees("has facebook/bart-large-cnn")
    chat.types("?\r")
    chat.sees("Licence of facebook/bart-large-cnn")


def test_a_wrong_command_is_told_the_nearest_one(chat: Terminal) -> None:
    chat.enters("/surces")
    chat.sees("Did you mean /sources?")


def test_a_long_list_is_shown_a_screen_at_a_time(opens: Opens) -> None:
    low = opens("chat", lines=20)
    low.sees(PROMPT)
    low.enters("Which models are there?")
    low.sees("more lines: Enter shows the next")
    assert "Understood as" not in low.everything
    low.enters("/more all")
    low.sees("Understood as")


def test_without_a_store_one_screen_says_what_to_do(opens: Opens, models: Cards, tmp_path: Path) -> None:
    models.write("den/owl", "---\nlicense: mit\ndatasets: [squad]\n---\n# Owl\n\nOwl answers questions about birds.\n")
    first = opens("chat", ALMANAC_STORE=str(tmp_path / "none"), columns=160, lines=30)
    first.sees("/ingest sample", times=2)
    screen = first.sees("› /ingest sample").replace(str(tmp_path), "TMP")
    assert f"{PROMPT} /ingest sample" in screen, "Enter takes the sample"
    assert "no store at TMP/none yet" in screen
    first.types("\x03")
    first.enters(f"/ingest {models.root}")
    first.sees("1 new")
    first.enters("What licence has den/owl?")
    first.sees("Licence of den/owl: mit")


def test_a_terminal_that_can_little_gets_no_control_codes(opens: Opens) -> None:
    dumb = opens("chat", TERM="dumb")
    dumb.sees(">")
    dumb.enters(QUESTION)
    dumb.sees("Understood as")
    dumb.enters("/lineage roberta-base")
    dumb.sees("codebert")
    dumb.types("\x04")
    assert dumb.ends() == 0
    assert b"\x1b" not in dumb.raw


def test_without_colour_no_colour_is_sent(opens: Opens) -> None:
    plain = opens("chat", NO_COLOR="1")
    plain.sees(PROMPT)
    plain.enters(QUESTION)
    plain.sees("Understood as")
    plain.enters("/sources 1")
    plain.sees("▸")
    codes = {code for found in re.findall(rb"\x1b\[([\d;]*)m", plain.raw) for code in found.split(b";")}
    assert not {code for code in codes if re.fullmatch(rb"[349]\d|10\d", code)}


@pytest.mark.parametrize("lines", [f"{QUESTION}\n{FOLLOW_UP}\n/sources 1\n", f"{QUESTION}\n\n{FOLLOW_UP}\n/sources 1"])
def test_in_a_pipe_every_line_is_asked_and_the_text_is_plain(lines: str) -> None:
    ran = piped(lines)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("Understood as") == 2
    assert "licence cc-by-4.0" in ran.stdout
    assert "▸" in ran.stdout
    assert "\x1b" not in ran.stdout
    assert PROMPT not in ran.stdout


def test_in_a_pipe_the_first_error_ends_it_with_exit_code_1() -> None:
    ran = piped(f"/nonsense\n{QUESTION}\n")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "almanac: there is no command /nonsense. /help lists them.\n"


def test_asking_on_a_terminal_links_to_the_cited_file(opens: Opens) -> None:
    asked = opens("ask", "What licence has gpt2?")
    assert asked.ends() == 0
    address = (ROOT / "evals/corpus/models/gpt2/README.md").as_uri()
    assert re.search(rb"\x1b\]8;[^;]*;" + re.escape(address.encode()), asked.raw)
    assert "\x1b]8" not in piped("What licence has gpt2?").stdout


def piped(lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "chat"], input=lines, capture_output=True, text=True, cwd=ROOT, env=dict(os.environ), check=False
    )
