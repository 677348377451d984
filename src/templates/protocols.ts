/** One template for each protocol. */
import { FEW_ERRORS, repeated, say, type Template } from './template.ts'

const http: Template = {
  name: 'http',
  category: 'Protocols',
  summary: 'Plain HTTP: a request to read, one to write with its own data, and a value carried from one to the next',
  messages: { perIteration: 3, iterations: 20 },
  target: { url: 'mock:/', protocol: 'http', timeouts: { total: '10s' } },
  scenario: () => ({
    load: repeated(5, 4),
    steps: [
      { request: { method: 'GET', path: '/health' }, name: 'health', expect: [{ status: 200 }, { json: '$.status' }] },
      {
        request: { method: 'POST', path: '/login', json: { user: 'user-{{user.number}}' } },
        name: 'log in',
        expect: [{ status: '2xx' }],
        capture: { token: '$.token' },
      },
      {
        request: {
          method: 'POST',
          path: '/echo?from=burn',
          headers: { 'x-session': '{{token}}' },
          json: { id: '{{uuid}}', note: 'hello' },
        },
        name: 'write',
        expect: [{ status: '2xx' }, { json: { path: '$.json.note', equals: 'hello' } }, { service_time: '< 1s' }],
      },
    ],
    thresholds: [FEW_ERRORS, 'service_time{step=write} p95 < 1s'],
  }),
  comments: {
    target: 'The mock answers /health, /login and /echo. For your own API put its address here, such as https://api.example.com',
    steps: 'request: is one exchange with method, path, query, headers and a body (json, form or body).',
  },
}

const sse: Template = {
  name: 'sse',
  category: 'Protocols',
  summary: 'Server-sent events: each request is answered by a stream, timed frame by frame',
  messages: { perIteration: 2, iterations: 20 },
  target: { preset: 'openai-chat', url: 'mock:', model: 'demo', protocol: 'sse', timeouts: { firstToken: '10s', idle: '5s' } },
  scenario: () => ({
    load: repeated(5, 4),
    steps: [
      say('Tell me a story of five sentences.', 'story', { expect: [{ ttft: '< 2s' }, { stall: '< 1s' }] }),
      say('And now the end of it.', 'end'),
    ],
    thresholds: [FEW_ERRORS, 'ttft p95 < 2s', 'itl p95 < 500ms'],
  }),
  comments: {
    target:
      'protocol: sse insists on an event stream: a reply of another kind is an error (bad_sse).\nFor your own API set url, and preset or response: { delta: … }; timeouts.idle is the longest silence in a stream.',
  },
}

const websocket: Template = {
  name: 'websocket',
  category: 'Protocols',
  summary: 'WebSocket: every user keeps one connection, and each frame is matched with its reply by an id',
  messages: { perIteration: 2, iterations: 50 },
  target: {
    url: 'mock:/ws',
    protocol: 'websocket',
    websocket: { reply: { match: { correlate: { send: 'id' } } }, ping: { every: '20s' } },
  },
  scenario: () => ({
    load: repeated(10, 5),
    steps: [
      { request: { json: { type: 'hello', user: '{{user.number}}' } }, name: 'hello', expect: [{ json: '$.id' }] },
      { request: { json: { type: 'data', value: '{{randomInt 1 100}}' } }, name: 'data', expect: [{ service_time: '< 1s' }] },
    ],
    thresholds: [FEW_ERRORS, 'service_time p95 < 1s'],
  }),
  comments: {
    target:
      'The mock sends each frame back. For your own server put ws:// or wss:// here. reply.match: fifo takes the next message\nas the reply, none waits for nothing.',
    steps: 'A field "id" is added to each frame, and the reply is the message with the same id.',
  },
}

const grpc: Template = {
  name: 'grpc',
  category: 'Protocols',
  summary: 'gRPC: unary calls with a deadline, over one HTTP/2 connection for each user',
  messages: { perIteration: 2, iterations: 50 },
  target: {
    url: 'mock:/',
    protocol: 'grpc',
    grpc: { service: 'burn.chat.v1.ChatService', method: 'SendMessage', deadline: '10s' },
  },
  scenario: () => ({
    load: repeated(10, 5),
    steps: [
      { request: { message: { message: 'Hello, this is user {{user.number}}.' } }, name: 'hello' },
      { request: { message: { message: 'And once more.' }, metadata: { 'x-request-id': '{{uuid}}' } }, name: 'again' },
    ],
    thresholds: [FEW_ERRORS, 'service_time p95 < 1s'],
  }),
  comments: {
    target:
      'The mock has such a service. For your own put grpc://host:port (grpcs:// for TLS) here.\ngrpc.proto names the .proto file of your service; without it the server is asked (reflection), then the protos that burn brings.',
    steps: 'Fields of a message are named as in the .proto file.',
  },
}

const mqtt: Template = {
  name: 'mqtt',
  category: 'Protocols',
  summary: 'MQTT: every user is a client of its own, and each publish is timed until the broker acknowledges it',
  messages: { perIteration: 2, iterations: 50 },
  target: { url: 'mock:/', protocol: 'mqtt', mqtt: { topic: 'burn/%i/data', qos: 1, subscribe: ['burn/%i/data'] } },
  scenario: () => ({
    load: repeated(10, 5),
    steps: [
      { request: { publish: { payload: { json: { id: '{{uuid}}', value: '{{randomInt 1 100}}' } } } }, name: 'publish' },
      { request: { publish: { payload: { json: { id: '{{uuid}}', last: true } }, qos: 0 } }, name: 'publish unacknowledged' },
    ],
    thresholds: [FEW_ERRORS, 'service_time{step=publish} p95 < 1s'],
  }),
  comments: {
    target:
      'The mock is an MQTT broker too. For your own put mqtt://host:port (mqtts:// for TLS) here. %i is the number of the user.',
    steps: 'await: echo waits until the message came back from the broker, for its whole way.',
  },
}

export const protocolTemplates: readonly Template[] = [http, sse, websocket, grpc, mqtt]
