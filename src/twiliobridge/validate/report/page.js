// What the buttons do.

class Tip {
  constructor(element) {
    this.element = element;
  }

  show(sign) {
    const box = sign.getBoundingClientRect();
    this.say(sign.getAttribute("aria-label"), box.left + Math.min(box.width, 40) / 2, sign);
  }

  say(text, x, above) {
    this.element.textContent = text;
    this.element.hidden = false;
    const own = this.element.getBoundingClientRect();
    const left = Math.min(innerWidth - own.width - 8, Math.max(8, x - own.width / 2));
    this.element.style.left = `${left}px`;
    this.element.style.top = `${Math.max(4, above.getBoundingClientRect().top - own.height - 6)}px`;
  }

  hide() {
    this.element.hidden = true;
  }
}

class Call {
  constructor(element, tip) {
    this.element = element;
    this.timeline = new Timeline(element, tip);
    this.button = element.querySelector(".play");
    this.output = element.querySelector(".position");
    const stored = element.querySelector(".tracks");
    this.player = stored ? new Player(JSON.parse(stored.textContent), this.timeline.seconds) : null;
    this.at = 0;
    this.timeline.onSeek = (at) => this.seek(at);
    this.button.addEventListener("click", () => this.toggle());
    for (const side of element.querySelectorAll(".side")) {
      side.addEventListener("click", () => this.mute(side));
    }
    for (const zoom of element.querySelectorAll("[data-zoom]")) {
      zoom.addEventListener("click", () => this.timeline.zoomTo(this.timeline.zoom * Number(zoom.dataset.zoom)));
    }
    element.querySelector(".transport").hidden = false;
    element.addEventListener("toggle", () => this.timeline.tick());
    this.timeline.tick();
    this.show(0);
  }

  toggle() {
    if (this.player.playing) {
      this.pause();
      return;
    }
    Call.playing?.pause();
    Call.playing = this;
    this.player.play();
    this.label(true);
    this.follow();
  }

  pause() {
    this.player.pause();
    Call.playing = null;
    this.label(false);
    this.show(this.player.position());
  }

  label(playing) {
    this.button.textContent = playing ? "Pause" : "Play";
    this.button.classList.toggle("on", playing);
  }

  follow() {
    if (!this.player.playing) return;
    const position = this.player.position();
    this.show(position, true);
    if (position >= this.player.seconds) this.pause();
    else requestAnimationFrame(() => this.follow());
  }

  seek(at) {
    this.player?.seek(at);
    this.show(at);
  }

  mute(button) {
    const heard = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", heard);
    this.player?.mute(button.dataset.side, !heard);
  }

  show(position, follow = false) {
    this.timeline.show(position, follow);
    this.output.textContent = `${clock(position)} / ${clock(this.timeline.seconds)}`;
  }
}

function openTheme(button) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
    document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  });
}

function openUnfold(button) {
  const checks = [...document.querySelectorAll("details.check")];
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = checks.every((each) => each.open);
    for (const each of checks) each.open = !all;
    button.textContent = all ? "Open all" : "Close all";
  });
}

// A link to a call or a check opens it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

const tip = new Tip(document.getElementById("tip"));
for (const element of document.querySelectorAll("details.call")) element.call = new Call(element, tip);
openTheme(document.getElementById("theme"));
openUnfold(document.getElementById("unfold"));
addEventListener("hashchange", openTarget);
addEventListener("resize", () => {
  for (const element of document.querySelectorAll("details.call[open]")) element.call.timeline.tick();
});
openTarget();
