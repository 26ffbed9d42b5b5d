"""`twiliobridge fuzz` as a shell sees it."""

import json
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from leisure import LONG, at_leisure
from servers import running

from twiliobridge.caller import Access
from twiliobridge.cli import main
from twiliobridge.commands.fuzz_report import command, lines, summary
from twiliobridge.exit_code import ExitCode
from twiliobridge.fuzz import CATEGORIES, Ending, Endpoint, Finding, Law, Plan, Report, Scenario
from twiliobridge.fuzz.files import companion, write_finding
from twiliobridge.fuzz.incidents import Incidents, Outage
from twiliobridge.fuzz.scenario import Drop

SHORT = ("--class", "valid", "--seed", "1", "--examples", "10", "--max-seconds", str(LONG))
"A run that shows the illegal greeting."


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """What is found is written into the current folder."""
    at_leisure(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)


@pytest.fixture(scope="module")
def sound():
    with running("gallery.py", "Echo") as (_, port):
        yield f"ws://127.0.0.1:{port}/stream"


@pytest.fixture(scope="module")
def illegal():
    with running("gallery.py", "IllegalGreeting") as (_, port):
        yield f"ws://127.0.0.1:{port}/stream"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "which endpoint? give its URL"),
        (["nonsense"], "an endpoint's URL is that of its stream, ws(s)://host/path, or of its webhook"),
        (["ws://[::/x"], "an endpoint's URL is that of its stream"),
        (["http://127.0.0.1:1/x"], "Connection refused (Twilio error 11205"),
        (["http://127.0.0.1:1/x", "--class", "valid"], "Connection refused (Twilio error 11205"),
        (["ws://127.0.0.1:1/x", "--stream-origin", "http://y"], "ws://127.0.0.1:1/x is a stream itself"),
        (["ws://127.0.0.1:1/x", "--header", "Host: y"], "give https://y as that"),
        (["ws://127.0.0.1:1/x"], "Connection refused (Twilio error 31902"),
        (["ws://nowhere.invalid/x"], "nowhere.invalid does not resolve"),
        (["ws://127.0.0.1:1/x", "--class", "fly"], "no class 'fly'; there are: valid, missing"),
        (["ws://127.0.0.1:1/x", "--replay", "nothing.jsonl"], "nothing.jsonl: No such file"),
        (["ws://192.0.2.1/x", "--class", "flood"], "flood can hurt an endpoint beyond this machine"),
    ],
)
def test_what_cannot_be_tested_is_one_line_and_exit_2(arguments, complaint, capsys):
    assert main(["fuzz", *arguments]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert complaint in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("flag", [["--examples", "0"], ["--max-seconds", "-1"], ["--seed", "x"]])
def test_a_wrong_number_is_argparses_word(flag, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["fuzz", "ws://127.0.0.1:1/x", *flag])
    assert exit_.value.code == ExitCode.USAGE
    assert "error: " in capsys.readouterr().err


def test_the_list_tells_classes_and_laws(capsys):
    assert main(["fuzz", "--list"]) == ExitCode.PASSED
    out = capsys.readouterr().out
    assert all(f"\n  {name} " in out for name in CATEGORIES)
    assert "The next clean call still works." in out


def test_nothing_found_is_exit_0_and_leaves_nothing(sound, capsys, tmp_path):
    """In a pipe there is no bar: one line on stdout, none on stderr."""
    assert main(["fuzz", sound, *SHORT]) == ExitCode.PASSED
    out, error = capsys.readouterr()
    assert out.startswith("Nothing found in 10 scenarios, ")
    assert (out.count("\n"), error, list(tmp_path.iterdir())) == (1, "", [])


def test_what_is_found_is_exit_1_and_can_be_replayed(illegal, capsys):
    """By the command that was printed."""
    assert main(["fuzz", illegal, *SHORT, "--output", "found here"]) == ExitCode.FAILED
    out = capsys.readouterr().out
    assert "1. legal / valid: Whatever the endpoint says is legal for Twilio." in out
    assert f"replay: twiliobridge fuzz {illegal} --replay 'found here/legal-valid.jsonl'" in out
    assert main(["fuzz", illegal, "--replay", "found here/legal-valid.jsonl"]) == ExitCode.FAILED
    assert "unknown field `reason`" in capsys.readouterr().out


def test_a_replay_of_what_was_mended_is_exit_0(illegal, sound, capsys):
    main(["fuzz", illegal, *SHORT])
    assert main(["fuzz", sound, "--replay", "fuzz_output/legal-valid.jsonl"]) == ExitCode.PASSED
    assert "Nothing is wrong with this scenario here." in capsys.readouterr().out


def reported(**more):
    return Report(Endpoint("ws://127.0.0.1:1/x"), Plan(), **more)


def test_what_was_slow_many_times_is_one_line():
    slow, other, _ = lines(reported(once=["answers: slow", "answers: slow", "other"]))
    assert slow == "Seen once, and not again, so it does not count (of 2 scenarios): answers: slow"
    assert other == "Seen once, and not again, so it does not count: other"


MET = Incidents(excused=2, refused=["HTTP 403", "HTTP 429"], outages=[Outage(7, 3.14, restarted=False)])


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (reported(speech=None), "The endpoint said nothing in any clean call, to speech neither"),
        (reported(incidents=MET), "Excused: 2 calls ended without a WebSocket close (1006) after `stop`"),
        (
            reported(incidents=MET),
            "Not tried: 2 calls of scenarios, whose handshake was refused;",
        ),
        (reported(incidents=MET), "Away for 3.1 s after call 7 of a scenario, and back by itself."),
        (
            reported(tried={"valid": 3, "giant": 0, "drop": 0}, ending=Ending.TIME),
            "Not tried at all, for the time was up: giant, drop.",
        ),
    ],
)
def test_what_a_run_could_not_tell_or_let_pass_is_told(report, told):
    """Beside "nothing found", which is then worth less."""
    assert any(line.startswith(told) for line in lines(report))


