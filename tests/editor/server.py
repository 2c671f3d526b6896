"""A person's editor, as far as manifests are concerned: the real YAML language server, spoken to over LSP.

Editors show what this server says, so its words are what people read while they write.  The server is an npm package
(`package.json` here); `make` installs it into the virtual environment when there is an npm.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import pytest

_INSTALLED: Final = Path(sys.prefix) / "editor" / "node_modules"
"""Where the Makefile installs `package.json`."""

_MAIN: Final = Path("yaml-language-server", "bin", "yaml-language-server")
_PATIENCE_S: Final = 30.0
"""Until the server is given up.  Chosen: it answers within a second on a quiet machine."""

Json = dict[str, Any]


class Place(NamedTuple):
    """A position as people count: from 1."""

    line: int
    column: int


class Mark(NamedTuple):
    """What an editor underlines, and what it says about it."""

    at: Place
    message: str


def command() -> list[str]:
    """How to start the server; skips the test, saying why, where it cannot be."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("the YAML language server needs node, and there is none on this machine")
    program = _INSTALLED / _MAIN
    if not program.is_file():
        pytest.skip("the YAML language server is not installed: `make editor` does it, with npm")
    return [node, str(program), "--stdio"]


class Editor:
    """An editor with a folder open.  `settings` are those of the folder, as `.vscode/settings.json` has them."""

    def __init__(self, process: "subprocess.Popen[bytes]", root: Path, settings: Json) -> None:
        self._root = root
        self._settings = settings
        assert process.stdin is not None
        assert process.stdout is not None
        self._to: IO[bytes] = process.stdin
        self._from: IO[bytes] = process.stdout
        self._heard: queue.Queue[Json] = queue.Queue()
        self._asked = 0
        threading.Thread(target=self._listen, daemon=True).start()
        self._begin()

    def marks(self, *names: str) -> dict[str, list[Mark]]:
        """Open files of the folder, all at once, and everything that is underlined in each."""
        waiting = {self._open(name): name for name in names}
        marks: dict[str, list[Mark]] = {}
        while waiting:
            message = self._hear()
            if message.get("method") == "textDocument/publishDiagnostics":
                name = waiting.pop(message["params"]["uri"], None)
                if name is not None:
                    marks[name] = [
                        Mark(_place(one["range"]["start"]), one["message"]) for one in message["params"]["diagnostics"]
                    ]
        return marks

    def offers(self, name: str, at: Place) -> dict[str, Json]:
        """What is offered to write at a place, by its label."""
        result = self._at("textDocument/completion", name, at)
        items = result if isinstance(result, list) else result["items"]
        return {item["label"]: item for item in items}

    def hover(self, name: str, at: Place) -> str:
        """What is shown while the pointer rests on a place."""
        result = self._at("textDocument/hover", name, at)
        return "" if result is None else str(result["contents"]["value"])

    def _begin(self) -> None:
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        self._ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {
                        "completion": {"completionItem": {"snippetSupport": True}},
                        "hover": {"contentFormat": ["markdown"]},
                    },
                },
            },
        )
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": self._yaml()}})

    def _yaml(self) -> Json:
        """The settings as an editor's extension hands them on; the store of schemas in the internet stays shut."""
        ours = {key.removeprefix("yaml."): value for key, value in self._settings.items() if key.startswith("yaml.")}
        return {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}} | ours

    def _open(self, name: str) -> str:
        path = self._root / name
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": path.read_text(encoding="utf-8")}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return str(document["uri"])

    def _at(self, method: str, name: str, at: Place) -> Any:
        uri = self._open(name)
        position = {"line": at.line - 1, "character": at.column - 1}
        return self._ask(method, {"textDocument": {"uri": uri}, "position": position})

    def _ask(self, method: str, params: Json) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._hear()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message["error"]
                return message["result"]

    def _tell(self, method: str, params: Json) -> None:
        self._send({"method": method, "params": params})

    def _hear(self) -> Json:
        """The next message; what the server asks meanwhile is answered."""
        message = self._heard.get(timeout=_PATIENCE_S)
        if "id" in message and "method" in message:
            answer: Any = None
            if message["method"] == "workspace/configuration":
                answer = [self._yaml() if item["section"] == "yaml" else {} for item in message["params"]["items"]]
            self._send({"id": message["id"], "result": answer})
        return message

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._to.flush()

    def _listen(self) -> None:
        length = 0
        while line := self._from.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            elif not line.strip():
                self._heard.put(json.loads(self._from.read(length)))


@contextmanager
def editor(root: Path, settings: Json | None = None) -> Iterator[Editor]:
    """Start the server for a folder, and end it."""
    with subprocess.Popen(
        command(), cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield Editor(process, root, settings or {})
        finally:
            process.kill()


def _place(position: Json) -> Place:
    return Place(position["line"] + 1, position["character"] + 1)
