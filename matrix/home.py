"""Where a bridge lives while it is judged: a copy of its files, and an environment of its own."""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec

from matrix.bridge import PROGRAMS, Bridge

MADE = "made.json"
"What a home was made from; it is made again only if that has changed."


class InstallError(Exception):
    """One line that says which command failed, and with what."""


@dataclass(frozen=True)
class Home:
    """Made from `bridge` and, where it has one, the checkout at `origin`: a folder or a Git directory."""

    bridge: Bridge
    root: Path
    origin: Path | None = None

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def folder(self) -> Path:
        """In which the bridge is installed and started."""
        return self.files / self.bridge.folder

    @property
    def python(self) -> str:
        """Ours for our own bridge, which is installed already."""
        return str(self.root / "python" / "bin" / "python") if self.bridge.install else sys.executable

    def make(self) -> None:
        """Raises InstallError."""
        if self._recipe() == self._made():
            return
        shutil.rmtree(self.root, ignore_errors=True)
        self.files.mkdir(parents=True)
        self._fetch()
        if any("{python}" in command for command in self.bridge.install):
            carry_out([sys.executable, "-m", "venv", str(self.root / "python")], self.root)
        for command in self.bridge.install:
            carry_out([word.format(python=self.python) for word in command], self.folder)
        (self.root / MADE).write_bytes(self._recipe())

    def _fetch(self) -> None:
        if self.origin is not None and is_git(self.origin):
            archive = self.root / "checkout.tar"
            carry_out(["git", "archive", "--output", str(archive), "HEAD"], self.origin)
            shutil.unpack_archive(archive, self.files, filter="data")
        elif self.origin is not None:
            shutil.copytree(self.origin, self.files, dirs_exist_ok=True)
        elif self.bridge.program:
            shutil.copytree(PROGRAMS / self.bridge.program, self.files, dirs_exist_ok=True)

    def _recipe(self) -> bytes:
        made_of = (self.bridge.install, self.bridge.folder, str(self.origin), self.commit() or self._digest())
        return msgspec.json.encode(made_of)

    def _digest(self) -> str:
        """Of files of which Git knows nothing, and of our own programs."""
        own = PROGRAMS / self.bridge.program if self.bridge.program else None
        folder = self.origin or own
        if folder is None:
            return ""
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(str(path).encode() + path.read_bytes())
        return digest.hexdigest()

    def _made(self) -> bytes:
        made = self.root / MADE
        return made.read_bytes() if made.exists() else b""

    def commit(self) -> str:
        """`d70e251 of 2025-08-28`; empty for files of which Git knows nothing."""
        if self.origin is None or not is_git(self.origin):
            return ""
        command = ["git", "log", "-1", "--abbrev=7", "--date=short", "--format=%h of %cd"]
        return carry_out(command, self.origin).strip()

    def version(self) -> str:
        """`getpatter 0.7.0`, or `commit d70e251 of 2025-08-28`."""
        told = [f"{package} {self._installed(package)}" for package in self.bridge.versions]
        commit = self.commit()
        return ", ".join([*told, *([f"commit {commit}"] if commit else [])]) or "unversioned files"

    def _installed(self, package: str) -> str:
        description = self.folder / "node_modules" / package / "package.json"
        if description.exists():
            version: str = msgspec.json.decode(description.read_bytes())["version"]
            return version
        ask = f"from importlib.metadata import version; print(version({package!r}))"
        return carry_out([self.python, "-c", ask], self.root).strip()


def is_git(folder: Path) -> bool:
    """A repository's own folder, bare or not; not one that only lies within a repository."""
    return (folder / ".git").exists() or ((folder / "HEAD").exists() and (folder / "objects").exists())


def carry_out(command: list[str], folder: Path) -> str:
    """What it printed. Raises InstallError."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - of our files
    if done.returncode:
        last = " ".join(done.stderr.strip().splitlines()[-1:])
        raise InstallError(f"{' '.join(command)} exited with {done.returncode}: {last}")
    return done.stdout
