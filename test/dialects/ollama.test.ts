import { expect, test } from 'vitest'
import { feed, NDJSON } from './feed.ts'
import { speed, TEN_MS, times } from './reasoning-of.ts'

const lines = (events: readonly object[]) => events.map((event) => `${JSON.stringify(event)}\n`)

test('Ollama: thinking is all there, and all tokens count', () => {
  const events = [
    ...times(6, () => ({ message: { thinking: 'hm ' } })),
    ...times(5, () => ({ message: { content: 'x ' } })),
    { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 11 },
  ]
  const exchange = feed({ dialect: 'ollama', headers: NDJSON }, lines(events))
  expect(speed(exchange)).toEqual(TEN_MS)
  expect(exchange.warnings).toEqual([])
})
