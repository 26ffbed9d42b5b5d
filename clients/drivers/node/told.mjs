// What every driver in JavaScript begins and ends with: its scenario, and one line of evidence.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const [, , scenario, url, speechFolder] = process.argv;
const PIECE = 4800; // bytes: 100 ms of 24 kHz PCM

export { url };
// What the caller types, by name; `payment` is what the client's own function `last_payment` returns.
export const lines = JSON.parse(readFileSync(new URL("../lines.json", import.meta.url)));

export const told = {
  heard: [],
  audio_bytes: 0,
  understood: [],
  tools: [],
  cuts: [],
  speech: [],
  order: [],
  took: {},
  agents: [],
  outcomes: [],
  errors: [],
  endings: [],
};

// The client's own functions.
export const functions = {
  last_payment(args) {
    told.tools.push({ name: "last_payment", arguments: args });
    return lines.payment;
  },
  note_caller(args) {
    told.tools.push({ name: "note_caller", arguments: args });
    return "Noted.";
  },
  replace_card(args) {
    told.tools.push({ name: "replace_card", arguments: args });
    return "done";
  },
};

// One of the caller's lines, in pieces of 100 ms.
export function speech(name) {
  const sound = readFileSync(join(speechFolder, `${name}.pcm`));
  const pieces = [];
  for (let start = 0; start < sound.length; start += PIECE) pieces.push(sound.subarray(start, start + PIECE));
  return pieces;
}

// Waits until `seen()` holds; the runner ends a driver that waits for ever.
export async function until(seen) {
  while (!seen()) await new Promise((resolve) => setTimeout(resolve, 20));
}

export async function perform(scenarios) {
  await scenarios[scenario]();
  process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
}
