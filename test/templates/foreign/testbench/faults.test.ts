import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Data } from '../../../../src/templates/template.ts'
import { convert, errorsOf } from '../convert.ts'

const file = (failureInjection: Data, protocol = 'WEBSOCKET'): Data => ({
  endpoint: '127.0.0.1:8080/ws',
  protocol,
  durationSeconds: 10,
  failureInjection,
})

function faultsOf(failureInjection: Data, protocol?: string) {
  const { scenario, located } = convert(file({ enabled: true, ...failureInjection }, protocol))
  expect(errorsOf(scenario)).toEqual([])
  const told = located.map(({ severity, text }) => `${severity}: ${text.replace('failureInjection', '…')}`)
  return { faults: scenario.faults, told: told.filter((text) => text.includes('…')) }
}

test('the defaults are those of the original', () => {
  const { faults } = faultsOf({
    networkDelays: {},
    duplicateMessages: {},
    schemaDrift: { mutations: [{ type: 'REMOVE_FIELD', fieldPath: 'timestamp' }] },
    connectionDrops: {},
  })
  expect(faults).toEqual([
    { drift: 'remove', path: '$.timestamp', probability: '0.1%' },
    { drop: 'reset', pause: '1000ms', probability: '0.1%' },
    { duplicate: '1..3', gap: '10ms..99ms', probability: '1%' },
    { delay: '50ms..500ms', probability: '5.06%' },
  ])
})

test.each<[Data, Data]>([
  [
    { networkDelays: { rangeMs: { start: 20, endInclusive: 20 }, probability: 0.1234 } },
    { delay: '20ms', probability: '12.34%' },
  ],
  [{ networkDelays: { minMs: 1, maxMs: 2.6, probability: 1 } }, { delay: '1ms..3ms', probability: '100%' }],
  [{ duplicateMessages: { maxDuplicates: 1, probability: 0.5 } }, { duplicate: 1, gap: '10ms..99ms', probability: '50%' }],
  [{ connectionDrops: { reconnectDelayMs: 0, probability: 0.00025 } }, { drop: 'reset', pause: '0ms', probability: '0.025%' }],
  [
    { networkDelays: { layer: 'socket', rangeMs: { start: 50, endInclusive: 250 }, probability: 0.1 } },
    { latency: '150ms', jitter: '100ms', probability: '10%' },
  ],
])('%j becomes %j, over each protocol', (block, entry) => {
  for (const protocol of ['WEBSOCKET', 'MQTT', 'HTTP', 'MIXED']) expect(faultsOf(block, protocol).faults).toEqual([entry])
})

describe('shares', () => {
  /** How many of all messages each entry hits, when the first one that is drawn for a message is its only fault. */
  function hits(faults: unknown): Data {
    let left = 1
    const found: Record<string, number> = {}
    for (const entry of faults as { probability: string }[]) {
      const share = (Number.parseFloat(entry.probability) / 100) * left
      const kind = Object.keys(entry)[0] ?? ''
      found[kind] = (found[kind] ?? 0) + share
      left -= share
    }
    return found
  }

  const probabilities = (delay: number, copy: number, drift: number, drop: number) => ({
    networkDelays: { probability: delay },
    duplicateMessages: { probability: copy },
    schemaDrift: {
      probability: drift,
      mutations: ['a', 'b', 'c'].map((fieldPath) => ({ type: 'REMOVE_FIELD', fieldPath })),
    },
    connectionDrops: { probability: drop },
  })

  test.each([
    [0.05, 0.01, 0.001, 0.001],
    [0.25, 0.25, 0.25, 0.25],
    [0.1, 0.6, 0.15, 0.05],
  ])('of %d, %d, %d and %d are kept, though a message gets one fault at most', (delay, duplicate, drift, drop) => {
    const { faults, told } = faultsOf(probabilities(delay, duplicate, drift, drop))
    for (const [kind, share] of Object.entries({ delay, duplicate, drift, drop }))
      expect(Math.abs(Number(hits(faults)[kind]) / share - 1), kind).toBeLessThan(0.01)
    expect(told.filter((text) => text.startsWith('warning'))).toEqual([])
    expect(told.join()).toContain('may hit a message more than once in Stream Testbench')
  })

  test('that cannot be kept are told', () => {
    const { faults, told } = faultsOf({
      networkDelays: { probability: 1 },
      duplicateMessages: { probability: 1 },
      connectionDrops: { probability: 0.4 },
    })
    expect((faults as Data[]).map(({ probability }) => probability)).toEqual(['40%', '100%'])
    expect(told.filter((text) => text.startsWith('warning'))).toEqual([
      'warning: ….networkDelays.probability hits only the 60% of messages without another fault',
      'warning: ….duplicateMessages.probability leaves no message for it: all of them get another fault',
    ])
  })
})

