/** `burn compare` live: what it runs, what it writes, and what it refuses. Its verdicts are proved in test/proofs/compare.test.ts. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readResult } from '../../../src/store/read-result.ts'
import { Home, mockFor } from '../harness.ts'

/** A scenario with two targets, which both answer. */
async function twoTargets(home: Home, more: object = {}) {
  const [current, next] = [await mockFor(), await mockFor()]
  const target = (url: string) => ({ preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' })
  home.write('two.json', {
    name: 'two',
    targets: { current: target(current.url), next: target(next.url) },
    load: [{ rate: '40/s', for: '1s' }],
    steps: [{ message: 'Hello {{user.id}}' }],
    ...more,
  })
  return { current, next }
}

test('both targets get the same iterations, and a folder each', async () => {
  const home = new Home()
  await twoTargets(home)
  const { code, stdout, stderr } = await home.call([
    'compare',
    'two.json',
    '--out',
    'out',
    '--format',
    'json',
    '--seed',
    '7',
    '--allow-lag',
    '60s',
  ])
  const found = JSON.parse(stdout)
  expect(found, stderr).toMatchObject({ mode: 'interleaved', a: { name: 'current' }, b: { name: 'next' }, seed: '7' })
  // One second decides nothing, and that is said.
  expect(found.verdict).toBe('UNCLEAR')
  expect(found.warnings[0]).toContain('only 1 block of 25 attempts: 9 are needed for any verdict')
  // What was seen is shown all the same.
  // Both sides have 40; those beyond the time that they share, which depends on the machine, are not compared.
  expect(found.a.attempts).toBeGreaterThan(0)
  expect(found.values[0]).toMatchObject({
    metric: 'ttft p50',
    gate: true,
    a: expect.any(Number),
    b: expect.any(Number),
    low: null,
  })
  expect(code).toBe(0)
  expect(readdirSync(home.file('out')).sort()).toEqual([
    ...['a-current', 'b-next'],
    ...['comparison.html', 'comparison.json', 'comparison.md'],
  ])
  const [a, b] = ['a-current', 'b-next'].map((name) => readResult(home.file(`out/${name}`)))
  expect([a?.total.counts.planned, b?.total.counts.planned]).toEqual([40, 40])
  expect([a?.seed, b?.seed]).toEqual(['7', '7'])
  // Of the same moment, told by a wall clock that is read twice.
  expect(Math.abs((b?.startTime ?? 0) - (a?.startTime ?? 9))).toBeLessThanOrEqual(1)
  expect(JSON.parse(home.read('out/comparison.json'))).toEqual(found)
  expect(home.read('out/comparison.md')).toContain('| metric | A | B |')
  const { stdout: page } = await home.call(['compare', 'out/a-current', 'out/b-next', '--format', 'html'])
  const curves = (text: string) => /<section id="percentiles"[\s\S]*?<\/section>/.exec(text)?.[0]
  expect(curves(page)).toContain('<path')
  expect(curves(home.read('out/comparison.html'))).toBe(curves(page))
})

test('metrics and webhooks are not sent, and that is said', async () => {
  const home = new Home()
  const load = [{ users: 1, iterations: 2 }]
  const webhooks = [{ url: 'http://127.0.0.1:9/hook' }]
  await twoTargets(home, { load, export: [{ prometheus: 'burn.prom' }], webhooks })
  const { stderr } = await home.call(['compare', 'two.json', '--out', 'out'])
  expect(stderr).toContain('runs that are compared send nothing: export and webhooks of the scenario are left out\n')
  expect(readdirSync(home.file('out/a-current'))).not.toContain('burn.prom')
  for (const flags of [['--export', 'prometheus=x.prom'], ['--otlp=http://127.0.0.1:9']])
    expect(await home.call(['compare', 'two.json', ...flags])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^burn: --(?:export|otlp): runs that are compared send no metrics\n/),
    })
})

