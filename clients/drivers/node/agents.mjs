// @openai/agents: its realtime session, over a WebSocket.

import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from "@openai/agents/realtime";
import { functions, lines, perform, speech, told, until, url } from "./told.mjs";

const TRANSCRIBED = {
  input: { transcription: { model: "gpt-4o-mini-transcribe" }, turnDetection: { type: "server_vad" } },
};

const heard = () => told.heard.join(" ");

function ownTool(name, ...names) {
  return tool({
    name,
    description: name,
    strict: false,
    parameters: {
      type: "object",
      properties: Object.fromEntries(names.map((one) => [one, { type: "string" }])),
      required: names,
      additionalProperties: true,
    },
    execute: async (args) => functions[name](args),
  });
}

const receptionist = (more) => new RealtimeAgent({ name: "reception", instructions: "Be brief.", ...more });

// A session that is connected, and a count of what the server has said.
async function connect(agent, config, { refusedKey = false } = {}) {
  const transport = new OpenAIRealtimeWebSocket({ url: `${url}/realtime?model=gpt-realtime-2.1` });
  const session = new RealtimeSession(agent, { transport, model: "gpt-realtime-2.1", config, tracingDisabled: true });
  const turns = { ended: 0 };
  session.on("audio", (event) => (told.audio_bytes += event.data.byteLength));
  session.on("audio_interrupted", () => told.cuts.push("audio_interrupted"));
  session.on("agent_handoff", (_, from, to) => told.agents.push(from.name, to.name));
  session.on("agent_end", (_, agent, output) => {
    if (output) told.heard.push(output);
    turns.ended += 1;
  });
  session.on("error", ({ error }) => told.errors.push(JSON.stringify(error)));
  session.on("transport_event", (event) => {
    if (event.type === "conversation.item.input_audio_transcription.completed")
      told.understood.push(event.transcript);
    if (event.type === "response.done" && event.response.conversation_id === null)
      told.heard.push(...event.response.output.flatMap((item) => item.content.map((part) => part.text)));
  });
  transport.on("connection_change", (status) => told.endings.push(status));
  const connecting = session.connect({ apiKey: process.env.OPENAI_API_KEY });
  await (refusedKey ? connecting.catch((error) => told.endings.push(String(error))) : connecting);
  return { session, transport, turns };
}

function say(session, name) {
  for (const piece of speech(name))
    session.sendAudio(piece.buffer.slice(piece.byteOffset, piece.byteOffset + piece.byteLength));
}

await perform({
  async text() {
    const { session, turns } = await connect(receptionist(), { outputModalities: ["text"] });
    for (const [index, line] of [lines.about_bank, lines.how_long].entries()) {
      session.sendMessage(line);
      await until(() => turns.ended > index);
    }
  },

  async voice() {
    const { session, turns } = await connect(receptionist(), { audio: TRANSCRIBED });
    for (const [index, line] of ["tell_me_about_your_bank", "hold_on_a_sec"].entries()) {
      say(session, line);
      await until(() => turns.ended > index && told.understood.length > index);
    }
  },

  async tool() {
    const agent = receptionist({ tools: [ownTool("last_payment", "card_digits")] });
    const { session } = await connect(agent, { outputModalities: ["text"] });
    session.sendMessage(lines.last_payment);
    await until(() => heard().includes("florist"));
  },

  async forced() {
    const agent = receptionist({ tools: [ownTool("last_payment", "card_digits"), ownTool("note_caller", "name")] });
    const toolChoice = { type: "function", name: "note_caller" };
    const { session } = await connect(agent, { outputModalities: ["text"], toolChoice });
    session.sendMessage(lines.hello);
    await until(() => told.tools.length > 0);
    session.close();
  },

  async interruption() {
    const { session } = await connect(receptionist(), { audio: TRANSCRIBED });
    say(session, "tell_me_about_your_bank");
    await until(() => told.audio_bytes > 0);
    say(session, "hold_on_a_sec");
    await until(() => heard().includes("take your time"));
  },

  async handoff() {
    const cards = new RealtimeAgent({
      name: "cards",
      instructions: "Replace cards.",
      tools: [ownTool("replace_card", "card", "reason")],
    });
    const { session } = await connect(receptionist({ handoffs: [cards] }), { outputModalities: ["text"] });
    session.sendMessage(lines.cards_desk);
    await until(() => told.agents.length > 0 && heard().includes("cards desk"));
    session.sendMessage(lines.gold_card);
    await until(() => heard().includes("is blocked"));
  },

  async aside() {
    const { transport } = await connect(receptionist());
    const input = [{ type: "message", role: "user", content: [{ type: "input_text", text: lines.about_bank }] }];
    const response = { conversation: "none", output_modalities: ["text"], input };
    transport.sendEvent({ type: "response.create", response });
    await until(() => told.heard.length > 0);
  },

  async refused() {
    const { session } = await connect(receptionist(), {
      outputModalities: ["text"],
      providerData: { max_output_tokens: 0 },
    });
    await until(() => told.errors.length > 0);
    session.sendMessage(lines.about_bank);
    await until(() => told.heard.length > 0);
  },

  async key() {
    await connect(receptionist(), {}, { refusedKey: true });
    await until(() => told.errors.length > 0);
  },
});
