/** `failureInjection` of Stream Testbench against servers that know its wire format: what is injected is what they see. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { convertForeign } from '../../src/templates/foreign/index.ts'
import type { Data } from '../../src/templates/template.ts'
import { type Manners, startMutationServer, startPostServer, startSyncServer } from '../servers/testbench.ts'
import { runScenario } from '../support/run.ts'

const STARTS = { WEBSOCKET: startSyncServer, MQTT: startMutationServer, HTTP: startPostServer }
const PROTOCOLS = ['WEBSOCKET', 'MQTT', 'HTTP'] as const

const MESSAGES = 120

describe.each(PROTOCOLS)('%s', (protocol) => {
  async function injected(failureInjection: Data, more: { manners?: Manners; load?: Data; file?: Data } = {}) {
    const server = await STARTS[protocol](more.manners ?? {})
    onTestFinished(() => server.stop())
    const endpoint = `127.0.0.1:${server.port}${protocol === 'MQTT' ? '' : '/ws/mobile/sync/'}`
    const file = { name: 't', protocol, endpoint, duration_seconds: 4, payloads: ['HEARTBEAT'], ...more.file }
    const foreign = convertForeign({ ...file, failureInjection: { enabled: true, ...failureInjection } }, { forFile: false })
    if (!foreign) throw new Error('not recognised')
    const scenario = { ...foreign.scenario, seed: 'testbench', load: [more.load ?? { iterations: MESSAGES, users: 3 }] }
    // the schema checks it first of all
    const { result, attempts } = await runScenario(scenario as unknown as Parameters<typeof runScenario>[0], { allowLag: true })
    const hits = attempts.filter(({ exchange }) => exchange.fault !== undefined)
    return { server, result, hits, kinds: result.faults?.kinds ?? [], counts: result.total.counts }
  }

  test('copies are the same bytes, and all of them are answered', async () => {
    const { server, result, kinds, counts } = await injected({ duplicateMessages: { probability: 0.3, maxDuplicates: 2 } })
    const texts = server.messages.map((message) => JSON.stringify(message))
    expect(new Set(texts).size).toBe(MESSAGES)
    expect(texts.length).toBe(result.faults?.sent)
    expect(kinds).toEqual([expect.objectContaining({ kind: 'duplicate', offered: MESSAGES, ok: kinds[0]?.injected, failed: 0 })])
    const copies = texts.length - MESSAGES
    expect(kinds[0]).toMatchObject({ copies, copyReplies: { accepted: copies, rejected: 0, unanswered: 0 } })
    expect(kinds[0]?.injected).toBeLessThanOrEqual(copies)
    expect(counts).toMatchObject({ ok: MESSAGES, failed: 0 })
    expect(server.complaints).toEqual([])
  })

  test('what drifts is what arrives, each mutation in its share, and the id may be what drifts', async () => {
    const id = protocol === 'MQTT' ? 'uuids' : 'correlation_id'
    const mutations = [
      { type: 'REMOVE_FIELD', fieldPath: id },
      { type: 'ADD_FIELD', fieldPath: 'extra_field', newValue: 'x' },
      { type: 'RENAME_FIELD', fieldPath: 'timestamp', newValue: 'time' },
      { type: 'CHANGE_TYPE', fieldPath: 'timestamp' },
      { type: 'REMOVE_FIELD', fieldPath: 'not.there' },
    ]
    const answer = (message: Data) => JSON.stringify({ [id]: message[id] })
    const { server, kinds, counts, hits } = await injected(
      { schemaDrift: { probability: 0.8, mutations } },
      { manners: { answer } },
    )
    const seen = [
      server.messages.filter((message) => !(id in message)),
      server.messages.filter(({ extra_field }) => extra_field === 'x'),
      server.messages.filter((message) => 'time' in message && !('timestamp' in message)),
      server.messages.filter(({ timestamp }) => typeof timestamp === 'string'),
    ].map(({ length }) => length)
    const total = seen.reduce((sum, count) => sum + count, 0)
    expect(kinds).toEqual([expect.objectContaining({ kind: 'drift', injected: total, ok: total, failed: 0 })])
    expect([hits.length, server.messages.length, counts.ok]).toEqual([total, MESSAGES, MESSAGES])
    // Each is in 16 % of 120 messages; a fifth of what is drawn finds no field that it could change.
    for (const count of seen) expect(Math.abs(count - 19)).toBeLessThan(15)
    expect(kinds[0]?.drawn).toBeGreaterThan(total)
  })

  test('a target that refuses what drifted has no errors, and is told apart', async () => {
    // A refusal is a reply with the id of its message: none is recognised by its lateness, which a busy machine has as well.
    const id = protocol === 'MQTT' ? 'uuids' : 'correlation_id'
    const answer = (message: Data) => JSON.stringify('extra_field' in message ? { [id]: message[id] } : message)
    const schemaDrift = { probability: 0.3, mutations: [{ type: 'ADD_FIELD', fieldPath: 'extra_field' }] }
    const file = { validation: { requiredFields: ['timestamp'] } }
    const load = { iterations: 20, users: 4 }
    const { server, result, kinds } = await injected({ schemaDrift }, { manners: { answer }, file, load })
    const refused = server.messages.filter((message) => 'extra_field' in message).length
    expect(kinds).toEqual([
      expect.objectContaining({ kind: 'drift', injected: refused, failed: refused, blamed: refused, ok: 0 }),
    ])
    expect([result.errorRate, result.faults?.failures]).toEqual([0, refused])
  })

  test('dropped connections come back after the delay; what was under way is lost, and not an error of the target', async () => {
    const load = { iterations: 30, users: 2 }
    const { server, result, kinds, counts } = await injected(
      { connectionDrops: { probability: 0.3, reconnectDelayMs: 20 } },
      { load },
    )
    const drops = kinds[0]?.injected ?? 0
    expect(drops).toBeGreaterThan(3)
    expect(result.connectionMetrics.lostConnections).toBe(drops)
    expect(counts.ok + (kinds[0]?.failed ?? 0)).toBe(30)
    // A reset may overtake the message that it follows.
    expect(server.messages.length).toBeGreaterThanOrEqual(counts.ok)
    expect(server.messages.length).toBeLessThanOrEqual(result.faults?.sent ?? 0)
    expect([result.errorRate, kinds[0]?.blamed]).toEqual([0, kinds[0]?.failed])
    // A user's last connection may be lost with its last message.
    expect(result.connectionMetrics.recoveryTime?.count).toBeGreaterThanOrEqual(drops - 2)
  })

  test('a delay is waited out, and counted', async () => {
    const networkDelays = { rangeMs: { start: 10, endInclusive: 20 }, probability: 0.2 }
    const { server, kinds, counts, hits } = await injected({ networkDelays })
    expect(kinds).toEqual([expect.objectContaining({ kind: 'delay', injected: hits.length, ok: hits.length })])
    // A timer may fire a fraction of a millisecond early.
    expect(kinds[0]?.waitedMs).toBeGreaterThan(9 * hits.length)
    expect([server.messages.length, counts.ok, server.complaints]).toEqual([MESSAGES, MESSAGES, []])
  })

  test('with enabled: false nothing is injected', async () => {
    const { server, result, counts } = await injected({
      enabled: false,
      duplicateMessages: { probability: 1 },
      connectionDrops: { probability: 1 },
    })
    expect(result.faults).toBeUndefined()
    expect([server.messages.length, counts.ok]).toEqual([MESSAGES, MESSAGES])
  })
})
