/** `burn search` from outside, against a target that serves ten requests at a time and refuses more. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { type SearchResult, searchResultSchema } from '../../../src/result/search.ts'
import { listen } from '../../servers/http-faults.ts'
import { afterEveryTest } from '../../support/leftovers.ts'
import { timedTest } from '../../support/quiet.ts'
import { Home } from '../harness.ts'

const SHORT = ['--point', '100ms', '--warm-up', '100ms', '--confirm', '200ms', '--allow-lag', '60s', '--from', '4', '--max', '64']
/** For the slow replies of the mock. */
const LONGER = ['--point', '300ms', '--confirm', '600ms']
const servers = new Set<ReturnType<typeof createServer>>()

afterEveryTest(async () => {
  for (const server of servers) server.close().closeAllConnections()
  servers.clear()
})

/** A target with ten places: a user beyond them gets 503, after the same time as an answer. */
async function tenPlaces(): Promise<string> {
  let busy = 0
  const server = createServer((_, response) => {
    const served = busy < 10
    if (served) busy += 1
    setTimeout(() => {
      if (served) busy -= 1
      response.writeHead(served ? 200 : 503).end()
    }, 8)
  })
  servers.add(server)
  return `http://127.0.0.1:${await listen(server)}/`
}

async function searchable(own: Readonly<Record<string, unknown>> = {}) {
  const home = new Home()
  home.write('s.json', {
    name: 'places',
    target: { protocol: 'http', url: await tenPlaces() },
    load: [{ users: 1, for: '1s' }],
    steps: [{ request: { method: 'GET' } }],
    thresholds: ['errors ratio < 1%'],
    ...own,
  })
  const stored = (): SearchResult => searchResultSchema.parse(JSON.parse(home.read('out/search.json')))
  const search = (...flags: string[]) => home.call(['search', 's.json', '--out', 'out', ...SHORT, ...flags])
  return { home, stored, search }
}

test('finds the places of a target, keeps every point as a run, and knows the answer when it is asked again', async () => {
  const { home, stored, search } = await searchable()
  expect(await search()).toMatchObject({ code: 0, stderr: expect.stringMatching(/FOUND {2}places · holds (?:9|10) users/) })
  const found = stored()
  expect(found).toMatchObject({ status: 'completed', verdict: 'found', for: 'users', exitCode: 0, file: 's.json' })
  expect(found.tiers).toEqual([expect.objectContaining({ name: 'thresholds', failed: 11, nearest: 'errors ratio < 1%' })])
  expect(found.tiers[0]?.confirmed).toBeOneOf([9, 10])
  for (const { folder, load, tiers, meanInFlight } of found.points) {
    expect(home.result(`out/${folder}`)).toMatchObject({ scenarioName: 'places', status: 'completed' })
    expect(tiers[0]?.holds, `${load} users`).toBe(load <= 10)
    expect(meanInFlight).toBeGreaterThan(0)
  }
  expect(home.read('out/report.md')).toContain('## places: FOUND')
  expect((await search('--json')).code).toBe(0)
  expect(stored().points).toEqual(found.points)
})

test('--holds asks one question: 0 when the load holds, 1 when it does not', async () => {
  const { stored, search } = await searchable()
  expect(await search('--holds', '8')).toMatchObject({ code: 0, stderr: expect.stringContaining('holds 8 users') })
  expect(stored().points).toHaveLength(1)
  const over = await search('--holds', '20', '--overwrite', '--json')
  expect(over.code).toBe(1)
  expect(JSON.parse(over.stdout)).toMatchObject({ verdict: 'does_not_hold', reason: expect.stringMatching(/20 users: .*errors/) })
})

test('a rate may be written in thousands', async () => {
  const { search } = await searchable()
  const load = ['--for', 'rate', '--from', '1.5k', '--max', '10', '--holds', '1k']
  expect(await search(...load)).toMatchObject({ code: 2, stderr: expect.stringContaining('--from 1.5k is above --max 10') })
})

