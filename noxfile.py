"""`nox -s tests` is what a contributor runs first. Versions and dependency groups come from pyproject.toml.

tests, gallery, sound, props   on the Python that runs nox; `nox -s tests --force-python 3.13` takes another
minutes               the slowest tests, in real time: not among the sessions that `nox` runs by itself
lint, types, floors   ruff, mypy --strict, import-linter
bench                 what a call costs, beside other bridges, which live in environments of their own:
                      `nox -s bench -- --quick`, `--soak 30m`, `--help`
"""

from pathlib import Path

import nox

nox.options.sessions = ["tests", "gallery", "sound", "browser", "props", "lint", "types", "floors"]
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
    others = "not sound_server and not browser and not gallery and not minutes"
    session.run("pytest", "-m", others, "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def gallery(session: nox.Session) -> None:
    """Whole programs against bridges that are broken on purpose: `validate` and `fuzz` find each."""
    groups(session, "tests")
    session.install(".")
    session.run("pytest", "-m", "gallery", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def minutes(session: nox.Session) -> None:
    """What takes minutes: `fuzz` with nothing but a URL, `validate` of a bridge of another make."""
    groups(session, "tests")
    session.install(".")
    session.run("pytest", "-m", "minutes", *session.posargs)


@nox.session
def sound(session: nox.Session) -> None:
    """Microphone and speaker by a real sound server; skipped, with the reason, where there is none.

    In real time: while a shared machine stands still, sound is lost before it is ours. A test that fails then
    is run again, up to four times, and then skipped; the summary names each. All others fail at once.
    """
    groups(session, "sound")
    session.install(".[offline]")
    again = ("--reruns", "4", "--only-rerun", "StoodStillError")
    session.run("pytest", "-m", "sound_server", *again, "-raR", "tests/sound", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The report's page in Chromium; skipped, with the reason, where there is none."""
    groups(session, "browser")
    session.install(".")
    session.run("pytest", "-m", "browser", "tests/validate/report", *session.posargs)


@nox.session
def props(session: nox.Session) -> None:
    """Property-based laws; HYPOTHESIS_PROFILE=thorough for many new examples, `-- --mutants` proves that they
    bite.
    """
    groups(session, "props")
    session.install(".")
    session.run("pytest", "props", "-n", "auto", "--dist", "worksteal", *session.posargs)


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


@nox.session(reuse_venv=True)
def bench_peers(session: nox.Session) -> None:
    """The sample's stack and the compiled relay."""
    groups(session, "bench-peers")


@nox.session(reuse_venv=True)
def bench_pipecat(session: nox.Session) -> None:
    """Pipecat brings a hundred megabytes, numba and onnxruntime among them."""
    groups(session, "bench-pipecat")


@nox.session(requires=["bench_peers", "bench_pipecat"])
def bench(session: nox.Session) -> None:
    """Every stack side by side in one run; half an hour, or two minutes with `-- --quick`."""
    groups(session, "bench")
    session.install(".")
    environments = Path(session.virtualenv.location).parent
    peers = [f"--{name}={environments / f'bench_{name}' / 'bin' / 'python'}" for name in ("peers", "pipecat")]
    session.run("python", "-m", "benchmarks", *peers, *session.posargs)
