/** A run with workers that is stopped before its load: no process sends any of it, and the result is that of a run without workers. */
import { expect, test } from 'vitest'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { Home, OUT } from '../harness.ts'

const ILL = { health: '/health', requireHealthy: true }
const SETUP = { setup: [{ request: { method: 'POST', path: '/setup' } }] }
/** Nothing listens there. */
const UNREACHABLE = 'http://127.0.0.1:9'

test.each([
  ['a target that is not well', ILL, ['--no-preflight'], ['/health'], /the load was not started \(requireHealthy\)/],
  ['a setup that failed', SETUP, ['--no-preflight'], ['/setup'], /setup/],
  ['a target that cannot be reached', { unreachable: UNREACHABLE }, [], [], /127\.0\.0\.1:9/],
])('%s: workers send nothing', async (_, { unreachable, ...own }: Record<string, unknown>, flags, sent, why) => {
  const home = new Home()
  const api = await webhookReceiver(({ path }) => ({ status: path === '/load' ? 200 : 500, body: '{}' }))
  const [target, other] = [{ url: api.url }, { url: unreachable ?? api.url }]
  const health = own.health === undefined ? {} : { health: `${api.url}${own.health}` }
  home.write('s.json', {
    name: 's',
    targets: { api: target, other },
    ...own,
    ...health,
    steps: [{ target: 'api', request: { method: 'GET', path: '/load' } }],
    load: [
      { rate: '50/s', for: '1s' },
      { iterations: 8, users: 4 },
    ],
  })
  const run = async (workers: string) => {
    const { stderr } = await home.call(['run', 's.json', ...OUT, '--overwrite', '--log', 'all', ...flags, '--workers', workers])
    const { exitCodes, verdict, status, reason, total, validity, shards } = home.result()
    return { stderr, result: { exitCodes, verdict, status, reason, counts: total.counts, validity, shards } }
  }
  const alone = await run('1')
  const together = await run('2')
  expect(api.received.map(({ path }) => path)).toEqual([...sent, ...sent])
  expect(together.result).toEqual(alone.result)
  expect(together.result.reason).toMatch(why)
  expect(together.stderr).not.toContain('worker')
  expect(home.files().filter((file) => file.includes('worker'))).toEqual([])
})
