/** What the journal holds of a message beside its text. */
import { expect, test } from 'vitest'
import type { Turn } from '../../../src/dialects/parts/dialect.ts'
import { entryLine } from '../../../src/store/journal/line.ts'
import { messageFields } from '../../../src/store/journal/message-fields.ts'
import { Redactor } from '../../../src/text/secrets.ts'
import { entry } from '../entries.ts'

const CALL = { name: 'weather', arguments: '{"city":"Oslo"}', id: 'call_1' }
const NO_CALLS = { toolCallCount: 0, toolCalls: [] }
const PLAIN = {
  message: { role: 'user', content: 'hi' },
  tools: undefined,
  toolRound: 0,
  callsAnswered: false,
  reply: NO_CALLS,
} as const
const message: Turn = {
  role: 'user',
  content: 'Look',
  parts: [
    'Look',
    { kind: 'image', name: 'cat.png', mediaType: 'image/png', source: { base64: 'aQ==', from: 'pictures/cat.png' } },
    { kind: 'file', name: 'a', mediaType: undefined, source: { url: 'https://e.org/a?token=hunter2hunter2' } },
  ],
}

test('a text without tools needs nothing', () => expect(messageFields(PLAIN)).toEqual({}))

test('parts are as a scenario writes them, files with the hash of their content', () => {
  expect(messageFields({ ...PLAIN, message }).parts).toEqual([
    { text: 'Look' },
    {
      image: 'pictures/cat.png',
      type: 'image/png',
      sha256: 'de7d1b721a1e0632b7cf04edf5032c8ecffa9f9a08492152b926f1a5a7e765d7',
    },
    { file: 'https://e.org/a?token=hunter2hunter2' },
  ])
})

test('of tools it has names and calls; a round that answers calls has no parts', () => {
  const reply = { toolCallCount: 200, toolCalls: Array.from({ length: 200 }, () => CALL) }
  const { toolCalls, ...rest } = messageFields({
    message,
    tools: [{ name: 'weather' }],
    toolRound: 2,
    callsAnswered: true,
    reply,
  })
  expect(rest).toEqual({ tools: ['weather'], callsAnswered: true, toolRound: 2 })
  expect(toolCalls).toEqual(Array.from({ length: 128 }, () => ({ name: 'weather', arguments: '{"city":"Oslo"}' })))
})

test('secrets in them are masked, and a line that is too long goes without them', () => {
  const redactor = new Redactor()
  redactor.add('hunter2hunter2')
  const masked = JSON.parse(entryLine(entry(messageFields({ ...PLAIN, message })), redactor))
  expect(masked.parts[2].file).toBe('https://e.org/a?token=[secret]')
  const parts = Array.from({ length: 30 }, () => ({ text: 'x'.repeat(60_000) }))
  const cut = JSON.parse(entryLine(entry({ parts }), redactor))
  expect([cut.parts, cut.warnings]).toEqual([undefined, ['entry_cut']])
})
