/** Amazon Bedrock Converse: the binary streams of AWS, and what is in them. */
import { expect, test } from 'vitest'
import { dialectNamed } from '../../src/dialects/index.ts'
import { eventStreamMessage } from '../../src/mock/chat/event-stream.ts'
import { cutAt, feed, JSON_TYPE, meaning } from './feed.ts'

const REPLY = { dialect: 'bedrock-converse', headers: { 'content-type': 'application/vnd.amazon.eventstream' }, done: true }
const event = (name: string, data: object) => eventStreamMessage(name, JSON.stringify(data))
const START = event('messageStart', { role: 'assistant' })
const STOP = event('messageStop', { stopReason: 'end_turn' })
const METADATA = event('metadata', {
  usage: { inputTokens: 125, outputTokens: 60, totalTokens: 185, cacheReadInputTokens: 5 },
  metrics: { latencyMs: 1175 },
})
const text = (piece: string) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: piece } })
const STREAM = Buffer.concat([
  START,
  text('Grüße'),
  text(', 世界'),
  event('contentBlockStop', { contentBlockIndex: 0 }),
  STOP,
  METADATA,
])

test('messages without headers, byte by byte as they are published with the format', () => {
  const empty = Buffer.from('000000100000000005c248eb7d98c8ff', 'hex')
  const payload = Buffer.from('0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936', 'hex')
  // Neither breaks the stream: the second is no JSON.
  expect(feed(REPLY, [Buffer.concat([empty, STREAM])]).outcome).toBe('ok')
  expect(feed(REPLY, [payload]).failure?.message).toContain(`"{'foo':'bar'}"`)
})

test('text, counts and the end', () => {
  const exchange = feed(REPLY, [STREAM])
  expect([exchange.outcome, exchange.text, exchange.finishReason, exchange.frames]).toEqual(['ok', 'Grüße, 世界', 'end_turn', 2])
  expect(exchange.usage).toMatchObject({ inputTokens: 130, cachedInputTokens: 5, outputTokens: 60 })
})

test('split in two at every byte, and byte by byte', () => {
  const whole = meaning(feed(REPLY, [STREAM]))
  for (let at = 1; at < STREAM.length; at += 1) expect(meaning(feed(REPLY, cutAt(STREAM, [at])))).toEqual(whole)
  expect(meaning(feed(REPLY, cutAt(STREAM, [...STREAM.keys()])))).toEqual(whole)
})

test('calls of tools, and thoughts', () => {
  const start = { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'weather' } } }
  const input = (piece: string) => event('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: piece } } })
  const thought = event('contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } })
  const exchange = feed(REPLY, [
    Buffer.concat([START, thought, event('contentBlockStart', start), input('{"city":'), input('"Oslo"}'), STOP, METADATA]),
  ])
  expect([exchange.outcome, exchange.reasoning]).toEqual(['ok', 'Hm.'])
  expect(exchange.toolCalls).toEqual([{ name: 'weather', arguments: '{"city":"Oslo"}', id: 't1' }])
})

const damaged = Buffer.from(STREAM)
damaged.writeUInt8((damaged[START.length + 60] ?? 0) ^ 1, START.length + 60)

test.each<[string, Buffer, string, string]>([
  ['a flipped bit', damaged, 'bad_encoding', 'checksum'],
  ['a length of nothing', Buffer.from('0000000100000000ffffffff', 'hex'), 'bad_encoding', 'a message of 1 bytes'],
  ['cut within a message', STREAM.subarray(0, -3), 'closed_early', 'in the middle of an event'],
  ['no stop', Buffer.concat([START, text('a')]), 'closed_early', 'the stream ended without messageStop'],
  [
    'an exception',
    Buffer.concat([START, text('a'), event('exception:throttlingException', { message: 'slow down' })]),
    'rate_limited',
    'slow down',
  ],
  [
    'an exception of the model',
    Buffer.concat([START, event('exception:modelStreamErrorException', { message: 'oops' })]),
    'error_in_stream',
    'oops',
  ],
])('%s', (_, bytes, failure, message) => {
  const exchange = feed(REPLY, [bytes])
  expect([exchange.failure?.class, exchange.failure?.message]).toEqual([failure, expect.stringContaining(message)])
})

test('a whole reply', () => {
  const reply = {
    output: {
      message: { role: 'assistant', content: [{ text: 'Hi' }, { toolUse: { toolUseId: 't', name: 'clock', input: { at: 1 } } }] },
    },
    stopReason: 'tool_use',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  }
  const exchange = feed({ ...REPLY, headers: JSON_TYPE, streaming: false }, [JSON.stringify(reply)])
  expect([exchange.outcome, exchange.text, exchange.finishReason]).toEqual(['ok', 'Hi', 'tool_use'])
  expect(exchange.toolCalls).toEqual([{ name: 'clock', arguments: '{"at":1}', id: 't' }])
})

test('a request', () => {
  const call = { name: 'clock', arguments: '{"at":1}', id: 't' }
  const image = { kind: 'image', mediaType: 'image/png', name: 'a.png', source: { base64: 'aQ==' } } as const
  const turns = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Look', parts: ['Look', image] },
    { role: 'assistant', content: '', calls: [call] },
    { role: 'user', content: '', results: [{ call, text: '12:00' }] },
  ] as const
  const tools = [{ name: 'clock', parameters: { type: 'object' } }]
  const body = dialectNamed('bedrock-converse')?.encode(turns, { model: 'm', stream: true, maxTokens: 9, tools }, undefined)
  expect(JSON.parse(JSON.stringify(body))).toEqual({
    system: [{ text: 'Be brief.' }],
    messages: [
      { role: 'user', content: [{ text: 'Look' }, { image: { format: 'png', source: { bytes: 'aQ==' } } }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 't', name: 'clock', input: { at: 1 } } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 't', content: [{ text: '12:00' }] } }] },
    ],
    inferenceConfig: { maxTokens: 9 },
    toolConfig: { tools: [{ toolSpec: { name: 'clock', inputSchema: { json: { type: 'object' } } } }] },
  })
})