test('warnings are about the loads that are searched, not about the load of the scenario', async () => {
  const { search } = await searchable({ stopWhen: [{ when: 'saturated', above: '30s' }] })
  const never = 'stopWhen: saturated is never met'
  expect((await search('--holds', '2')).stderr).toContain(never)
  expect((await search('--for', 'rate', '--holds', '2', '--overwrite')).stderr).not.toContain(never)
})

test('--holds in the folder of an earlier search answers from long points of its own load, as long as is asked now', async () => {
  const { stored, search } = await searchable()
  const verdictAt = async (...flags: string[]) => {
    const { code } = await search(...flags)
    return [code, stored().reason.replace(/(users).*/, '$1'), stored().points.length]
  }
  expect(await verdictAt('--holds', '4')).toEqual([0, 'holds 4 users', 1])
  expect(await verdictAt('--holds', '20')).toEqual([1, 'does not hold 20 users', 2])
  expect(await verdictAt('--holds', '4')).toEqual([0, 'holds 4 users', 2])
  expect(await verdictAt('--holds', '4', '--confirm', '700ms')).toEqual([0, 'holds 4 users', 3])
  expect(stored().points.map(({ load, isLong, seconds }) => [load, isLong, seconds >= 0.3])).toContainEqual([4, true, true])
})

// A stall before the first point would use up the budget.
timedTest('a search whose budget ends says so, and goes on when it gets more', async () => {
  const { stored, search } = await searchable()
  expect(await search('--budget', '1s')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('the budget of 1s is used up'),
  })
  const before = stored()
  expect(before).toMatchObject({ status: 'stopped', verdict: 'unconfirmed' })
  expect(before.points.length).toBeGreaterThan(0)
  expect(await search()).toMatchObject({ code: 0, stderr: expect.stringContaining('going on with the search') })
  expect(stored().points.slice(0, before.points.length)).toEqual(before.points)
  expect(await search('--tier', 'gold=errors ratio < 2%')).toMatchObject({
    code: 7,
    stderr: expect.stringContaining('other thresholds'),
  })
})

test('each set of thresholds gets its own answer from the same points', async () => {
  const { stored, search } = await searchable({ thresholds: [] })
  const tiers = ['--tier', 'strict=errors ratio < 1%', '--tier', 'never=response_time p50 < 1us']
  const ended = await search(...tiers, '--confirm', '400ms')
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('never: does not hold even 1 user') })
  const [strict, never] = stored().tiers
  expect(strict).toMatchObject({ name: 'strict', thresholds: ['errors ratio < 1%'], failed: 11 })
  expect(strict?.confirmed).toBeOneOf([9, 10])
  expect(never).toMatchObject({ ended: 'below', confirmed: null })
})

test('a set that gets too few samples has no answer, whatever another set says of the same points', async () => {
  const { stored, search } = await searchable({ thresholds: [] })
  const sets = ['--tier', 'never=response_time avg < 1us', '--tier', 'rare=response_time p99.9 < 60s']
  const lengths = ['--from', '1', '--max', '1', '--confirm', '100ms']
  expect(await search(...sets, ...lengths)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('too few samples at 1 user'),
  })
  expect(stored().tiers).toMatchObject([{ ended: 'below' }, { name: 'rare', ended: null, confirmed: null }])
})

test('stopWhen ends only points that fail, and settled none', async () => {
  const own = { stopWhen: ['settled', { when: 'saturated', above: '1us' }] }
  const { home, search, stored } = await searchable(own)
  expect((await search('--holds', '4')).code).toBe(0)
  const { stopWhen } = home.result(`out/${stored().points[0]?.folder}`)
  expect(stopWhen?.map(({ when, mode, ended }) => [when, mode, ended])).toEqual([
    ['settled', 'monitor', false],
    ['saturated', 'enforce', false],
  ])
})

