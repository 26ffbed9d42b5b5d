// @openai/agents: a server with `ws`, and the transport layer for Twilio.
import { createServer } from 'node:http';
import process from 'node:process';
import { WebSocketServer } from 'ws';
import { RealtimeAgent, RealtimeSession } from '@openai/agents/realtime';
import { TwilioRealtimeTransportLayer } from '@openai/agents-extensions';

const { OPENAI_API_KEY, PORT } = process.env;

const agent = new RealtimeAgent({
  name: 'Bank',
  instructions: 'You answer the telephone of a bank.',
});

async function answer(twilioWebSocket) {
  const transport = new TwilioRealtimeTransportLayer({ twilioWebSocket });
  const session = new RealtimeSession(agent, {
    transport,
    model: 'gpt-realtime-2.1',
    config: { audio: { output: { voice: 'marin' } } },
  });
  session.on('error', (error) => console.error(error));
  await session.connect({ apiKey: OPENAI_API_KEY });
}

const server = createServer((_request, response) => response.writeHead(404).end());
new WebSocketServer({ server, path: '/media-stream' }).on('connection', (socket) => {
  answer(socket).catch((error) => {
    console.error(error);
    socket.terminate();
  });
});
server.listen(Number(PORT), '127.0.0.1');
