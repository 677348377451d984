/** `burn run --workers`: several processes make the load that one would make, and one result says what all of them did. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/store/journal/entry.ts'
import { readJournal } from '../../../src/store/journal/reader.ts'
import { webhookReceiver } from '../../servers/webhook-receiver.ts'
import { chat, childrenOf, eventually, Home, mockFor, OUT, type Running } from '../harness.ts'
import { breaking } from '../preloads.ts'

const RUN = [...OUT, '--log', 'all', '--no-preflight']

const entriesOf = (home: Home): JournalEntry[] => [...readJournal(home.file('out/sessions.jsonl')).entries]

/** False for a process that has ended, also while nobody has asked yet how. */
function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/stat`
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'))
}

/** Starts a long run, and waits until the checkpoint has parts of `count` processes. */
async function underWay(home: Home, count: number, more: readonly string[] = []): Promise<Running> {
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ rate: '60/s', for: '100s' }] }))
  const run = home.start(['run', 's.json', ...RUN, '--workers', String(count), ...more])
  const parts = () => (home.files().includes('out/result.json') ? (home.result().shards?.merged.length ?? 0) : 0)
  await eventually(() => parts() === count, 'a checkpoint with the parts of all workers')
  return run
}

const TARGETS = {
  http: { preset: 'openai-chat', stream: false },
  sse: { preset: 'openai-chat' },
  websocket: { protocol: 'websocket' },
} as const

describe.each(Object.entries(TARGETS))('over %s', (name, target) => {
  test.each([1, 2])('%i processes: all that was planned arrives, once', async (count) => {
    const home = new Home()
    const mock = await mockFor()
    const url = name === 'websocket' ? `${mock.url.replace('http', 'ws')}/ws/chat` : `${mock.url}/v1/chat/completions`
    const load = [
      { rate: '50/s', for: '1s', arrivals: 'poisson' },
      { iterations: 31, users: 4 },
    ]
    const scenario = home.write('s.json', { ...chat(mock.url, { load, seed: 5 }), target: { ...target, url, model: 'demo' } })
    const { code, stderr } = await home.call(['run', scenario, ...RUN, '--workers', String(count)])
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const { total, shards } = home.result()
    expect(shards?.merged.map(({ index }) => index)).toEqual(count === 1 ? undefined : [0, 1])
    expect(total.counts.planned).toBe(mock.stats().requests)
    expect(total.counts.ok).toBe(total.counts.planned)
    const entries = entriesOf(home)
    expect(entries.map(({ iteration }) => iteration).toSorted((a, b) => a - b)).toEqual(entries.map((_, index) => index))
    expect(entries.map(({ endedAtMs }) => endedAtMs)).toEqual(entries.map(({ endedAtMs }) => endedAtMs).toSorted((a, b) => a - b))
    expect(entries).toHaveLength(total.counts.planned)
    expect(home.files().filter((file) => file.includes('worker'))).toEqual([])
  })
})

test('two processes send what one sends, at the same times', async () => {
  const home = new Home()
  const mock = await mockFor()
  const load = [{ rate: { from: '10/s', to: '120/s' }, for: '1500ms', arrivals: { gamma: { shape: 0.5 } } }]
  home.write('s.json', chat(mock.url, { load, seed: 9 }))
  const sent = async (count: string) => {
    await home.call(['run', 's.json', ...RUN, '--overwrite', '--workers', count])
    const { planned, dropped } = home.result().total.counts
    return { planned, dropped, times: new Set(entriesOf(home).map(({ intendedAtMs }) => intendedAtMs)) }
  }
  const [two, one] = [await sent('2'), await sent('1')]
  expect(two.planned).toBe(one.planned)
  // On a busy machine some arrivals are so late that they are dropped; no journal has them.
  expect([...two.times].filter((time) => !one.times.has(time)).length).toBeLessThanOrEqual(one.dropped)
  expect([...one.times].filter((time) => !two.times.has(time)).length).toBeLessThanOrEqual(two.dropped)
  expect(two.times.size).toBeGreaterThan(40)
})

test('setup is made once, and all workers have what it captured', async () => {
  const home = new Home()
  const mock = await mockFor()
  const scenario = chat(mock.url, {
    setup: [{ message: 'log in', name: 'login', capture: { answer: '/(.+)/' } }],
    steps: [{ message: 'as {{answer}} of {{user.id}}', name: 'ask' }],
    load: [{ iterationsPerUser: 2, users: 4 }],
  })
  home.write('s.json', scenario)
  const { code, stderr } = await home.call(['run', 's.json', ...RUN, '--workers', '2'])
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  const steps = entriesOf(home).map(({ step, user, prompt }) => ({ step, user, prompt: JSON.stringify(prompt) }))
  const asked = steps.filter(({ step }) => step === 'ask')
  expect(asked).toHaveLength(8)
  expect(new Set(asked.map(({ user }) => user))).toEqual(new Set([0, 1, 2, 3]))
  expect(asked.filter(({ prompt }) => / as {2}of /.test(prompt))).toEqual([])
  expect(mock.stats().requests).toBe(9)
})

test('a secret that setup captured is masked in what every process writes', async () => {
  const home = new Home()
  const token = 'tk-4711-of-the-login'
  const api = await webhookReceiver(({ path, body }) => {
    if (path === '/login') return { status: 200, body: JSON.stringify({ token }) }
    return { status: 200, body: JSON.stringify({ choices: [{ message: { content: `you said ${body}` } }] }) }
  })
  const scenario = chat(api.url, {
    target: { preset: 'openai-chat', stream: false, url: `${api.url}/v1/chat/completions`, model: 'demo' },
    setup: [{ request: { method: 'POST', path: '/login' }, capture: { token: '$.token' } }],
    steps: [{ message: 'I am {{token}}', name: 'ask' }],
    load: [{ iterationsPerUser: 2, users: 4 }],
  })
  home.write('s.json', scenario)
  const { code, stderr } = await home.call(['run', 's.json', ...RUN, '--workers', '2'])
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  expect(api.received.filter(({ body }) => body.includes(token))).toHaveLength(8)
  const asked = entriesOf(home).filter(({ step }) => step === 'ask')
  const masked = ['I am [secret]', expect.stringContaining('I am [secret]')]
  expect(asked.map(({ prompt, reply }) => [prompt, reply])).toEqual(Array.from({ length: 8 }, () => masked))
  for (const file of home.files()) expect([file, home.read(file)]).toEqual([file, expect.not.stringContaining(token)])
})

test('a worker that is killed is said, and makes the run invalid', async () => {
  const home = new Home()
  const run = await underWay(home, 3)
  const [, lost] = childrenOf(run)
  expect(childrenOf(run)).toHaveLength(2)
  process.kill(lost ?? 0, 'SIGKILL')
  run.kill('SIGINT')
  const { stderr } = await run.finished
  const { validity, total, exitCodes, notes } = home.result()
  expect(exitCodes).toContain(4)
  expect(validity.state).toBe('invalid')
  const [first] = validity.reasons
  expect(first).toMatchObject({ code: 'worker_lost', level: 'invalid' })
  expect(first?.message).toMatch(
    /^worker 3 of 3: it was ended by SIGKILL [\d.]+m?s into the run(; what became of \d+ of its attempts is not known)?; what it began after its last report \(at [\d.]+m?s\) is in no count: by its timetable, (no iteration|up to \d+ iterations?), and any further steps or retries of those under way: the load/,
  )
  expect(stderr.replace(/\s+/g, ' ')).toContain('worker 3 of 3: it was ended by SIGKILL')
  const { planned, ok, failed, cut, dropped } = total.counts
  expect(planned).toBe(ok + failed + cut + dropped)
  expect(notes).toBeDefined()
})

test('a worker that does not start ends the run before anything is sent', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { load: [{ rate: '60/s', for: '100s' }] }))
  const run = home.start(['run', 's.json', ...RUN, '--workers', '3'], { node: breaking(home, 'start of one worker') })
  const held = () => (home.files().includes('held') ? Number(home.read('held')) : 0)
  await eventually(() => held() > 0 && childrenOf(run).length === 2, 'two workers, one of which is not ready')
  const other = childrenOf(run).find((pid) => pid !== held()) ?? 0
  process.kill(held(), 'SIGKILL')
  const { code, stderr } = await run.finished
  expect([code, stderr]).toEqual([7, expect.stringContaining('did not start: it was ended by SIGKILL')])
  expect([mock.stats().requests, isAlive(other)]).toEqual([0, false])
})

test('Ctrl-C lets all processes finish what is in flight; no secret is on their command lines, nor in what they leave', async () => {
  const home = new Home()
  const run = await underWay(home, 2, ['-H', 'authorization: Bearer s3cret-of-the-run'])
  const workers = childrenOf(run)
  const lines = workers.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  // A terminal sends it to all of them.
  for (const pid of workers) process.kill(pid, 'SIGINT')
  run.kill('SIGINT')
  expect((await run.finished).code).toBe(130)
  const { total, shards, validity } = home.result()
  expect(shards?.merged).toHaveLength(2)
  expect(validity.reasons.map(({ code }) => code)).not.toContain('worker_lost')
  expect(total.counts.ok).toBeGreaterThan(0)
  expect(total.counts.cut).toBe(0)
  expect(lines).toEqual([expect.stringContaining('burn.js')])
  expect(lines.join()).not.toContain('s3cret')
  for (const file of home.files().filter((name) => name.startsWith('out/'))) expect(home.read(file)).not.toContain('s3cret')
})

test('Ctrl-C ends the other processes when the first one has made its share', async () => {
  const home = new Home()
  const api = await webhookReceiver(({ path }) => (path === '/1' ? 'never' : { status: 200, body: 'fine' }))
  const steps = [{ name: 'ask', request: { method: 'GET', path: '/{{user.id}}' } }]
  const load = [{ iterationsPerUser: 1, users: 2 }]
  home.write('s.json', { name: 's', target: { url: api.url }, steps, load, graceful: '1h' })
  const run = home.start(['run', 's.json', ...RUN, '--workers', '2'])
  const counted = () => (home.files().includes('out/result.json') ? home.result().total.counts : undefined)
  await eventually(() => counted()?.ok === 1 && counted()?.planned === 2, 'a checkpoint with both attempts')
  run.kill('SIGINT')
  await run.until(({ stderr }) => stderr.includes('once more to stop at once'))
  run.kill('SIGINT')
  const { code, stderr } = await run.finished
  expect(code, stderr).toBe(130)
  const { total, validity } = home.result()
  expect(total.counts).toMatchObject({ planned: 2, ok: 1, cut: 1 })
  // What the user cut is no fault of the measurement.
  expect(validity.reasons.map(({ code }) => code)).not.toContain('cut')
})

test('no worker outlives its run', async () => {
  const home = new Home()
  const run = await underWay(home, 2)
  const workers = childrenOf(run)
  expect(workers).toHaveLength(1)
  run.kill('SIGKILL')
  await run.finished
  await eventually(() => !workers.some(isAlive), 'the end of the worker')
  expect(home.result()).toMatchObject({ status: 'running', verdict: 'incomplete' })
})

test.each([
  [['--workers', '0'], 'expected a number from 1 to 64, or auto'],
  [['--workers', 'many'], 'expected a number from 1 to 64, or auto'],
])('%j is refused', async (flags, message) => {
  const home = new Home()
  home.write('s.json', chat('http://127.0.0.1:9', { load: [{ users: 4, for: '1s' }] }))
  const { code, stderr } = await home.call(['run', 's.json', ...RUN, ...flags])
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
})

test('a scenario on standard input needs one process', async () => {
  const home = new Home()
  const scenario = JSON.stringify(chat('http://127.0.0.1:9', { load: [{ users: 4, for: '1s' }] }))
  const piped = await home.burn(['run', '-', ...RUN, '--workers', '2'], { stdin: scenario })
  expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining('standard input')])
})

test('a scenario has no more workers than users', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url))
  expect((await home.call(['run', 's.json', ...RUN, '--workers', '8'])).code).toBe(0)
  expect(home.result().shards).toBeUndefined()
})

test('shards on several machines refuse stopWhen', async () => {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, { stopWhen: 'settled', load: [{ users: 4, for: '10m' }] }))
  const { code, stderr } = await home.call(['run', 's.json', '--shard', '1/2'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('stopWhen looks at the whole load every second')])
  expect(mock.stats().requests).toBe(0)
})

test('a judge is asked once, about one sample of the replies of all processes', async () => {
  const home = new Home()
  const grader = { preset: 'openai-chat', url: 'mock:', model: 'grader', mock: { replies: 'grades', firstTokenMs: 0, gapMs: 0 } }
  const judge = { target: grader, sample: 6, perGroup: 3, askTwice: 4, cache: false }
  const more = { thresholds: ['judge_score avg > 0'], load: [{ iterations: 20, users: 4 }], judge }
  home.write('s.json', chat((await mockFor()).url, more))
  const askedBy = async (workers: string) => {
    const { code, stderr } = await home.call(['run', 's.json', ...RUN, '--overwrite', '--workers', workers])
    expect(code, stderr).toBe(0)
    const { judge: asked, thresholds } = home.result()
    const [{ samples } = { samples: 0 }] = thresholds
    return {
      ...asked,
      samples,
      again: asked?.again?.replies,
      kappa: typeof asked?.again?.kappa,
      said: stderr.includes('asking the judge'),
    }
  }
  const [one, two] = [await askedBy('1'), await askedBy('2')]
  expect(one).toMatchObject({ replies: 20, sampled: 6, scored: 6, failed: 0, again: 4, samples: 6 })
  const counts = ({ replies, sampled, further, asked, scored, samples, again, kappa, said }: typeof one) => ({
    replies,
    sampled,
    further,
    asked,
    scored,
    samples,
    again,
    kappa,
    said,
  })
  expect(counts(two)).toEqual(counts(one))
})
