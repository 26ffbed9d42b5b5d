"""`nox -s tests` is what a contributor runs first. Versions and dependency groups come from pyproject.toml.

tests, sound, props, fuzz   on the Python that runs nox; `nox -s tests --force-python 3.13` takes another
lint, types, floors         ruff, mypy --strict, import-linter
"""

import nox

nox.options.sessions = ["tests", "sound", "props", "fuzz", "lint", "types", "floors"]
nox.options.default_venv_backend = "venv"

PYPROJECT = nox.project.load_toml("pyproject.toml")
DEPENDENCIES = PYPROJECT["project"]["dependencies"]


def groups(session: nox.Session, *names: str) -> None:
    session.install(*nox.project.dependency_groups(PYPROJECT, *names))


@nox.session
def tests(session: nox.Session) -> None:
    """Laws in virtual time, the real sockets where the socket is the point, and the speech engines."""
    groups(session, "tests")
    session.install(".[offline]")
    session.run("pytest", "-m", "not sound_server and not gallery", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def sound(session: nox.Session) -> None:
    """Microphone and speaker by a real sound server; skipped, with the reason, where there is none."""
    groups(session, "tests")
    session.install(".[offline]")
    session.run("pytest", "-m", "sound_server", *session.posargs)


@nox.session
def props(session: nox.Session) -> None:
    """Property-based laws; HYPOTHESIS_PROFILE=thorough for many new examples, `-- --mutants` proves that they
    bite.
    """
    groups(session, "props")
    session.install(".")
    session.run("pytest", "props", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """`twiliobridge fuzz` as a stranger runs it, against servers with planted bugs; a minute each at most."""
    groups(session, "tests")
    session.install(".")
    session.run("pytest", "-m", "gallery", "-n", "auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and form."""
    groups(session, "lint")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Every annotation holds."""
    groups(session, "types")
    session.install(".")
    session.run("mypy", *session.posargs)


@nox.session
def floors(session: nox.Session) -> None:
    """Imports go down only."""
    groups(session, "floors")
    session.install("-e", ".")
    session.run("lint-imports", *session.posargs)