test.each<[string, Data, string]>([
  ['all switched off', { enabled: false, networkDelays: {} }, '….enabled is false: its faults were left out'],
  ['one switched off', { networkDelays: { enabled: false } }, '….networkDelays never happens, and was left out'],
  ['no probability', { connectionDrops: { probability: 0 } }, '….connectionDrops never happens, and was left out'],
  ['no mutation', { schemaDrift: { mutations: [] } }, '….schemaDrift.mutations is empty: nothing drifts'],
])('with %s nothing is injected, and that is told', (_, block, text) => {
  const { faults, told } = faultsOf(block)
  expect(faults).toBeUndefined()
  expect(told.join()).toContain(text)
})

test.each<[Data, string]>([
  [{ networkDelays: { rangeMs: { start: 9, endInclusive: 3 } } }, 'error: ….networkDelays.rangeMs ends before it begins'],
  [{ networkDelays: { rangeMs: { start: -1, endInclusive: 3 } } }, 'error: ….networkDelays.rangeMs has a time of -1 ms'],
  [{ connectionDrops: { reconnectDelayMs: 1e12 } }, 'error: ….connectionDrops has a time of 1000000000000 ms'],
  [
    { duplicateMessages: { maxDuplicates: 0 } },
    'warning: ….duplicateMessages.maxDuplicates is not a whole number from 1 to 100, and was taken for 1',
  ],
  [{ duplicateMessages: { probability: 5 } }, 'warning: ….duplicateMessages.probability is above 1, and was taken for 1'],
])('%j is told', (block, text) => expect(faultsOf(block).told).toContain(text))

test('whatever stands in the block, what becomes of it passes validate', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -5, max: 5000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  const mutation = fc.record(
    {
      type: fc.constantFrom('ADD_FIELD', 'REMOVE_FIELD', 'CHANGE_TYPE', 'RENAME_FIELD', 'NONE'),
      fieldPath: fc.oneof(fc.string(), fc.constantFrom('a', 'a.b', '$.a[0]', "it's.a-b", 'data.items[0].id')),
      newValue: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.dictionary(fc.string(), fc.integer())),
    },
    { requiredKeys: ['type'] },
  )
  const common = { probability: number, enabled: fc.boolean() }
  const optional = { requiredKeys: [] }
  const block = fc.record(
    {
      networkDelays: fc.record(
        {
          ...common,
          rangeMs: fc.record({ start: number, endInclusive: number }, optional),
          layer: fc.constantFrom('socket', 'message'),
        },
        optional,
      ),
      duplicateMessages: fc.record({ ...common, maxDuplicates: number }, optional),
      schemaDrift: fc.record({ ...common, mutations: fc.array(mutation, { maxLength: 4 }) }, optional),
      connectionDrops: fc.record({ ...common, reconnectDelayMs: number }, optional),
    },
    optional,
  )
  fc.assert(
    fc.property(block, (one) => {
      const { scenario } = convert(file({ enabled: true, ...one }))
      expect(errorsOf(scenario)).toEqual([])
    }),
    { numRuns: 100 },
  )
})
