// For a bridge that knows no other address than OpenAI's: its sessions are those of the suite's model.
// Node runs this file first by --require. The handshake keeps OpenAI's path, query and headers.
const net = require('node:net');
const process = require('node:process');
const tls = require('node:tls');

const model = new URL(process.env.MODEL_ORIGIN);
const connect = tls.connect;

tls.connect = (options, ...rest) =>
  options?.host === 'api.openai.com'
    ? net.connect({ host: model.hostname, port: Number(model.port) })
    : connect(options, ...rest);
