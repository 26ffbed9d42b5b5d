// The lanes of one call: their time axis, zoom, play head and signs.

const LEAST_TICK_PX = 64;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300];
const NEAR_PX = 9;
const MOST_ZOOM = 64;

function clock(seconds, digits = 1) {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? digits + 3 : 2, "0")}`;
}

class Timeline {
  constructor(call, tip) {
    this.seconds = Number(call.dataset.seconds);
    this.scroll = call.querySelector(".scroll");
    this.strip = call.querySelector(".strip");
    this.axis = call.querySelector(".axis");
    this.tip = tip;
    this.zoom = 1;
    this.onSeek = () => {};
    this.strip.addEventListener("click", (event) => this.clicked(event));
    this.strip.addEventListener("pointermove", (event) => this.pointed(event));
    this.strip.addEventListener("pointerleave", () => tip.hide());
    this.axis.addEventListener("keydown", (event) => this.keyed(event));
    this.scroll.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    for (const row of this.strip.querySelectorAll(".row")) this.openRow(row);
  }

  // One tab stop for each row; the arrow keys go from sign to sign.
  openRow(row) {
    const signs = [...row.querySelectorAll(".sign")];
    signs[0].tabIndex = 0;
    row.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = step && signs[signs.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      document.activeElement.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
    row.addEventListener("focusin", (event) => this.tip.show(event.target));
    row.addEventListener("focusout", () => this.tip.hide());
  }

  secondsAt(clientX) {
    const box = this.strip.getBoundingClientRect();
    return Math.min(this.seconds, Math.max(0, ((clientX - box.left) / box.width) * this.seconds));
  }

  // Signs may be a pixel wide: the nearest one is meant.
  signNear(row, clientX) {
    let nearest = null;
    let least = NEAR_PX;
    for (const sign of row.querySelectorAll(".sign")) {
      const box = sign.getBoundingClientRect();
      const away = Math.max(box.left - clientX, clientX - box.right, 0);
      if (away < least) [nearest, least] = [sign, away];
    }
    return nearest;
  }

  clicked(event) {
    const row = event.target.closest(".row");
    const sign = event.target.closest(".sign") ?? (row && this.signNear(row, event.clientX));
    this.onSeek(sign ? Number(sign.dataset.at) : this.secondsAt(event.clientX));
  }

  pointed(event) {
    const row = event.target.closest(".row");
    const sign = row && this.signNear(row, event.clientX);
    if (sign) this.tip.show(sign);
    else this.tip.say(`${this.secondsAt(event.clientX).toFixed(2)} s`, event.clientX, this.axis);
  }

  keyed(event) {
    const now = Number(this.axis.getAttribute("aria-valuenow"));
    const to = {
      ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1,
      PageDown: now - 10, PageUp: now + 10, Home: 0, End: this.seconds,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.onSeek(Math.min(this.seconds, Math.max(0, to)));
  }

  wheeled(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomTo(this.zoom * (event.deltaY < 0 ? 1.25 : 0.8), this.secondsAt(event.clientX), event.clientX);
  }

  // 1 is the whole call in view, 0 asks for it; what is at `seconds` stays where it is on the screen.
  zoomTo(zoom, seconds, clientX) {
    const view = this.scroll.getBoundingClientRect();
    const at = seconds ?? Number(this.axis.getAttribute("aria-valuenow"));
    const place = clientX === undefined ? view.width / 2 : clientX - view.left;
    this.zoom = Math.min(MOST_ZOOM, Math.max(1, zoom));
    this.strip.style.width = zoom === 0 || this.zoom > 1 ? `${100 * this.zoom}%` : "";
    this.strip.style.minWidth = zoom === 0 || this.zoom > 1 ? "0" : "";
    const width = this.strip.getBoundingClientRect().width;
    this.scroll.scrollLeft = (at / this.seconds) * width - place;
    this.tick();
  }

  tick() {
    const perSecond = this.strip.getBoundingClientRect().width / this.seconds;
    if (!perSecond) return;
    const step = STEPS.find((each) => each * perSecond >= LEAST_TICK_PX) ?? STEPS.at(-1);
    for (const tick of this.axis.querySelectorAll(".tick")) tick.remove();
    for (let number = 0; number * step <= this.seconds; number += 1) {
      const tick = document.createElement("span");
      tick.className = "tick";
      tick.style.left = `${(100 * number * step) / this.seconds}%`;
      tick.textContent = clock(number * step, step < 1 ? 1 : 0);
      this.axis.append(tick);
    }
  }

  show(position, follow) {
    this.strip.style.setProperty("--at", position / this.seconds);
    this.axis.setAttribute("aria-valuenow", position.toFixed(2));
    this.axis.setAttribute("aria-valuetext", `${position.toFixed(1)} s`);
    if (!follow) return;
    const x = (position / this.seconds) * this.strip.offsetWidth;
    const { scrollLeft, clientWidth } = this.scroll;
    if (x < scrollLeft || x > scrollLeft + clientWidth * 0.92) this.scroll.scrollLeft = x - clientWidth * 0.1;
  }
}
