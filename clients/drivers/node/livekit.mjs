// LiveKit Agents for Node: an agent's session without a room, with a microphone and a loudspeaker of its own.

import { initializeLogger, llm, voice } from "@livekit/agents";
import * as openai from "@livekit/agents-plugin-openai";
import { AudioFrame } from "@livekit/rtc-node";
import { functions, lines, perform, speech, told, until, url } from "./told.mjs";

const RATE = 24000;
const ADDRESS = url.replace("ws", "http");

const heard = () => told.heard.join(" ");

function frame(piece) {
  const bytes = piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.byteLength);
  const samples = new Int16Array(bytes);
  return new AudioFrame(samples, RATE, 1, samples.length);
}

// In real time: the client cancels what runs when it hears of speech, and that is not the next answer.
class Microphone extends voice.AudioInput {
  constructor() {
    super();
    const stream = new ReadableStream({ start: (controller) => (this.controller = controller) });
    this.multiStream.addInputStream(stream);
  }

  async say(name) {
    for (const piece of speech(name)) {
      this.controller.enqueue(frame(piece));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

// Plays `pace` times as fast as the sound is, so that a scenario need not wait for all of it.
class Loudspeaker extends voice.AudioOutput {
  constructor(pace) {
    super(RATE);
    this.pace = pace;
    this.queued = 0;
  }

  async captureFrame(frame) {
    await super.captureFrame(frame);
    if (!this.queued) {
      this.began = Date.now();
      this.onPlaybackStarted(this.began);
    }
    this.queued += frame.samplesPerChannel / RATE;
    told.audio_bytes += frame.data.byteLength;
  }

  flush() {
    super.flush();
    if (!this.queued || this.end) return;
    const left = (this.queued / this.pace) * 1000 - (Date.now() - this.began);
    this.end = setTimeout(() => this.finish(false), Math.max(left, 0));
  }

  clearBuffer() {
    if (this.queued) this.finish(true);
  }

  finish(interrupted) {
    clearTimeout(this.end);
    const played = Math.min(this.queued, ((Date.now() - this.began) / 1000) * this.pace);
    this.queued = 0;
    this.end = undefined;
    this.onPlaybackFinished({ playbackPosition: played, interrupted });
  }
}

function ownTool(name, ...names) {
  return llm.tool({
    name,
    description: name,
    parameters: {
      type: "object",
      properties: Object.fromEntries(names.map((one) => [one, { type: "string" }])),
      required: names,
      additionalProperties: false,
    },
    execute: async (args) => functions[name](args),
  });
}

const agent = (...tools) => new voice.Agent({ instructions: "Be brief.", tools });

// A desk that tells when it takes over.
class Desk extends voice.Agent {
  constructor(name, ...tools) {
    super({ instructions: `You are at the ${name} desk.`, tools });
    this.name = name;
  }

  async onEnter() {
    told.agents.push(this.name);
  }
}

// A session that is started, and its microphone.
async function start(answering, { pace = 8, ...options } = {}) {
  const model = new openai.realtime.RealtimeModel({
    model: "gpt-realtime-2.1",
    baseURL: ADDRESS,
    inputAudioTranscription: { model: "gpt-4o-mini-transcribe" },
    turnDetection: { type: "server_vad", create_response: true, interrupt_response: true },
    ...options,
  });
  const session = new voice.AgentSession({
    llm: model,
    vad: null,
    turnHandling: { turnDetection: "realtime_llm" },
    aecWarmupDuration: null,
  });
  const microphone = new Microphone();
  session.input.audio = microphone;
  session.output.audio = new Loudspeaker(pace);
  session.on("conversation_item_added", ({ item }) => {
    if (item.type !== "message" || item.role !== "assistant") return;
    told.heard.push(item.textContent ?? "");
    if (item.interrupted) told.cuts.push("interrupted");
  });
  session.on("user_input_transcribed", (event) => {
    if (event.isFinal) told.understood.push(event.transcript);
  });
  session.on("error", ({ error }) => told.errors.push(`${error?.error?.message ?? error}`));
  session.on("close", (event) => told.endings.push(`${event.reason} ${event.error ?? ""}`));
  await session.start({ agent: answering, record: false });
  return { session, microphone };
}

const write = (session, userInput) => session.generateReply({ userInput }).waitForPlayout();

// As LiveKit's own job process does: an interrupted speech leaves a rejected promise behind.
process.on("unhandledRejection", (reason) => console.error("unhandled rejection", reason));
initializeLogger({ pretty: false, level: "warn" });

await perform({
  async text() {
    const { session } = await start(agent(), { modalities: ["text"] });
    for (const line of [lines.about_bank, lines.how_long]) await write(session, line);
    await until(() => heard().includes("five days"));
  },

  async voice() {
    const { microphone } = await start(agent());
    await microphone.say("tell_me_about_your_bank");
    await until(() => heard().includes("eighteen ninety-two"));
    await microphone.say("hold_on_a_sec");
    await until(() => heard().includes("take your time") && told.understood.length > 1);
  },

  async tool() {
    const { session } = await start(agent(ownTool("last_payment", "card_digits")), { modalities: ["text"] });
    await write(session, lines.last_payment);
    await until(() => heard().includes("florist"));
  },

  async forced() {
    // A named function goes out as a bare string, which the service refuses.
    const { session } = await start(agent(ownTool("note_caller", "name")), { modalities: ["text"] });
    session.generateReply({ userInput: lines.hello, toolChoice: "required" });
    await until(() => told.tools.length > 0);
  },

  async interruption() {
    const { microphone } = await start(agent(), { pace: 1 });
    await microphone.say("tell_me_about_your_bank");
    await until(() => told.audio_bytes > 0);
    await microphone.say("hold_on_a_sec");
    await until(() => heard().includes("take your time"));
  },

  async handoff() {
    const transfer = llm.tool({
      name: "transfer_to_cards",
      description: "Puts the caller through to the cards desk.",
      execute: async () =>
        llm.handoff({
          agent: new Desk("cards", ownTool("replace_card", "card", "reason")),
          returns: "You are at the cards desk.",
        }),
    });
    const { session } = await start(new Desk("reception", transfer), { modalities: ["text"] });
    await write(session, lines.cards_desk);
    await until(() => told.agents.length > 1);
    await write(session, lines.gold_card);
    await until(() => heard().includes("is blocked"));
  },

  async transcription() {
    const stt = new openai.STT({
      model: "gpt-4o-mini-transcribe",
      baseURL: ADDRESS,
      useRealtime: true,
      vad: null,
      apiKey: process.env.OPENAI_API_KEY,
    });
    const stream = stt.stream();
    for (const piece of speech("tell_me_about_your_bank")) stream.pushFrame(frame(piece));
    for await (const event of stream) {
      if (!event.alternatives?.[0]?.text) continue;
      told.understood.push(event.alternatives[0].text);
      if (told.understood.join(" ").includes("bank")) return;
    }
  },

  async refused() {
    const { session } = await start(agent(), { modalities: ["text"], speed: 9 });
    await until(() => told.errors.length > 0);
    await write(session, lines.about_bank);
    await until(() => told.heard.length > 0);
  },

  async key() {
    await start(agent());
    await until(() => told.errors.length > 0);
  },
});
