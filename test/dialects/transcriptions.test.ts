/** Audio transcription: a form goes out, text comes back, whole or streamed. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { silentWav } from '../../src/payloads/silence.ts'
import { localMock } from '../engine/targets.ts'
import { readMultipart } from '../support/multipart.ts'
import { runScenario } from '../support/run.ts'
import { feed, JSON_TYPE, SSE } from './feed.ts'

const DIALECT = { dialect: 'openai-transcriptions' }
const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
const STREAM = [
  event({ type: 'transcript.text.delta', delta: 'Grüße' }),
  event({ type: 'transcript.text.delta', delta: ' dich' }),
  event({
    type: 'transcript.text.done',
    text: 'Grüße dich',
    usage: {
      type: 'tokens',
      input_tokens: 14,
      input_token_details: { text_tokens: 0, audio_tokens: 14 },
      output_tokens: 5,
      total_tokens: 19,
    },
  }),
]

test('a stream ends with its last event, whose text is a repetition', () => {
  const exchange = feed({ ...DIALECT, headers: SSE }, STREAM)
  expect([exchange.outcome, exchange.text, exchange.frames]).toEqual(['ok', 'Grüße dich', 2])
  expect(exchange.usage).toMatchObject({ inputTokens: 14, outputTokens: 5 })
})

test.each([
  ['{"text":"Hello","usage":{"type":"duration","seconds":2}}', 2000],
  ['{"task":"transcribe","language":"english","duration":2.5,"text":"Hello","segments":[]}', 2500],
  ['{"duration":2.5,"text":"Hello","usage":{"type":"duration","seconds":3}}', 2500],
  ['{"duration":"long","text":"Hello"}', undefined],
  ['{"duration":0,"text":"Hello"}', undefined],
])('a whole reply: %s', (body, soundMs) => {
  const exchange = feed({ ...DIALECT, headers: JSON_TYPE, streaming: false, done: true }, [body])
  expect([exchange.outcome, exchange.text, exchange.usage?.outputTokens, exchange.soundMs]).toEqual([
    'ok',
    'Hello',
    undefined,
    soundMs,
  ])
})

test.each([
  ['cut', STREAM.slice(0, 2), SSE, 'closed_early'],
  ['an error in the stream', [STREAM[0] ?? '', event({ type: 'error', error: { message: 'no' } })], SSE, 'error_in_stream'],
  ['another API', ['{"choices":[]}'], JSON_TYPE, 'bad_json'],
])('%s', (_, chunks, headers, failure) => {
  expect(feed({ ...DIALECT, headers, done: true }, chunks).failure?.class).toBe(failure)
})

test('the sound goes out as a file of a form, texts as the prompt', async () => {
  const forms: ReturnType<typeof readMultipart>[] = []
  const server = createServer(async (request, response) => {
    forms.push(readMultipart(request.headers['content-type'] ?? '', await buffer(request)))
    response.setHeader('content-type', 'application/json').end('{"text":"Hi"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/audio/transcriptions`
  const { attempts } = await runScenario({
    name: 't',
    target: { preset: 'openai-transcriptions', url, body: { language: 'en' }, temperature: 0 },
    steps: [{ message: [{ audio: 'silence:250ms' }, { text: 'A talk.' }] }],
  })
  expect(forms.map((form) => form.map(({ name, filename, type, content }) => [name, filename, type, content.length]))).toEqual([
    [
      ['file', 'silence.wav', 'audio/wav', 44 + 8000],
      ['model', undefined, undefined, 'gpt-4o-mini-transcribe'.length],
      ['prompt', undefined, undefined, 7],
      ['temperature', undefined, undefined, 1],
      ['stream', undefined, undefined, 4],
      ['language', undefined, undefined, 2],
    ],
  ])
  expect(attempts.map(({ exchange }) => exchange.failure?.message ?? exchange.text)).toEqual(['Hi'])
})

test.each([true, false])('against the mock, stream: %s', async (stream) => {
  const mock = await localMock({ firstTokenMs: 0, gapMs: 0, tokens: 5 })
  const { result, attempts } = await runScenario({
    name: 't',
    target: { preset: 'openai-transcriptions', url: mock.url, stream },
    steps: [{ message: [{ audio: 'silence:20ms' }] }],
  })
  expect(result.errors).toEqual([])
  expect(attempts[0]?.exchange.text).toMatch(/^turn 1: silence\.wav/)
  expect(attempts[0]?.exchange.usage?.outputTokens).toBe(5)
  // By the file that was sent: the mock does not say how long it is.
  expect(attempts[0]?.exchange.soundMs).toBe(20)
  const { real_time_factor: factor, service_time: service } = result.total.distributions
  // Stored figures are rounded.
  expect(((factor?.mean ?? Number.NaN) * (service?.mean ?? Number.NaN)) / 20).toBeCloseTo(1, 2)
})

test('silence is a WAV file of its length', () => {
  const file = silentWav(1000)
  expect([file.toString('latin1', 0, 4), file.readUInt32LE(4), file.toString('latin1', 8, 16)]).toEqual([
    'RIFF',
    file.length - 8,
    'WAVEfmt ',
  ])
  // Samples per second, bytes of a sample, and of all of them.
  expect([file.readUInt32LE(24), file.readUInt16LE(32), file.readUInt32LE(40)]).toEqual([16_000, 2, 32_000])
})