def test_json_tells_the_same():
    told = summary(reported(speech=None, incidents=MET, tried={"valid": 3, "drop": 0}))
    assert (told["answers"], told["tried"], told["planned_of_each"]) == (
        "nothing",
        {"valid": 3, "drop": 0},
        50,
    )
    assert (told["excused_after_stop"], told["refused"]) == (2, {"calls": 2, "last": "HTTP 429"})
    assert told["outages"] == [{"after_call": 7, "seconds": 3.1, "restarted": False}]


def test_the_command_of_a_replay_reaches_the_endpoint_as_the_run_did(tmp_path):
    """And so does the test that is written, without what may be secret: that is in the environment."""
    access = Access(
        auth_token="12345",
        public_url="https://voice.example.com",
        stream_origin="http://127.0.0.1:81",
        headers={"X-Tunnel-Key": "secret"},
    )
    endpoint = Endpoint("http://127.0.0.1:80/voice", access)
    finding = Finding(Law.LEGAL, Scenario(steps=(Drop(),), category="valid"), "seen", 1)
    write_finding(finding, tmp_path, endpoint)
    assert command(endpoint, finding.file) == (
        "twiliobridge fuzz http://127.0.0.1:80/voice --public-url https://voice.example.com "
        f'--stream-origin http://127.0.0.1:81 --header "X-Tunnel-Key: $X_TUNNEL_KEY" --replay {finding.file}'
    )
    text = companion(finding.file).read_text()
    assert "public_url='https://voice.example.com', stream_origin='http://127.0.0.1:81'" in text
    assert "headers={'X-Tunnel-Key': os.environ[\"X_TUNNEL_KEY\"]}" in text
    assert "import os" in text
    assert "secret" not in text
    compile(text, "written", "exec")


class Voice(BaseHTTPRequestHandler):
    """A webhook whose TwiML names the host that it was asked as, without the port, after a pause."""

    def do_POST(self):
        host = self.headers["Host"].partition(":")[0]
        self.send_response(200)
        self.end_headers()
        parameters = '<Parameter name="plan" value="gold"/>'
        stream = f'<Stream url="wss://{host}/stream">{parameters}</Stream>'
        self.wfile.write(f'<Response><Pause length="60"/><Connect>{stream}</Connect></Response>'.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def webhook():
    with ThreadingHTTPServer(("127.0.0.1", 0), Voice) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/voice"
        server.shutdown()
        thread.join()


def test_an_endpoint_is_fuzzed_by_its_webhook(illegal, webhook, capsys):
    """Each call has the parameters of its TwiML, by which this one is found out: its greeting is illegal
    then, in clean calls already, whatever class is tried. A pause in the TwiML costs no time.
    """
    origin = illegal.removesuffix("/stream").replace("ws", "http")
    arguments = ["fuzz", webhook, "--stream-origin", origin, "--class", "drop", "--examples", "1"]
    assert main([*arguments, "--json", "--max-seconds", "60"]) == ExitCode.FAILED
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert "unknown field `reason`" in finding["seen"]


def test_a_webhook_that_leads_nowhere_is_one_line_and_exit_2(webhook, capsys):
    """The webhook was reached, and what its TwiML leads to was not."""
    arguments = ["fuzz", webhook, "--stream-origin", "http://127.0.0.1:1", "--class", "valid"]
    assert main(arguments) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert "127.0.0.1:1: Connection refused" in error
    assert error.count("\n") == 1


def test_json_is_one_object(illegal, capsys):
    assert main(["fuzz", illegal, *SHORT, "--json"]) == ExitCode.FAILED
    told = json.loads(capsys.readouterr().out)
    (finding,) = told["findings"]
    assert (told["seed"], told["ending"], finding["law"]) == (1, "examples", "legal")
    assert finding["steps"][0]["step"] == "message"


def test_an_output_that_cannot_be_written_is_said_before_the_run(sound, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert main(["fuzz", sound, "--output", "file/folder"]) == ExitCode.USAGE
    assert "file/folder: Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("asks", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_tells_what_was_found_so_far(illegal, tmp_path, asks):
    """Exit 130, the finding on disk, and no traceback."""
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    start = f"{listening}; import sys; from twiliobridge.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "fuzz", illegal, "--seed", "1", "--examples", "100000"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=tmp_path) as process:  # noqa: S603
        file = tmp_path / "fuzz_output" / "legal-valid.jsonl"
        while not file.exists():
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(asks)
        out, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (ExitCode.INTERRUPTED, "")
    assert "legal / valid" in out
    assert "interrupted" in out
