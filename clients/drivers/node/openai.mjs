// OpenAI's SDK for Node.

import { OpenAIRealtimeWS } from "openai/realtime/ws";
import OpenAI from "openai";
import { functions, lines, perform, speech, told, until, url } from "./told.mjs";

const TRANSCRIBED = { input: { transcription: { model: "gpt-4o-mini-transcribe" } } };
const TOOLS = Object.entries({ last_payment: "card_digits", note_caller: "name" }).map(([name, argument]) => ({
  type: "function",
  name,
  description: name,
  parameters: { type: "object", properties: { [argument]: { type: "string" } }, required: [argument] },
}));

// A connection, and all that it has told so far.
async function connect(target = { model: "gpt-realtime-2.1" }) {
  const realtime = new OpenAIRealtimeWS(target, new OpenAI({ baseURL: url }));
  const events = [];
  realtime.on("event", (event) => {
    events.push(event);
    note(event);
  });
  realtime.on("error", (error) => told.errors.push(error.message));
  realtime.socket.on("close", (code, reason) => told.endings.push(`${code} ${reason}`));
  await new Promise((resolve) => realtime.socket.on("open", resolve));
  const count = (type) => events.filter((event) => event.type === type).length;
  const next = async (type) => {
    const before = realtime.taken?.[type] ?? 0;
    await until(() => count(type) > before);
    realtime.taken = { ...realtime.taken, [type]: before + 1 };
    return events.filter((event) => event.type === type)[before];
  };
  return { realtime, next };
}

function note(event) {
  switch (event.type) {
    case "response.output_text.done":
      told.heard.push(event.text);
      break;
    case "response.output_audio_transcript.done":
      told.heard.push(event.transcript);
      break;
    case "response.output_audio.delta":
      told.audio_bytes += Buffer.from(event.delta, "base64").length;
      break;
    case "conversation.item.input_audio_transcription.completed":
      told.understood.push(event.transcript);
      break;
    case "input_audio_buffer.speech_started":
      told.cuts.push(event.type);
      break;
  }
}

const configure = (realtime, session) =>
  realtime.send({ type: "session.update", session: { type: "realtime", ...session } });

const typed = (text) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });

function write(realtime, text) {
  realtime.send({ type: "conversation.item.create", item: typed(text) });
  realtime.send({ type: "response.create" });
}

function say(realtime, name) {
  for (const piece of speech(name))
    realtime.send({ type: "input_audio_buffer.append", audio: piece.toString("base64") });
}

function answerCall(realtime, done) {
  const call = done.response.output.find((item) => item.type === "function_call");
  const output = functions[call.name](JSON.parse(call.arguments));
  realtime.send({
    type: "conversation.item.create",
    item: { type: "function_call_output", call_id: call.call_id, output },
  });
}

await perform({
  async text() {
    const { realtime, next } = await connect();
    configure(realtime, { output_modalities: ["text"] });
    for (const line of [lines.about_bank, lines.how_long]) {
      write(realtime, line);
      await next("response.done");
    }
  },

  async voice() {
    const { realtime, next } = await connect();
    configure(realtime, { audio: TRANSCRIBED });
    for (const line of ["tell_me_about_your_bank", "hold_on_a_sec"]) {
      say(realtime, line);
      await next("response.done");
    }
  },

  async tool() {
    const { realtime, next } = await connect();
    configure(realtime, { output_modalities: ["text"], tools: TOOLS.slice(0, 1) });
    write(realtime, lines.last_payment);
    answerCall(realtime, await next("response.done"));
    realtime.send({ type: "response.create" });
    await next("response.done");
  },

  async forced() {
    const { realtime, next } = await connect();
    configure(realtime, { tools: TOOLS });
    realtime.send({
      type: "response.create",
      response: { tool_choice: { type: "function", name: "note_caller" } },
    });
    answerCall(realtime, await next("response.done"));
  },

  async interruption() {
    const { realtime, next } = await connect();
    configure(realtime, { audio: TRANSCRIBED });
    say(realtime, "tell_me_about_your_bank");
    const { item_id } = await next("response.output_audio.delta");
    told.cuts.length = 0;
    say(realtime, "hold_on_a_sec");
    await until(() => told.cuts.length > 0);
    realtime.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 100 });
    await next("conversation.item.truncated");
    await until(() => told.heard.join(" ").includes("take your time"));
  },

  async transcription() {
    const { realtime, next } = await connect({ intent: "transcription" });
    realtime.send({ type: "session.update", session: { type: "transcription", audio: TRANSCRIBED } });
    say(realtime, "tell_me_about_your_bank");
    await next("conversation.item.input_audio_transcription.completed");
  },

  async aside() {
    const { realtime, next } = await connect();
    const response = { conversation: "none", output_modalities: ["text"], input: [typed(lines.about_bank)] };
    realtime.send({ type: "response.create", response });
    await next("response.done");
  },

  async refused() {
    const { realtime, next } = await connect();
    configure(realtime, { tool_choice: "sometimes" });
    await until(() => told.errors.length > 0);
    write(realtime, lines.about_bank);
    await next("response.done");
  },

  async key() {
    await connect();
    await until(() => told.endings.length > 0);
  },
});
