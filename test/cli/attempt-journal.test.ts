import { expect, test } from 'vitest'
import { journalEntry } from '../../src/cli/run/recorded/attempt-journal.ts'
import { dialectNamed } from '../../src/dialects/index.ts'
import { createReader } from '../../src/dialects/reply/reader.ts'
import type { RunState } from '../../src/engine/outcome/run-state.ts'
import type { SettledAttempt } from '../../src/engine/user/run-context.ts'
import { Exchange } from '../../src/exchange.ts'

const counters = { planned: 3, started: 2, ok: 1, failed: 1, cut: 0, dropped: 1, bytesSent: 10, bytesReceived: 20 }
const FAULTS = ['delay']
// Only the names of steps, phases and targets are looked up, and what was counted.
const STATE = {
  plan: { exchanges: [], phases: [], targets: [] },
  startedAt: 0,
  phaseTimes: [{ startAt: 0, endAt: 1000 }],
  recorder: {
    total: { counters },
    groups: { faultOf: ({ fault }: { fault?: number }) => (fault === undefined ? undefined : FAULTS[fault]) },
  },
} as unknown as RunState

/** The entry of a streamed reply, of which nothing was asked to be held. */
function entryOf(bytes: Buffer, reused = false, fault?: number) {
  const dialect = dialectNamed('generic')
  if (!dialect) throw new Error('there is no generic dialect')
  const reader = createReader(dialect, { response: { delta: '$.text' } }, true)
  const exchange = new Exchange(0, reader, () => {}, { keepText: false })
  exchange.carried(reused)
  exchange.sent(1)
  exchange.head(200, { 'content-type': 'text/event-stream' })
  for (let at = 0; at < bytes.length; at += 5000) exchange.data(bytes.subarray(at, at + 5000), 1)
  exchange.done()
  const attempt: SettledAttempt = {
    exchange,
    dimensions: { step: 0, phase: 0, target: 0, group: 0, ...(fault !== undefined && { fault }) },
    checks: [],
    session: 0,
    start: { intended: 0, queueWaitMs: 0, phase: 0, iteration: 0 },
    prompt: 'hello',
    message: undefined,
    toolRound: 0,
    callsAnswered: false,
    attempt: 1,
    repeated: false,
  }
  return journalEntry(attempt, 'run', STATE)
}

const deep = `data: ${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}\n\n`

test('a failed reply without text is logged as it came', () => {
  const bytes = Buffer.from(`${deep}data: not json\n\n`)
  expect(bytes.length).toBeGreaterThan(36_000)
  const { outcome, reply } = entryOf(bytes)
  expect(outcome).toBe('failed')
  expect(reply).toBe(bytes.toString())
})

test('of a huge one the beginning is kept', () => {
  const { reply } = entryOf(Buffer.from(`data: ${'x'.repeat(300_000)}\n\n`))
  expect(reply).toBe(`data: ${'x'.repeat(80 * 1024 - 6)}`)
})

test('with text the raw bytes are let go', () => {
  expect(entryOf(Buffer.from('data: {"text":"one "}\n\ndata: {"text":"two"}\n\n'))).toMatchObject({ reply: 'one two' })
})

test('bad bytes are there as base64, and only then', () => {
  const entry = entryOf(Buffer.from('data: {"text":"ok"}\n\ndata: {"text":"\xc3("}\n\n', 'latin1'))
  expect(entry.warnings).toContain('bad_utf8')
  expect(Buffer.from(entry.badBytes ?? '', 'base64').toString('latin1')).toBe('data: {"text":"\xc3("}')
  expect(Object.hasOwn(entryOf(Buffer.from('data: {"text":"ok"}\n\n')), 'badBytes')).toBe(false)
})

test('a bad line that is long is bounded, and holds the bad bytes', () => {
  const line = Buffer.concat([Buffer.from(`data: {"text":"${'a'.repeat(4900)}`), Buffer.from([0xff]), Buffer.from('"}\n\n')])
  const kept = Buffer.from(entryOf(line).badBytes ?? '', 'base64')
  expect(kept.length).toBeLessThanOrEqual(4096)
  expect(kept.includes(0xff)).toBe(true)
})

test('a reused connection is told', () => {
  const good = Buffer.from('data: {"text":"ok"}\n\n')
  expect(entryOf(good, true).reused).toBe(true)
  expect(Object.hasOwn(entryOf(good), 'reused')).toBe(false)
})

test('says what the run had counted by then, attempts without a line of their own included', () => {
  expect(entryOf(Buffer.from('data: {"text":"ok"}\n\n')).soFar).toEqual({ ...counters, windowMs: 1000 })
})

test('an injected fault is told', () => {
  const bytes = Buffer.from('data: {"text":"ok"}\n\n')
  expect(entryOf(bytes, false, 0)).toMatchObject({ outcome: 'ok', fault: 'delay' })
  expect(entryOf(bytes)).not.toHaveProperty('fault')
})
