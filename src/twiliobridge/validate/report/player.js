"use strict";

// Both sides of one call, sample by sample in step: every piece of sound is scheduled on the clock of one
// AudioContext. Web Audio (W3C) instead of two <audio> elements, which drift apart.

const RATE = 8000;

// ITU-T G.711, mu-law: sign, exponent, mantissa, all bits inverted.
const ULAW = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return (bits & 0x80 ? -magnitude : magnitude) / 32768;
});

const PLACES = { caller: -0.5, agent: 0.5, cut: 0.5 };
const AHEAD_S = 0.05; // for the scheduling itself

let speakers = null;

function openSpeakers() {
  speakers ??= new AudioContext();
  return speakers;
}

function decode(base64) {
  const bytes = atob(base64);
  const samples = new Float32Array(bytes.length);
  for (let index = 0; index < bytes.length; index += 1) samples[index] = ULAW[bytes.charCodeAt(index)];
  return samples;
}

class Player {
  // `tracks`: for each side, pieces [begin in samples, mu-law in base64].
  constructor(tracks, seconds) {
    this.tracks = tracks;
    this.seconds = seconds;
    this.muted = { caller: false, agent: false, cut: true };
    this.at = 0;
    this.playing = false;
    this.sources = [];
  }

  position() {
    if (!this.playing) return this.at;
    const passed = Math.max(0, speakers.currentTime - this.startedAt);
    return Math.min(this.seconds, this.at + passed);
  }

  play() {
    if (this.at >= this.seconds) this.at = 0;
    const context = openSpeakers();
    context.resume();
    this.open(context);
    this.startedAt = context.currentTime + AHEAD_S;
    this.playing = true;
    for (const [side, clips] of Object.entries(this.clips)) {
      for (const clip of clips) this.schedule(context, side, clip);
    }
  }

  pause() {
    this.at = this.position();
    this.playing = false;
    for (const source of this.sources) source.stop();
    this.sources = [];
  }

  seek(at) {
    const wasPlaying = this.playing;
    if (wasPlaying) this.pause();
    this.at = Math.min(this.seconds, Math.max(0, at));
    if (wasPlaying) this.play();
  }

  mute(side, muted) {
    this.muted[side] = muted;
    if (this.gains) this.gains[side].gain.value = muted ? 0 : 1;
  }

  // Once, and not before somebody listens: a page of many calls opens at once.
  open(context) {
    if (this.gains) return;
    this.output = context.createGain();
    this.output.connect(context.destination);
    this.gains = {};
    this.clips = {};
    for (const [side, clips] of Object.entries(this.tracks)) {
      this.gains[side] = this.openSide(context, side);
      this.clips[side] = clips.map(([begin, audio]) => this.openClip(context, begin, audio));
    }
  }

  openSide(context, side) {
    const gain = context.createGain();
    gain.gain.value = this.muted[side] ? 0 : 1;
    const place = context.createStereoPanner();
    place.pan.value = PLACES[side];
    gain.connect(place).connect(this.output);
    return gain;
  }

  openClip(context, begin, audio) {
    const samples = decode(audio);
    const buffer = context.createBuffer(1, samples.length, RATE);
    buffer.copyToChannel(samples, 0);
    return { begin: begin / RATE, buffer };
  }

  schedule(context, side, { begin, buffer }) {
    const wait = begin - this.at;
    if (wait + buffer.duration <= 0) return;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.gains[side]);
    source.start(this.startedAt + Math.max(0, wait), Math.max(0, -wait));
    this.sources.push(source);
  }
}