test('two files are compared with one seed', async () => {
  const home = new Home()
  const { current, next } = await twoTargets(home)
  for (const [name, { url }] of Object.entries({ old: current, new: next })) {
    home.write(`${name}.json`, {
      name,
      target: { preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' },
      load: [{ users: 2, iterations: 6 }],
      steps: [{ message: 'Hello' }],
    })
  }
  const { stdout, stderr } = await home.call(['compare', 'old.json', 'new.json', '--out', 'out', '-q', '-f', 'json'])
  expect(JSON.parse(stdout)).toMatchObject({ a: { name: 'old.json' }, b: { name: 'new.json' } })
  expect(stderr).toBe('')
  const [a, b] = ['a-old-json', 'b-new-json'].map((name) => readResult(home.file(`out/${name}`)))
  expect(a?.seed).toBe(b?.seed)
})

test('when the login of one side is refused, the other is not blamed for a login that was cut off', async () => {
  const home = new Home()
  const { current, next } = await twoTargets(home)
  let slowAsked = () => {}
  const asked = new Promise<void>((resolve) => (slowAsked = resolve))
  const login = createServer((request, response) => {
    if (request.url === '/slow') return slowAsked()
    void asked.then(() => response.writeHead(401).end())
  }).listen(0, '127.0.0.1')
  await once(login, 'listening')
  onTestFinished(() => void login.close().closeAllConnections())
  const { port } = login.address() as AddressInfo
  const target = (url: string, place: string) => ({
    ...{ preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' },
    auth: { type: 'handshake', request: { url: `http://127.0.0.1:${port}/${place}` }, per: 'run' },
  })
  home.write('two.json', {
    name: 'two',
    targets: { current: target(current.url, 'slow'), next: target(next.url, 'refused') },
    load: [{ users: 1, iterations: 1 }],
    steps: [{ message: 'Hello' }],
  })
  const { stdout } = await home.call(['compare', 'two.json', '--out', 'out', '-f', 'json'])
  const [a, b] = ['a-current', 'b-next'].map((name) => readResult(home.file(`out/${name}`)))
  expect([a?.reason, b?.reason]).toEqual(['no request was sent', expect.stringContaining('/refused answered 401')])
  expect(stdout).not.toMatch(/abort/i)
})

test('--faults compares a scenario without its faults and with them', async () => {
  const home = new Home()
  const { current } = await twoTargets(home)
  home.write('one.json', {
    name: 'one',
    target: { url: current.url },
    load: [{ users: 1, iterations: 5 }],
    steps: [{ request: { path: '/health' } }],
    faults: [{ status: 500, probability: '100%' }],
  })
  const { stdout, stderr } = await home.call(['compare', 'one.json', '--faults', '--out', 'out', '-f', 'json'])
  expect(JSON.parse(stdout), stderr).toMatchObject({
    ...{ a: { name: 'without faults', attempts: 5 }, b: { name: 'with faults', attempts: 0, injected: 5 } },
    warnings: expect.arrayContaining([expect.stringContaining('differently: none into A, status into B')]),
  })
  const [a, b] = ['a-without-faults', 'b-with-faults'].map((name) => readResult(home.file(`out/${name}`)))
  expect([a?.faults, a?.total.counts.ok]).toEqual([undefined, 5])
  expect([b?.faults?.failures, b?.faults?.sent]).toEqual([5, 0])
  for (const format of ['console', 'md', 'html'])
    expect((await home.call(['report', 'out', '-f', format])).stdout).toContain('0 attempts, 5 more failed by injected faults')
})

test('--faults takes those of the wire alone, and --no-faults leaves both sides without', async () => {
  const home = new Home()
  const { current, next } = await twoTargets(home)
  home.write('wire.json', {
    name: 'wire',
    target: { url: current.url },
    load: [{ users: 1, iterations: 5 }],
    steps: [{ request: { path: '/health' } }],
    faults: [{ latency: '5ms' }],
  })
  const args = ['wire.json', '--out', 'out', '--overwrite', '-f', 'json']
  const both = await home.call(['compare', ...args, '--faults'])
  expect(JSON.parse(both.stdout), both.stderr).toMatchObject({ b: { name: 'with faults' } })
  const none = await home.call(['compare', ...args, '--no-faults', '--against', next.url])
  expect(none.stdout).not.toContain('injected differently')
  expect(none.stdout).not.toContain('latency into')
})

test('--against runs one scenario at a second address', async () => {
  const home = new Home()
  const { current, next } = await twoTargets(home)
  home.write('one.json', {
    name: 'one',
    target: { url: current.url },
    load: [{ users: 1, iterations: 3 }],
    steps: [{ request: { path: '/health' } }],
  })
  const { stdout, stderr } = await home.call(['compare', 'one.json', '--against', next.url, '--out', 'out', '-f', 'json'])
  expect(JSON.parse(stdout), stderr).toMatchObject({ a: { name: current.url }, b: { name: next.url } })
  const sent = readdirSync(home.file('out')).flatMap((name) =>
    name.startsWith('comparison') ? [] : [readResult(home.file(`out/${name}`))],
  )
  expect(sent.map(({ target, total }) => [target[0]?.url, total.counts.ok])).toEqual([
    [current.url, 3],
    [next.url, 3],
  ])
})

test('in turns, each side runs twice', async () => {
  const home = new Home()
  await twoTargets(home, { load: [{ users: 1, iterations: 3 }] })
  const { stderr } = await home.call([
    'compare',
    'two.json',
    '--mode',
    'abba',
    '--cool-down',
    '1ms',
    '--out',
    'out',
    '-f',
    'json',
  ])
  expect(stderr.match(/running [AB]/g)).toEqual(['running A', 'running B', 'running B', 'running A'])
  const folders = ['a-current-1', 'a-current-2', 'b-next-1', 'b-next-2']
  expect(readdirSync(home.file('out')).filter((name) => !name.startsWith('comparison'))).toEqual(folders)
})

test('--salt begins the prompts of each side with a text of its own', async () => {
  const home = new Home()
  const load = { load: [{ users: 1, iterations: 2 }] }
  const prompts = async (more: object) => {
    await twoTargets(home, { ...load, ...more })
    await home.call(['compare', 'two.json', '--salt', '--log', 'all', '--out', 'out', '--overwrite', '--seed', '1'])
    return ['a-current', 'b-next'].map((name) => {
      const lines = home.read(`out/${name}/sessions.jsonl`).trim().split('\n').slice(1)
      return lines.map((line): string => JSON.parse(line).prompt)
    })
  }
  const [a = [], b = []] = await prompts({})
  expect(a[0]).toMatch(/^\[[0-9a-f]{8}\] Hello \d+$/)
  expect(a[1]?.slice(0, 10)).toBe(a[0]?.slice(0, 10))
  expect(b[0]?.slice(10)).toBe(a[0]?.slice(10))
  expect(b[0]?.slice(0, 10)).not.toBe(a[0]?.slice(0, 10))
})

test('a ceiling that ends the runs is no pass, and is said', async () => {
  const home = new Home()
  await twoTargets(home)
  const { targets, ...rest } = JSON.parse(home.read('two.json'))
  const priced = Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [
      name,
      { ...(target as object), pricing: { inputPer1M: 1000, outputPer1M: 1000 } },
    ]),
  )
  home.write('two.json', { ...rest, targets: priced })
  const flags = ['--max-cost', '0.01', '--allow-lag', '60s', '--out', 'out', '-f', 'json']
  const { code, stdout } = await home.call(['compare', 'two.json', ...flags])
  expect(code).toBe(1)
  expect(JSON.parse(stdout).warnings.join()).toMatch(/current by itself: failed, .*cost/)
})

