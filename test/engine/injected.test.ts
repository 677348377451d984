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

describe('the delays of `faults` under a pace', () => {
  const paced = async (more: object, headMs = 1, load: object = { users: 2, pace: '25/s', for: '1200ms' }) => {
    const target = new MemoryTarget({ reply: () => ({ headMs }) })
    const scenario = { name: 't', seed: '3', target: { url: target.url }, load: [load], steps: [frame], ...more }
    const { result } = await runVirtual(scenario as unknown as Parameters<typeof runVirtual>[0])
    const sent = target.requests.map(({ at }) => at)
    const { distributions, counts } = result.total
    const codes = result.validity.reasons.map(({ code }) => code)
    return { sent, counts, codes, longest: distributions.response_time?.max, queueWait: distributions.queue_wait?.max }
  }
  const always = (delay: string) => ({ faults: [{ delay, probability: '100%' }] })

  test('are made up for: the planned rate is held, and no message has waited', async () => {
    const load = { users: 2, pace: '10/s', for: '60s' }
    const run = await paced({ faults: [{ delay: '200ms', probability: '20%' }] }, 5, load)
    // 1,200 are planned; those that a delay kept from starting at the very end are not missed
    expect(run.counts.planned).toBeGreaterThan(1190)
    expect(run.counts).toMatchObject({ ok: run.counts.planned, dropped: 0 })
    expect([run.longest, run.queueWait]).toEqual([expect.closeTo(5, 1), 0])
  })

  test('when they leave no time for that, the next one is due at once', async () => {
    const { sent, counts, codes, longest } = await paced(always('200ms'))
    expect(sent).toEqual([200, 220, 401, 421, 602, 622, 803, 823, 1004, 1024, 1205, 1225])
    expect(counts).toEqual({ planned: 12, started: 12, ok: 12, failed: 0, cut: 0, dropped: 0 })
    expect(longest).toBeLessThan(2)
    expect(codes).not.toContain('held_back')
  })

  test('think time of the same length is not: the pace was asked for', async () => {
    const { counts, codes } = await paced({ steps: [{ delay: '200ms' }, frame] })
    // each begins six of the thirty that its pace asks for, and thinks in the last until the load is over
    expect(counts).toMatchObject({ planned: 58, started: 10, dropped: 48 })
    expect(codes).toContain('held_back')
  })

  test('excuse no slow target', async () => {
    const { counts, codes } = await paced(always('20ms'), 250)
    // each begins five, one every 270 ms; of the 30 of its pace, four intervals at most have gone by in delays
    expect(counts.dropped).toBeGreaterThan(40)
    expect(codes).toContain('held_back')
  })
})
