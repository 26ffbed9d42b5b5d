"""`nox -s tests` is what a contributor runs first. Versions and dependency groups come from pyproject.toml.

tests, gallery, sound, props   on the Python that runs nox; `nox -s tests --force-python 3.13` takes another
minutes               the slowest tests, in real time: not among the sessions that `nox` runs by itself
lint, types, floors   ruff, mypy --strict, import-linter
bench                 what a call costs, beside other bridges, which live in environments of their own:
                      `nox -s bench -- --quick`, `--soak 30m`, `--help`
clients               clients of other makes against the offline server; docs/clients.md
matrix                bridges of other makes beside `validate`; docs/matrix.md
"""

from pathlib import Path

import nox

nox.options.sessions = ["tests", "gallery", "sound", "browser", "props", "lint", "types", "floors"]
nox.options.default_venv_backend = "venv"

PYPROJECT = nox.project.load_toml("pyproject.toml")
DEPENDENCIES = PYPROJECT["project"]["dependencies"]
CLIENTS = [
    group.removeprefix("client-") for group in PYPROJECT["dependency-groups"] if group.startswith("client-")
]
NODE_DRIVERS = Path(__file__).parent / "clients" / "drivers" / "node"
NPM_QUIET = ("--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")


def install(session: nox.Session, *packages: str, group: str) -> None:
    """Uncompiled: of what is installed, a session imports a small part.

    The pip that comes with Python 3.11 and 3.12 needs twice the time of today's for the group `tests`.
    """
    session.install("--no-compile", "--upgrade", "pip")
    session.install("--no-compile", *packages, *nox.project.dependency_groups(PYPROJECT, group))


@nox.session
def tests(session: nox.Session) -> None:
    """Laws in virtual time, the real sockets where the socket is the point, and the speech engines."""
    install(session, ".[offline]", group="tests")
    others = "not sound_server and not browser and not gallery and not minutes"
    session.run("pytest", "-m", others, "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def gallery(session: nox.Session) -> None:
    """Whole programs against bridges that are broken on purpose: `validate` and `fuzz` find each."""
    install(session, ".", group="tests")
    session.run("pytest", "-m", "gallery", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def minutes(session: nox.Session) -> None:
    """What takes minutes: `fuzz` with nothing but a URL, `validate` of a bridge of another make, unkind
    models in real time, 500 calls.
    """
    install(session, ".", group="tests")
    session.run("pytest", "-m", "minutes", *session.posargs)


@nox.session
def sound(session: nox.Session) -> None:
    """Microphone and speaker by a real sound server; skipped, with the reason, where there is none.

    In real time: while a shared machine stands still, sound is lost before it is ours. A test that fails then
    is run again, up to four times, and then skipped; the summary names each. All others fail at once.
    """
    install(session, ".[offline]", group="sound")
    again = ("--reruns", "4", "--only-rerun", "StoodStillError")
    session.run("pytest", "-m", "sound_server", *again, "-raR", "tests/sound", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The report's page in Chromium; skipped, with the reason, where there is none."""
    install(session, ".", group="browser")
    session.run("pytest", "-m", "browser", "tests/validate/report", *session.posargs)


@nox.session
def props(session: nox.Session) -> None:
    """Property-based laws; HYPOTHESIS_PROFILE=thorough for many new examples, `-- --mutants` proves that they
    bite.
    """
    install(session, ".", group="props")
    session.run("pytest", "props", "-n", "auto", "--dist", "worksteal", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and form."""
    install(session, group="lint")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Every annotation holds."""
    install(session, ".", group="types")
    session.run("mypy", *session.posargs)


@nox.session
def floors(session: nox.Session) -> None:
    """Imports go down only."""
    install(session, "-e", ".", group="floors")
    session.run("lint-imports", *session.posargs)


@nox.session(reuse_venv=True)
def bench_peers(session: nox.Session) -> None:
    """The sample's stack and the compiled relay."""
    install(session, group="bench-peers")


@nox.session(reuse_venv=True)
def bench_pipecat(session: nox.Session) -> None:
    """Pipecat brings a hundred megabytes, numba and onnxruntime among them."""
    install(session, group="bench-pipecat")


@nox.session(requires=["bench_peers", "bench_pipecat"])
def bench(session: nox.Session) -> None:
    """Every stack side by side in one run; half an hour, or two minutes with `-- --quick`."""
    install(session, ".", group="bench")
    environments = Path(session.virtualenv.location).parent
    peers = [f"--{name}={environments / f'bench_{name}' / 'bin' / 'python'}" for name in ("peers", "pipecat")]
    session.run("python", "-m", "benchmarks", *peers, *session.posargs)


@nox.session(reuse_venv=True)
@nox.parametrize("name", CLIENTS, ids=CLIENTS)
def client(session: nox.Session, name: str) -> None:
    """The environment of one client."""
    install(session, group=f"client-{name}")


@nox.session(reuse_venv=True)
def client_node(session: nox.Session) -> None:
    """The clients in JavaScript, beside their drivers, where Node looks for them."""
    session.run("npm", "install", "--prefix", str(NODE_DRIVERS), *NPM_QUIET, external=True)


@nox.session(requires=["client", "client_node"])
def clients(session: nox.Session) -> None:
    """What docs/clients.md says, anew; `-- --write` writes it, `-- --client NAME` runs a part."""
    install(session, ".[offline,tls]", group="clients")
    environments = Path(session.virtualenv.location).parent
    pythons = {name: environments / f"client-{name}" / "bin" / "python" for name in CLIENTS}
    flags = [f"--environment={name}={path}" for name, path in (pythons | {"node": "node"}).items()]
    session.run("python", "-m", "clients", *flags, *session.posargs)


@nox.session
def matrix(session: nox.Session) -> None:
    """What docs/matrix.md says, anew; each bridge lives in an environment of its own, which is kept."""
    session.install("--no-compile", ".[offline]")
    homes = Path(session.virtualenv.location).parent / "matrix_homes"
    session.run("python", "-m", "matrix", f"--homes={homes}", *session.posargs)
