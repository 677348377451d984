/** Shards against one server that counts for itself, merged; and what `burn merge` refuses. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { closeAfter, Home } from '../harness.ts'

/** A server that counts its requests and fails each tenth. */
async function counting() {
  let count = 0
  const server = createServer((_, response) => {
    count += 1
    response.writeHead(count % 10 === 0 ? 503 : 200).end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAfter({ close: () => new Promise((resolve) => server.close(() => resolve())) })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, count: () => count }
}

const scenario = (url: string, more: object = {}) => ({
  name: 'shards',
  target: { url, protocol: 'http' },
  load: [{ iterations: 60, users: 6 }],
  steps: [{ request: { method: 'GET', path: '/' }, name: 'get' }],
  thresholds: ['errors ratio < 50%'],
  ...more,
})

/** Runs all shards of a scenario, one after the other, to the folders p1, p2, …; returns what they printed. */
async function shards(home: Home, file: string, of: number, env: Record<string, string> = {}): Promise<string> {
  let printed = ''
  for (let i = 1; i <= of; i += 1) {
    const args = [
      'run',
      file,
      '--shard',
      `${i}/${of}`,
      '--out',
      `p${i}`,
      '--log',
      'all',
      '--allow-lag',
      '60s',
      '--result-to-stdout',
      '-q',
    ]
    const { code, stdout, stderr } = await home.call(args, { env })
    expect([code, stderr]).toEqual([0, ''])
    printed += `[pod/shards-${i}] ${stdout}`
  }
  return printed
}

test('three shards are what the server counted; the whole fails a threshold that each part passes', async () => {
  const home = new Home()
  const server = await counting()
  // Of twenty attempts in each part fewer than thirty are ok, of sixty in all more.
  const file = home.write('s.json', scenario(server.url, { thresholds: ['ok count < 30', 'errors ratio < 50%'] }))
  const logs = await shards(home, file, 3)
  const merged = await home.call(['merge', 'p1', 'p2', 'p3', '--out', 'whole', '--report', 'md', '-q'])
  const { total, thresholds, shards: parts, exitCodes, reason } = home.result('whole')
  const { planned, ok, failed, cut, dropped } = total.counts
  expect([planned, ok + failed + cut + dropped]).toEqual([server.count(), 60])
  expect([failed, ok]).toEqual([6, 54])
  expect(thresholds.map(({ state }) => state)).toEqual(['failed', 'passed'])
  expect(exitCodes).toContain(1)
  expect([merged.code, reason === '']).toEqual([home.result('whole').exitCode, false])
  expect(parts?.merged.map((part) => part.planned)).toEqual([20, 20, 20])
  expect(home.read('whole/sessions.jsonl').trim().split('\n')).toHaveLength(61)
  expect(home.read('whole/report.md')).toContain('shards')
  // The same from the lines of logs, and by folders of folders.
  home.write('logs.txt', logs)
  await home.call(['merge', 'logs.txt', '--out', 'of-logs', '-q'])
  expect(home.result('of-logs').total).toEqual(total)
})

test('what is missing, killed, doubled or of another run is refused', async () => {
  const home = new Home()
  const server = await counting()
  await shards(home, home.write('s.json', scenario(server.url)), 2, { BURN_RUN_ID: 'shards', BURN_SHARD_TOTAL: '2' })
  const missing = await home.call(['merge', 'p1', '--out', 'm'])
  expect([missing.code, missing.stderr]).toEqual([6, expect.stringContaining('1 of 2 shards is missing: 2/2')])
  const allowed = await home.call(['merge', 'p1', '--allow-missing', '--out', 'm', '-q'])
  expect(home.result('m')).toMatchObject({ exitCode: allowed.code, verdict: 'invalid', shards: { missing: [1] } })
  expect(home.result('m').total.counts.planned).toBe(30)

  const killed = { ...home.result('p2'), status: 'running', verdict: 'incomplete', exitCode: 4, exitCodes: [4] }
  home.write('killed/result.json', { ...killed, shard: { index: 1, of: 2 } })
  const incomplete = await home.call(['merge', 'p1', 'killed', '--out', 'k'])
  expect([incomplete.code, incomplete.stderr]).toEqual([6, expect.stringContaining('shard 2/2 is incomplete')])
  await home.call(['merge', 'p1', 'killed', 'p2', 'p2', '--out', 'k', '-q'])
  expect(home.result('k').total.counts.planned).toBe(60)

  home.write('again/result.json', { ...home.result('p2'), runId: 'another' })
  const doubled = await home.call(['merge', 'p1', 'p2', 'again', '--out', 'd'])
  expect([doubled.code, doubled.stderr]).toEqual([6, expect.stringContaining('2 times, with different contents')])

  await home.call(['run', 's.json', '--shard', '1/3', '--out', 'q1', '-q'], { env: { BURN_RUN_ID: 'shards' } })
  const foreign = await home.call(['merge', 'p1', 'q1', '--out', 'f'])
  expect([foreign.code, foreign.stderr]).toEqual([6, expect.stringContaining('another number of shards')])
  await home.call(['run', 's.json', '--shard', '2/2', '--out', 'q2', '-q'], { env: { BURN_RUN_ID: 'other' } })
  expect((await home.call(['merge', 'p1', 'q2', '--out', 'f'])).stderr).toContain('another seed')
  await home.call(['run', 's.json', '-n', '3', '--out', 'whole-run', '-q'])
  expect((await home.call(['merge', 'p1', 'whole-run', '--out', 'f'])).stderr).toContain('no shard')
})

test('parts wait for each other in a folder; who comes too late for a moment gives up', async () => {
  const home = new Home()
  const server = await counting()
  const file = home.write('s.json', scenario(server.url))
  const meet = ['--barrier', 'meet', '--max-skew', '1m']
  const running = [1, 2].map((i) =>
    home.burn(['run', file, '--shard', `${i}/2`, ...meet, '--out', `b${i}`, '-q', '--allow-lag', '60s'], {
      env: { BURN_RUN_ID: 'r1' },
    }),
  )
  expect((await Promise.all(running)).map(({ code }) => code)).toEqual([0, 0])
  const late = [1, 2].map((i) => home.result(`b${i}`).shardData?.parts[0]?.lateMs)
  expect(late.every((ms) => ms !== undefined)).toBe(true)
  expect(home.result('b1').seed).toBe('r1')
  const gone = await home.call(['run', file, '--shard', '1/2', '--start-at', '2020-01-01T00:00:00Z', '--out', 'l'])
  expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('late for the common start')])
  expect(server.count()).toBe(60)
})

test('a setup whose variables would reach one shard only is refused; one without any runs in the first shard', async () => {
  const home = new Home()
  const server = await counting()
  const get = { request: { method: 'GET', path: '/' }, name: 'begin' }
  const capturing = scenario(server.url, { setup: [{ if: 'true', then: [{ ...get, capture: { ok: '$.ok' } }] }] })
  for (const setup of [capturing, scenario(server.url, { setup: [{ set: { ok: 'yes' } }] })]) {
    const { code, stderr } = await home.call(['run', home.write('c.json', setup), '--shard', '2/2', '--out', 'c'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('only shard 1 runs it')])
  }
  expect(server.count()).toBe(0)
  const alone = await home.call(['run', home.write('c.json', capturing), '--shard', '1/1', '--out', 'c1', '-q'])
  expect([alone.code, server.count()]).toEqual([0, 61])
  await shards(home, home.write('s.json', scenario(server.url, { setup: [get] })), 2)
  expect(server.count()).toBe(61 + 61)
})
