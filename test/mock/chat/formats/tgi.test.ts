/** The mock's own API of Text Generation Inference, as the documentation of its server describes it. */
import { expect, test } from 'vitest'
import { runScenario } from '../../../support/run.ts'
import { mockFor } from '../../harness.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 5 }

async function ask(path: string, body: object, settings: object = {}) {
  const mock = await mockFor({ ...FAST, ...settings })
  return fetch(`${mock.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
}

const eventsOf = async (reply: Response) =>
  (await reply.text())
    .trim()
    .split('\n\n')
    .map((event) => JSON.parse(event.replace(/^data: /, '')))

test('the last event has the whole text, its counts, and the token that ends it', async () => {
  const events = await eventsOf(await ask('/generate_stream', { inputs: 'hi' }))
  expect(events.map(({ token }) => token.text).slice(0, 3)).toEqual(['turn', ' 1:', ' hi'])
  expect(events.slice(0, -1).every((event) => event.generated_text === null && event.details === null)).toBe(true)
  const { token, generated_text: text, details } = events.at(-1)
  expect(token).toMatchObject({ text: '</s>', special: true })
  expect(text).toBe(
    events
      .slice(0, -1)
      .map((event) => event.token.text)
      .join(''),
  )
  expect(details).toMatchObject({ finish_reason: 'eos_token', generated_tokens: events.length - 1, input_length: 1 })
})

test('at the limit the last token ends it', async () => {
  const events = await eventsOf(await ask('/generate_stream', { inputs: 'hi', parameters: { max_new_tokens: 2 } }))
  expect(events.map(({ token }) => token.text)).toEqual(['turn', ' 1:'])
  expect(events.at(-1)).toMatchObject({ generated_text: 'turn 1:', details: { finish_reason: 'length', generated_tokens: 2 } })
})

test('a whole reply has details when they are asked for', async () => {
  const whole = async (parameters: object) => (await ask('/generate', { inputs: 'hi', parameters })).json() as Promise<object>
  expect(Object.keys(await whole({}))).toEqual(['generated_text'])
  expect(await whole({ details: true })).toMatchObject({ details: { finish_reason: 'eos_token', generated_tokens: 5 } })
})

test('errors have the form of the server', async () => {
  const reply = await ask('/generate', { inputs: 'hi' }, { status: 429 })
  expect([reply.status, await reply.json()]).toEqual([429, { error: expect.any(String), error_type: 'overloaded' }])
})

test.each([true, false])('burn reads it over its preset, stream: %s', async (stream) => {
  const mock = await mockFor(FAST)
  const { result, attempts } = await runScenario({
    name: 't',
    target: { preset: 'tgi-generate', url: mock.url, maxTokens: 20, stream },
    steps: [{ message: 'Hi' }, { message: 'And?' }],
  })
  expect(result.total.counts).toMatchObject({ planned: 2, ok: 2 })
  expect(attempts[0]?.exchange).toMatchObject({ finishReason: 'eos_token', usage: { outputTokens: 5 } })
  expect(attempts[0]?.exchange.text).toMatch(/^turn 1: Hi/)
  expect(mock.stats().byRoute).toEqual({ 'tgi-generate': 2 })
})