test('a target that is not there is no verdict: exit code 3', async () => {
  const home = new Home()
  await twoTargets(home)
  const text = home
    .read('two.json')
    .replace(/"next":\{"preset":"openai-chat","url":"[^"]+"/, '"next":{"preset":"openai-chat","url":"http://127.0.0.1:1/"')
  home.write('two.json', text)
  const { code, stdout } = await home.call(['compare', 'two.json', '--out', 'out', '--no-color'])
  expect(code).toBe(3)
  expect(stdout).toContain('could not test')
  expect(stdout).toContain('ECONNREFUSED')
  // Nothing is sent to the side that could be reached.
  expect(readResult(home.file('out/a-current')).total.counts.started).toBe(0)
})

test('no scenario is replaced by its comparison', async () => {
  const home = new Home()
  await twoTargets(home)
  const before = home.read('two.json')
  const { code, stderr } = await home.call(['compare', 'two.json', '-o', 'two.json'])
  expect({ code, said: stderr.includes('the run reads this file') }, stderr).toEqual({ code: 2, said: true })
  expect(home.read('two.json')).toBe(before)
})

test('what does not name two sides is refused before anything is sent', async () => {
  const home = new Home()
  const { current } = await twoTargets(home)
  home.write(
    'one.yaml',
    `name: one\ntarget: { url: "${current.url}" }\nload: [ { users: 1, iterations: 1 } ]\nsteps: [ { request: {} } ]\n`,
  )
  for (const [args, problem] of [
    [['one.yaml'], 'one target, and two are compared'],
    [['one.yaml', 'one.yaml', 'one.yaml'], '3 scenarios are named'],
    [['one.yaml', 'one.yaml', '--against', current.url], '--against names the second side'],
    [['one.yaml', '--faults'], 'one.yaml injects no faults'],
    [['one.yaml', 'one.yaml', '--faults'], '--faults names both sides'],
    [['one.yaml', 'two.json'], 'two.json holds 2 scenarios or targets'],
    [['two.json', '--target', 'current'], 'one target, and two are compared'],
    [['one.yaml', 'one.yaml', '--salt'], 'sends no messages'],
    [['one.yaml', 'one.yaml', '--until-decided'], 'the load has no length'],
    [['two.json', '--mode', 'abba', '--until-decided'], '--until-decided: only runs that go on at the same time'],
    [['two.json', '--cool-down', 'x'], 'expected a duration'],
    [['one.yaml', 'burn-results'], 'one.yaml is a scenario, and another argument is a result'],
  ] as const) {
    const { code, stderr } = await home.call(['compare', ...args])
    expect({ code, said: stderr.includes(problem) }, stderr).toEqual({ code: 2, said: true })
  }
  expect(readdirSync(home.path).sort()).toEqual(['one.yaml', 'two.json'])
})

test('flags of a live comparison are refused for results', async () => {
  const home = new Home()
  await twoTargets(home, { load: [{ users: 1, iterations: 1 }] })
  await home.call(['compare', 'two.json', '--out', 'out'])
  const { code, stderr } = await home.call(['compare', 'out/a-current', 'out/b-next', '--mode', 'abba'])
  expect(stderr).toContain('--mode: for scenarios, which are run')
  expect(code).toBe(2)
})

test('the page has conversations of both sides, with the words that differ', async () => {
  const home = new Home()
  const [current, next] = [await mockFor({ seed: 1 }), await mockFor({ seed: 2, errorRate: 0.3 })]
  const target = (url: string) => ({ preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' })
  home.write('two.json', {
    name: 'two',
    targets: { current: target(current.url), next: target(next.url) },
    load: [{ users: 5, iterations: 40 }],
    steps: [{ message: 'Hello <img src=x> {{user.id}}' }, { message: 'And then?' }],
  })
  await home.call(['compare', 'two.json', '--out', 'out', '--seed', '7', '--allow-lag', '60s', '--log', 'all'])
  const page = home.read('out/comparison.html')
  const [, section = ''] = /<section[^>]* id="pairs"[^>]*>([\s\S]*?)<\/section>/.exec(page) ?? []
  expect(section).toContain('12 of the 40 conversations that the journals of both sides have')
  expect(section.match(/<summary>/g)).toHaveLength(12)
  expect(section.match(/one side failed ·/g)?.length).toBe(4)
  expect(section).toContain('<ins>')
  expect(section).toContain('Hello &lt;img src=x&gt; ')
  const again = await home.call(['report', 'out', '--format', 'html'])
  expect(again.stdout).toBe(page)
})

test('what the servers say of their builds is in the results, and differences are told', async () => {
  const home = new Home()
  const addresses: string[] = []
  for (const version of ['1.4', '1.5']) {
    const server = createServer((_, response) => void response.setHeader('x-version', version).end('{"text":"hi"}'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    addresses.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  }
  const [current = '', next = ''] = addresses
  home.write('two.json', {
    name: 'two',
    targets: { current: { url: current }, next: { url: next } },
    load: [{ rate: '20/s', for: '1s' }],
    steps: [{ request: {} }],
  })
  const { stdout } = await home.call(['compare', 'two.json', '--out', 'out', '--format', 'json', '--allow-lag', '60s'])
  expect(readResult(home.file('out/a-current')).target[0]?.builds).toEqual({ 'x-version': ['1.4'] })
  expect(JSON.parse(stdout).warnings).toContain('the servers are of different builds: header x-version says 1.4 of A, 1.5 of B')
})

/** A scenario with short and long replies and a judge, which prefers long ones, or whatever it is shown first. */
async function withJudge(home: Home, settings: object, more: object = {}) {
  const [short, long] = [await mockFor({ tokens: 8 }), await mockFor({ tokens: 30 })]
  const target = (url: string) => ({ preset: 'openai-chat', url: `${url}/v1/chat/completions`, model: 'm' })
  const grader = { preset: 'openai-chat', url: 'mock:', model: 'grader', mock: { replies: 'grades', ...settings } }
  home.write('pair.json', {
    name: 'pair',
    targets: { short: target(short.url), long: target(long.url) },
    load: [{ iterations: 12, users: 1 }],
    steps: [{ message: 'Where is order {{iteration.index}} of customer number seven' }],
    judge: { target: grader, sample: 8 },
    thresholds: ['judge_score avg >= 4'],
    ...more,
  })
  const args = ['compare', 'pair.json', '--target', 'short,long', '--out', 'out', '--allow-lag', '60s', '--seed', '7']
  return (...flags: readonly string[]) => home.call([...args, ...flags])
}

test('a judge says which side answers better, pair by pair in both orders', async () => {
  const home = new Home()
  const compare = await withJudge(home, {})
  const { stdout, stderr } = await compare()
  expect(stdout, stderr).toContain('judge: 8 of 8 pairs compared by grader, in both orders, of at most 12\n')
  expect(stdout).toContain('B better 8, worse 0, as good 0, the order decides 0\n')
  expect(stdout).toContain('words more than A: 22 on average\n')
  expect(stderr).toContain('asking the judge 16 questions about pairs of replies')
  const { judge } = JSON.parse(home.read('out/comparison.json'))
  expect(judge).toMatchObject({ pairs: 12, sampled: 8, compared: 8, wins: 8, ties: 0, asked: 16, first: { part: 8, whole: 16 } })
  expect(home.read('out/comparison.md')).toContain('- B better 8, worse 0, as good 0, the order decides 0\n')
  expect(home.read('out/comparison.html')).toContain('B better 8, worse 0')
  // No side is scored by itself, and none fails a threshold on scores that are not there.
  const sides = ['a-short', 'b-long'].map((name) => readResult(home.file(`out/${name}`)))
  expect(sides.map((side) => [side?.judge, side?.verdict])).toEqual([
    [undefined, 'passed'],
    [undefined, 'passed'],
  ])
})

test('a judge that goes by the order decides nothing, in turns and with salted prompts too', async () => {
  const home = new Home()
  const compare = await withJudge(home, { firstBias: 1 })
  const { stdout, stderr } = await compare('--mode', 'abba', '--cool-down', '0s', '--salt')
  expect(stdout, stderr).toContain('8 of 8 pairs compared by grader, in both orders, of at most 24\n')
  expect(stdout).toContain('B better 0, worse 0, as good 0, the order decides 8\n')
  expect(stdout.replace(/\s+/g, ' ')).toContain('shown first wins 100% (80.6% to >99.99%) ! the judge goes by the order')
})

test('without two replies to one message, the judge is not asked', async () => {
  const home = new Home()
  const compare = await withJudge(home, {})
  home.write('pair.json', { ...JSON.parse(home.read('pair.json')), steps: [{ message: 'For {{model}}' }] })
  const scenario = JSON.parse(home.read('pair.json'))
  scenario.targets.long.model = 'another'
  home.write('pair.json', scenario)
  const { stdout, stderr } = await compare()
  expect(stdout, stderr).toContain(
    '0 of 0 pairs compared by grader, in both orders, of at most 12\nno two replies answer the same message\n',
  )
  expect(stderr).not.toContain('asking the judge')
})