test('a trace has its own times, and no load to search', async () => {
  const { home, search } = await searchable({
    load: [{ trace: 't.jsonl' }],
    steps: [{ request: { method: 'GET', query: { q: '{{trace.prompt}}' } } }],
  })
  home.write('t.jsonl', '{"atMs": 0, "prompt": "a"}\n')
  const { code, stderr } = await search()
  expect(code).toBe(2)
  expect(stderr).toContain('s.json plays a trace, which has its own times: a search needs users or a rate')
})

test('a rate is searched in an open model', async () => {
  const { stored, search } = await searchable({ load: [{ rate: '5/s', for: '1s' }] })
  expect((await search('--from', '250', '--max', '250')).code).toBe(0)
  expect(stored()).toMatchObject({ for: 'rate', tiers: [{ confirmed: 250, ended: 'max' }] })
})

test('nothing passes that was not tested: no thresholds, no target, no samples, a generator that was the limit', async () => {
  const none = await searchable({ thresholds: [] })
  expect(await none.search()).toMatchObject({ code: 2, stderr: expect.stringContaining('has no thresholds') })
  const dead = await searchable({ target: { protocol: 'http', url: 'http://127.0.0.1:9/' } })
  expect((await dead.search()).code).toBe(3)
  expect(dead.stored()).toMatchObject({ verdict: 'could_not_test' })
  const silent = await searchable({ thresholds: ['ttft p95 < 1s'] })
  expect((await silent.search('--holds', '4')).code).toBe(1)
  const late = await searchable()
  expect(await late.search('--allow-lag', '1us')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('burn itself was the limit'),
  })
  expect(late.stored()).toMatchObject({ verdict: 'invalid', status: 'stopped' })
})

test.each([
  [['--precision', '90%'], '--precision 90%'],
  [['--from', '9', '--max', '8'], '--from 9 is above --max 8'],
  [['--holds', '2.5'], '--holds 2.5'],
  [['--budget', 'soon'], '--budget soon'],
  [['--max-cost', 'much'], '--max-cost much'],
  [['--tier', 'gold'], '--tier "gold"'],
  [['--tier', 'gold=p95 of nothing'], '--tier gold'],
])('refuses %j before anything is sent', async (flags, message) => {
  const { search, home } = await searchable()
  expect(await search(...flags)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  expect(home.files()).toEqual(['s.json'])
})

test('a secret of the scenario is in no output and no file', async () => {
  const secret = 'hunter2-very-secret-value'
  const { home } = await searchable()
  const scenario = JSON.parse(home.read('s.json'))
  home.write('s.json', { ...scenario, target: { ...scenario.target, headers: { authorization: '${env.KEY}' } } })
  const { code, stdout, stderr } = await home.call(['search', 's.json', '--out', 'out', ...SHORT, '--holds', '4', '--json'], {
    env: { KEY: secret },
  })
  expect(code, stderr).toBe(0)
  const texts = [stdout, stderr, ...home.files().map((file) => home.read(file))]
  expect(texts.filter((text) => text.includes(secret))).toEqual([])
  expect(texts.length).toBeGreaterThan(4)
})

test('--max-cost ends a search before it costs more, and is no threshold of the load', async () => {
  const home = new Home()
  home.write('s.json', {
    name: 'priced',
    target: { preset: 'openai-chat', url: 'mock:', pricing: { inputPer1M: 1000, outputPer1M: 10_000 } },
    load: [{ users: 1, for: '1s' }],
    steps: [{ message: 'hello' }],
    thresholds: ['response_time avg < 60s'],
  })
  const ended = await home.call(['search', 's.json', '--out', 'out', ...SHORT, ...LONGER, '--max-cost', '0.4'])
  expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('the money is used up (--max-cost 0.4)') })
  const search = searchResultSchema.parse(JSON.parse(home.read('out/search.json')))
  expect(search.cost).toBeLessThanOrEqual(0.4)
  expect(search.cost).toBeGreaterThan(0)
  expect(search.points.flatMap(({ tiers }) => tiers.map(({ nearest }) => nearest))).not.toContainEqual(
    expect.stringMatching(/cost/),
  )
})
