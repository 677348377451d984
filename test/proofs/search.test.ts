/** `burn search` in real time, against a server in a process of its own whose limit follows from its slots. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { searchResultSchema } from '../../src/result/search.ts'
import { Home } from '../cli/harness.ts'
import { onQuietMachine } from '../support/quiet.ts'

/** `.ci/long` sets it: the search takes about two minutes, and as much again for each time that the machine was disturbed. */
const isAsked = process.env.BURN_TEST_REAL_SEARCH !== undefined

const LENGTHS = ['--point', '6s', '--confirm', '8s', '--warm-up', '500ms', '--from', '4', '--max', '32']

/**
 * Four slots of 100 ms answer N users after N ÷ 4 · 100 ms: 8 users after 200 ms, 9 after 225 ms, so that p95 < 212 ms holds for 8 users.
 */
test.runIf(isAsked)('a server with four slots holds as many users as its slots say', { timeout: 900_000 }, async (context) => {
  const server = fork(new URL('queue-process.ts', import.meta.url))
  try {
    const [port] = (await once(server, 'message')) as [number]
    await onQuietMachine(context, async () => {
      const home = new Home()
      home.write('s.json', {
        name: 'slots',
        target: { protocol: 'http', url: `http://127.0.0.1:${port}/` },
        load: [{ users: 1, for: '1s' }],
        steps: [{ request: { method: 'GET' } }],
        thresholds: ['response_time p95 < 212ms'],
      })
      const { code, stderr } = await home.burn(['search', 's.json', '--out', 'out', ...LENGTHS], { limitMs: 300_000 })
      expect(code, stderr).toBe(0)
      const { verdict, tiers, points } = searchResultSchema.parse(JSON.parse(home.read('out/search.json')))
      expect([verdict, tiers[0]?.confirmed, tiers[0]?.failed], stderr).toEqual(['found', 8, 9])
      expect(tiers[0]?.estimate?.load).toBeGreaterThanOrEqual(8)
      expect(tiers[0]?.estimate?.load).toBeLessThanOrEqual(9)
      for (const { load, tiers: seen } of points) expect(seen[0]?.holds, `${load} users`).toBe(load <= 8)
    })
  } finally {
    server.disconnect()
  }
})
