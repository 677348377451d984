/** What the scenario does to itself, cut connections and waits that it puts in, is neither load on the target nor the target's doing. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { startBroker } from '../servers/mqtt-broker.ts'
import { MemoryTarget, runScenario, runVirtual } from '../support/virtual.ts'
import { localMock } from './targets.ts'

const frame = { request: { json: { a: 1 } } }
const cut = { request: { disconnect: 'abrupt' as const }, name: 'cut' }

async function socketTarget() {
  const mock = await localMock({ firstTokenMs: 0, gapMs: 0 })
  return { mock, target: { protocol: 'websocket' as const, url: `ws://127.0.0.1:${mock.port}/ws` } }
}

describe('a connection that the scenario cuts', () => {
  test.each(['abrupt', 'clean'] as const)('%s, over a WebSocket: what the target got is what is counted', async (disconnect) => {
    const { mock, target } = await socketTarget()
    const steps = [frame, { request: { disconnect }, name: 'cut' }, frame]
    const { result } = await runScenario({ name: 't', target, load: [{ iterations: 4, users: 2 }], steps })
    expect(result.notes.filter((note) => note.startsWith('never sent'))).toEqual([])
    const sent = mock.stats().requests
    expect(sent).toBe(8)
    expect(result.total.counts).toMatchObject({ planned: 8, started: 8, ok: 8, failed: 0 })
    expect(result.totalMessages).toBe(8)
    expect(result.steps.map(({ name }) => name)).toEqual(['step-1', 'step-3'])
    expect(result.iterations.completed).toBe(4)
    expect(result.connectionMetrics.totalConnections).toBeGreaterThanOrEqual(5)
  })

  test('over MQTT: the same', async () => {
    const broker = await startBroker()
    onTestFinished(() => broker.stop())
    const publish = { request: { publish: { topic: 'a', payload: { json: { a: 1 } } } } }
    const target = { protocol: 'mqtt' as const, url: broker.url }
    const { result } = await runScenario({
      name: 't',
      target,
      load: [{ iterations: 3 }],
      steps: [publish, cut, publish, { ...cut, name: 'cut again' }],
    })
    expect([broker.published.length, result.totalMessages, result.total.counts.ok]).toEqual([6, 6, 6])
  })

  test('without a connection there is nothing to cut, and none is made for it', async () => {
    const { mock, target } = await socketTarget()
    const { result } = await runScenario({ name: 't', target, load: [{ iterations: 2 }], steps: [cut, { delay: '1ms' }] })
    expect([mock.stats().connectionsAccepted, result.totalMessages, result.connectionMetrics.totalConnections]).toEqual([0, 0, 0])
  })

  test('has no reply that could be checked', async () => {
    const { scenarioSchema } = await import('../../src/scenario/schema/schema.ts')
    const target = { protocol: 'websocket', url: 'ws://h/' }
    const { error } = scenarioSchema.safeParse({ name: 't', target, steps: [{ ...cut, expect: [{ contains: 'x' }] }] })
    expect(JSON.stringify(error?.issues)).toContain('a disconnect has no reply')
  })
})

describe('a wait that the scenario puts in', () => {
  const paced = async (delay: object, headMs = 1) => {
    const target = new MemoryTarget({ reply: () => ({ headMs }) })
    const load = [{ users: 2, pace: '25/s', for: '1200ms' }]
    const { result } = await runVirtual({
      name: 't',
      target: { url: target.url },
      load,
      steps: [delay as { delay: string }, frame],
    })
    const sent = target.requests.map(({ at }) => at)
    return { sent, counts: result.total.counts, codes: result.validity.reasons.map(({ code }) => code) }
  }

  test('moves the timetable: nothing is late, nothing dropped', async () => {
    const { sent, counts, codes } = await paced({ delay: '200ms', injected: true })
    // 240 ms from one message of a user to the next; the second user begins 20 ms after the first
    expect(sent).toEqual([200, 220, 440, 460, 680, 700, 920, 940, 1160, 1180])
    expect(counts).toEqual({ planned: 10, started: 10, ok: 10, failed: 0, cut: 0, dropped: 0 })
    expect(codes).not.toContain('held_back')
  })

  test('think time of the same length does not: the pace was asked for', async () => {
    const { counts, codes } = await paced({ delay: '200ms' })
    // each begins six of the thirty that its pace asks for, and thinks in the last until the load is over
    expect(counts).toMatchObject({ planned: 58, started: 10, dropped: 48 })
    expect(codes).toContain('held_back')
  })

  test('excuses no slow target', async () => {
    const { counts, codes } = await paced({ delay: '20ms', injected: true }, 250)
    // each begins five, one every 270 ms; its waits have moved the next turn to 300 (320) ms, and from there 23 (22) come due by 1200
    expect(counts).toMatchObject({ planned: 55, started: 10, dropped: 45 })
    expect(codes).toContain('held_back')
  })
})
