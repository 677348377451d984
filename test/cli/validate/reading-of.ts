/** Replies as files, and what a target makes of them. */
import { expect } from 'vitest'
import type { ReplySample } from '../../../src/cli/validate/reading.ts'
import { readingsOf, type SampleWish } from '../../../src/cli/validate/sample.ts'
import { sampleFindings, sampleLines } from '../../../src/cli/validate/sample-view.ts'
import { documentsOf } from '../../../src/dialects/reply/documents.ts'
import { validateScenario } from '../../../src/scenario/validate.ts'

export const REPLY = {
  id: 'r-1',
  conversation: { uuid: 'c-1' },
  choices: [{ message: { role: 'assistant', content: 'Order 17 is late' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 5, note: 'n' },
}

export const events = (...data: readonly unknown[]) =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('')

export const STREAM = events(
  { choices: [{ delta: { role: 'assistant' } }] },
  { choices: [{ delta: { content: 'Hel' } }] },
  { choices: [{ delta: { content: 'lo' } }] },
  { choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: 2 } },
  '[DONE]',
)

export const sampleOf = (body: unknown): ReplySample => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { file: 'r.json', body: text, ...documentsOf(text) }
}

/** What the only target of a scenario makes of a reply. */
export function readingOf(own: object, body: unknown, wish: SampleWish = {}) {
  const text = JSON.stringify({ name: 't', steps: [{ message: 'hi' }], ...own })
  const checked = validateScenario(text, 'a.json')
  expect(checked.problems).toEqual([])
  const sample = sampleOf(body)
  const [reading, ...more] = readingsOf(checked, sample, wish)
  if (!reading || more.length > 0) throw new Error('expected one target')
  return { ...reading, findings: sampleFindings(reading, sample), lines: sampleLines(reading, sample, 'a.json') }
}

export const generic = (response: object) => ({ target: { url: 'http://127.0.0.1/', response } })
