"""The HTML page in Chromium, from a file, without a network. In real time where something is played."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import trio
from judged import judge_until
from trio.testing import MockClock
from validation_runs import CUT_AT, CUT_S, bad_run, good_run, interrupted_run

from twiliobridge.validate.report import write_html

pytestmark = pytest.mark.browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 15_000  # nothing on the page takes a second; a loaded machine may
CALL = "#call-c6-conversation"


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright for Python is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name it in CHROMIUM")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def show(chromium, tmp_path):
    """Opens a run's page; at the end nothing may have gone wrong in it, and nothing asked for."""
    complaints, pages = [], []

    def opened(run, width=1280, scheme="light"):
        path = tmp_path / "report.html"
        write_html(run, path)
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        pages.append(page)
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: request.url == path.as_uri() or complaints.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


def until(page, expression):
    """Asks again and again: `wait_for_function` needs `eval`, which the page's policy forbids."""
    for _ in range(PATIENCE_MS // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never true: {expression}")


@pytest.mark.parametrize("run", [good_run, bad_run, interrupted_run])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_the_page_opens_without_a_complaint_and_fits(show, run, scheme, width):
    page = show(run(), width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("h1").inner_text() in {"SUCCESS", "FAILED", "INTERRUPTED"}


@pytest.mark.parametrize("seconds", [0, 5, 30])
def test_the_page_of_a_run_that_was_stopped_is_a_whole_page(show, seconds):
    """In its first moment, and in the middle of a call, which is then drawn and heard up to there."""
    stopped = partial(trio.run, judge_until, seconds, clock=MockClock(autojump_threshold=0))
    with ThreadPoolExecutor(1) as thread:  # in the main thread Trio and Chromium's driver would collide
        run = thread.submit(stopped).result()
    page = show(run)
    assert page.locator("h1").inner_text() == "INTERRUPTED"
    assert page.locator(".banner").inner_text().startswith("This report is partial.")
    assert page.locator(".tile").count() == 8
    assert page.locator(".tile.interrupted, .tile.skipped").count() > 0
    drawn = page.locator("[id^=call-]")
    assert drawn.count() == sum(len(check.calls) for check in run.results)
    if seconds:
        page.evaluate("document.querySelectorAll('[id^=call-]').forEach((each) => { each.open = true; })")
        page.locator("[id^=call-] .play:enabled").last.click()
        calls = "[...document.querySelectorAll('[id^=call-]')]"
        until(page, f"{calls}.some((each) => each.call.player?.position() > 0.2)")


def test_both_sides_are_drawn(show):
    page = show(bad_run())
    for side in ("caller", "agent"):
        box = page.locator(f"{CALL} .wave.{side} path.sound").bounding_box()
        assert box["width"] > 300
        assert box["height"] > 20
        assert painted(page, f"{CALL} .wave.{side} svg")


def painted(page, selector):
    """Whether there is more than one colour in what is seen of an element."""
    return len(set(page.locator(selector).screenshot())) > 100


def test_cut_audio_is_a_ghost_where_it_would_have_played(show):
    page = show(bad_run())
    lane = page.locator(f"{CALL} .wave.agent").bounding_box()
    ghost = page.locator(f"{CALL} .wave.agent .ghost-box").bounding_box()
    shape = page.locator(f"{CALL} .wave.agent path.ghost").bounding_box()
    left = lane["x"] + lane["width"] * CUT_AT / 20
    for each in (ghost, shape):
        assert abs(each["x"] - left) < 4
        assert abs(each["width"] - lane["width"] * CUT_S / 20) < 8
        assert each["height"] > 10
    assert page.locator(f"{CALL} .ghost-box").inner_text() == f"{CUT_S:.1f} s never heard"


def playing_at(page):
    return page.evaluate(f"document.querySelector('{CALL}').call.player.position()")


def listen(page):
    """From now on, what comes out of the player's end is measured."""
    page.evaluate(
        f"""() => {{
            const {{ player }} = document.querySelector('{CALL}').call;
            window.ear = player.output.context.createAnalyser();
            player.output.connect(window.ear);
        }}"""
    )


LOUDNESS = """() => {
    const samples = new Float32Array(window.ear.fftSize);
    window.ear.getFloatTimeDomainData(samples);
    return Math.max(...samples.map(Math.abs));
}"""


def test_play_is_heard_and_the_play_head_moves(show):
    page = show(bad_run())
    page.locator(f"{CALL} .play").click()
    listen(page)
    until(page, f"document.querySelector('{CALL}').call.player.position() > 0.8")
    until(page, f"({LOUDNESS})() > 0.02")
    head = page.locator(f"{CALL} .head").bounding_box()
    lane = page.locator(f"{CALL} .strip").bounding_box()
    assert head["x"] > lane["x"] + lane["width"] * 0.03
    page.locator(f"{CALL} .play").click()
    stopped = playing_at(page)
    page.wait_for_timeout(150)
    assert playing_at(page) == stopped
    assert page.locator(f"{CALL} .play").inner_text() == "Play"


def test_a_muted_side_is_not_heard_and_cut_audio_can_be(show):
    """Where only the cut answer would have played, nothing is heard until it is asked for."""
    page = show(bad_run())
    page.locator(f"{CALL} .play").click()
    listen(page)
    page.get_by_role("button", name="Caller", exact=True).and_(page.locator(f"{CALL} .side")).click()
    seek(page, CUT_AT + 0.5)
    page.wait_for_timeout(400)
    assert page.evaluate(LOUDNESS) == 0
    page.locator(f"{CALL} [data-side=cut]").click()
    until(page, f"({LOUDNESS})() > 0.02")


def seek(page, seconds):
    """By a click on the agent's lane."""
    lane = page.locator(f"{CALL} .wave.agent")
    box = lane.bounding_box()
    lane.click(position={"x": box["width"] * seconds / 20, "y": 60})


def test_a_click_on_a_lane_seeks(show):
    page = show(bad_run())
    seek(page, 10)
    assert abs(playing_at(page) - 10) < 0.1
    assert page.locator(f"{CALL} .position").inner_text().startswith("0:10.")


def test_a_click_on_a_sign_seeks_to_it_and_hover_says_what_it_is(show):
    page = show(bad_run())
    sign = page.locator(f"{CALL} .sign.clear")
    sign.hover()
    assert page.locator("#tip").inner_text() == "12.00 s, clear: 4.00 s will not be heard"
    sign.click()
    assert playing_at(page) == CUT_AT


def test_a_call_plays_to_its_end_and_again_from_the_start(show):
    page = show(bad_run())
    seek(page, 19.8)
    page.locator(f"{CALL} .play").click()
    until(page, f"!document.querySelector('{CALL}').call.player.playing")
    assert playing_at(page) == 20
    page.locator(f"{CALL} .play").click()
    assert playing_at(page) < 1


def test_one_call_plays_at_a_time(show):
    page = show(bad_run())
    page.evaluate("document.querySelector('#call-c4-tone').open = true")
    page.locator("#call-c4-tone .play").click()
    page.locator(f"{CALL} .play").click()
    assert page.locator(".play.on").count() == 1
    assert playing_at(page) >= 0


def test_everything_goes_by_keyboard(show):
    """Play with space, seek with arrows and Home and End, walk along the signs, each with its text."""
    page = show(bad_run())
    page.locator(f"{CALL} .axis").focus()
    page.keyboard.press("End")
    assert playing_at(page) == 20
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert playing_at(page) == 1
    page.keyboard.press("Tab")
    assert page.locator("#tip").inner_text() == "5.00 s, caller says: What is my balance? (1.92 s)"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.locator("#tip").inner_text() == "0.00 s, line: start"
    page.keyboard.press("ArrowRight")
    assert page.locator("#tip").inner_text() == "19.80 s, line: stop"
    page.locator(f"{CALL} .play").focus()
    page.keyboard.press("Space")
    assert page.locator(f"{CALL} .play").inner_text() == "Pause"


def test_zoom_makes_the_strip_wider_and_the_whole_call_fits_again(show):
    page = show(bad_run())
    width = page.locator(f"{CALL} .strip").bounding_box()["width"]
    page.locator(f"{CALL}").get_by_label("Zoom in").click()
    assert page.locator(f"{CALL} .strip").bounding_box()["width"] == pytest.approx(2 * width, abs=2)
    page.locator(f"{CALL}").get_by_text("Whole call").click()
    assert page.locator(f"{CALL} .strip").bounding_box()["width"] == pytest.approx(width, abs=2)


def test_what_a_peer_sent_does_nothing(show):
    """It is on the page as text: no title changed, no image, no dialog, no script."""
    page = show(bad_run())
    page.wait_for_timeout(100)
    assert page.title().startswith("FAILED")
    assert page.locator("img").count() == 0
    assert "document.title='owned'" in page.locator(".advice").first.inner_text()


def test_a_link_to_a_call_opens_it(show):
    page = show(bad_run())
    page.evaluate(f"document.querySelector('{CALL}').open = false")
    page.locator(".advice a").first.click()
    until(page, f"document.querySelector('{CALL}').open")


def test_no_text_is_too_faint(show):
    """WCAG 2.2, 1.4.3: 4.5 to 1 against what is behind it, in both schemes."""
    for scheme in ("light", "dark"):
        page = show(bad_run(), scheme=scheme)
        assert page.evaluate(FAINT) == []


FAINT = """() => {
    const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (colour) => {
        paint.clearRect(0, 0, 1, 1);
        paint.fillStyle = colour;
        paint.fillRect(0, 0, 1, 1);
        return paint.getImageData(0, 0, 1, 1).data;
    };
    const light = (colour) => {
        const [r, g, b] = [...rgb(colour)].slice(0, 3).map((each) => each / 255)
            .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const colour = getComputedStyle(each).backgroundColor;
            if (rgb(colour)[3] === 255) return colour;
        }
        return "white";
    };
    const faint = new Set();
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility() || element.closest("script, [disabled]")) continue;
        if (getComputedStyle(element).fontSize === "0px") continue;
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) faint.add(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
    }
    return [...faint];
}"""
