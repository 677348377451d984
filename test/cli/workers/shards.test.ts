/** `--shard` with `--workers`: a part of the load that several processes of one machine make, and one machine among others that makes its part alone. */
import { expect, test } from 'vitest'
import type { Result } from '../../../src/result/schema.ts'
import { readJournal } from '../../../src/store/journal/reader.ts'
import { chat, childrenOf, eventually, Home, mockFor } from '../harness.ts'

const FLAGS = ['--log', 'all', '--no-preflight', '-q', '--allow-lag', '60s']
/** Parts begin a second after the last one has come; how late each may be on a machine that stands still is no matter here. */
const MEET = ['--barrier', 'meet', '--max-skew', '1m']
const LOAD = [
  { rate: { from: '40/s', to: '120/s' }, for: '1s', arrivals: { gamma: { shape: 0.5 } } },
  { iterations: 37, users: 8 },
]

const sentBy = (home: Home, folder: string) =>
  [...readJournal(home.file(`${folder}/sessions.jsonl`)).entries].map(({ iteration, intendedAtMs, phase }) => ({
    iteration,
    phase,
    // Iterations of users come when those before are over.
    at: phase === 'phase-1' ? intendedAtMs : null,
  }))

test('the shards together send what one process sends, however many processes make each', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: LOAD, seed: 9, thresholds: ['errors ratio < 1%', 'ok count > 60'] }))
  await home.call(['run', 's.json', ...FLAGS, '--out', 'one'])
  const alone = mock.stats().requests
  const part = (i: number, workers: number) =>
    home.burn(['run', 's.json', ...FLAGS, ...MEET, '--shard', `${i}/3`, '--workers', String(workers), '--out', `p${i}`], {
      env: { BURN_RUN_ID: 'shards' },
    })
  const parts = await Promise.all([part(1, 2), part(2, 1), part(3, 2)])
  expect(parts.map(({ code, stderr }) => ({ code, stderr }))).toEqual(parts.map(() => ({ code: 0, stderr: '' })))
  expect(home.files().filter((file) => file.includes('worker'))).toEqual([])
  const merged = await home.call(['merge', 'p1', 'p2', 'p3', '--out', 'whole'])
  const [one, whole] = [home.result('one'), home.result('whole')]
  expect(merged.code).toBe(0)
  expect(whole.validity.reasons.map(({ code }) => code)).not.toEqual(expect.arrayContaining(['parts_apart']))
  expect(whole.shards).toMatchObject({ of: 3, missing: [] })
  expect(whole.shards?.merged.map(({ index }) => index).toSorted()).toEqual([0, 1, 2, 3, 5])
  expect(whole.total.counts).toEqual(one.total.counts)
  expect(mock.stats().requests - alone).toBe(whole.total.counts.planned)
  const [parted, sent] = [['p1', 'p2', 'p3'].flatMap((folder) => sentBy(home, folder)), sentBy(home, 'one')]
  for (const of of ['iteration', 'at'] as const)
    expect(parted.map((entry) => entry[of] ?? 0).toSorted((x, y) => x - y)).toEqual(
      sent.map((entry) => entry[of] ?? 0).toSorted((x, y) => x - y),
    )
})

test('a worker of a shard that is killed makes the merged run invalid', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ rate: '60/s', for: '100s', maxUsers: 8 }] }))
  const flags = ['run', 's.json', ...FLAGS, '--shard']
  const run = home.start([...flags, '1/2', '--workers', '2', '--out', 'p1'])
  const hasBoth = () => home.files().includes('p1/result.json') && (home.result('p1').shardData?.parts.length ?? 0) === 2
  await eventually(hasBoth, 'a checkpoint with the parts of both')
  const children = childrenOf(run)
  expect(children).toHaveLength(1)
  process.kill(children[0] ?? 0, 'SIGKILL')
  run.kill('SIGINT')
  expect((await run.finished).code).toBe(130)
  const other = home.start([...flags, '2/2', '--out', 'p2'])
  await eventually(() => home.files().includes('p2/result.json'), 'a checkpoint')
  other.kill('SIGINT')
  await other.finished
  const { code } = await home.call(['merge', 'p1', 'p2', '--out', 'whole'])
  const whole: Result = home.result('whole')
  expect([code, whole.exitCodes]).toEqual([130, expect.arrayContaining([4])])
})

test('a shard has no more processes than every phase has users for', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write(
    's.json',
    chat(mock.url, {
      load: [
        { iterations: 9, users: 8 },
        { iterations: 9, users: 5 },
      ],
    }),
  )
  await home.call(['run', 's.json', ...FLAGS, '--shard', '1/2', '--workers', '4', '--out', 'p1'])
  // Of 5 users in the second phase, 2 shards have 2 processes each at most.
  expect(home.result('p1').shardData?.parts.map(({ index, of }) => [index, of])).toEqual([
    [0, 4],
    [2, 4],
  ])
})
