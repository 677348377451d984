/** Every flag of `burn run` does what its help says, and a nearer source wins over a farther one. */
import { describe, expect, test } from 'vitest'
import { readJournal } from '../../src/store/journal/reader.ts'
import { shareOf } from '../support/share.ts'
import { chat, Home, mockFor, OUT } from './harness.ts'

/** Runs a small chat scenario with these flags. */
async function run(flags: readonly string[], own: Readonly<Record<string, unknown>> = {}, env: Record<string, string> = {}) {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, own))
  const finished = await home.call(['run', 's.json', ...OUT, ...flags], { env })
  return { home, mock, ...finished }
}

const prompts = (home: Home) => [...readJournal(home.file('out/sessions.jsonl')).entries].map(({ prompt }) => prompt)

describe('what to run', () => {
  test('-s names a scenario, as the argument does', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('a.json', chat(mock.url, { name: 'a' }))
    home.write('b.json', chat(mock.url, { name: 'b' }))
    const { code, stdout } = await home.call(['run', 'a.json', '-s', 'b.json', '--json', '--allow-lag', '60s'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).map((result: { scenarioName: string }) => result.scenarioName)).toEqual(['a', 'b'])
  })

  test('-e, --preset, --model and -m make a scenario of their own; -m may be repeated', async () => {
    const home = new Home()
    const mock = await mockFor()
    const url = `${mock.url}/v1/messages`
    const args = ['-e', url, '--preset', 'anthropic', '--model', 'tiny', '-m', 'One', '-m', 'Two', '-n', '2', '--log', 'all']
    expect((await home.call(['run', ...args, ...OUT])).code).toBe(0)
    expect(prompts(home)).toEqual(['One', 'Two', 'One', 'Two'])
    expect(mock.log().map(({ path }) => path)).toEqual(Array(4).fill('/v1/messages'))
    expect(JSON.parse(mock.log()[1]?.body ?? '{}')).toMatchObject({
      model: 'tiny',
      messages: [{ content: 'One' }, {}, { content: 'Two' }],
    })
  })

  test('-e alone sends a plain request', async () => {
    const home = new Home()
    const mock = await mockFor()
    expect((await home.call(['run', '-e', `${mock.url}/health`, '-n', '3', ...OUT])).code).toBe(0)
    expect(mock.log().map(({ method, path }) => `${method} ${path}`)).toEqual(Array(3).fill('GET /health'))
  })

  test('-e replaces the address of the file', async () => {
    const other = await mockFor()
    const { code, mock } = await run(['-e', `${other.url}/v1/chat/completions`])
    expect(code).toBe(0)
    expect([mock.stats().requests, other.stats().requests]).toEqual([0, 5])
  })

  test('-p chooses the protocol', async () => {
    const { code, home } = await run(['-p', 'sse'])
    expect(code).toBe(0)
    expect(home.result().target[0]?.protocol).toBe('sse')
  })

  test('-m and --set leave the scenario file behind them alone', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url))
    const { code } = await home.call(['run', ...OUT, '--log', 'all', '--set', 'target.model=other', '-m', 'Mine', 's.json'])
    expect(code).toBe(0)
    expect(prompts(home)).toEqual(Array(5).fill('Mine'))
    expect(JSON.parse(mock.log()[0]?.body ?? '{}').model).toBe('other')
  })

  test('--set reaches any key, and a number in the path is an index', async () => {
    const { code, mock } = await run([
      '--set',
      'load.0.iterations=2',
      '--set',
      'steps.0.message=Set',
      '--set',
      'target.body={"top_p":0.5}',
    ])
    expect(code).toBe(0)
    expect(mock.log().map(({ body }) => JSON.parse(body))).toMatchObject(
      Array(2).fill({ top_p: 0.5, messages: [{ content: 'Set' }] }),
    )
  })
})

describe('load', () => {
  test('-n: so many iterations, shared by -c users', async () => {
    const { home, mock } = await run(['-n', '12', '-c', '3'])
    expect(home.result().iterations).toMatchObject({ planned: 12, completed: 12 })
    expect(mock.stats().connectionsAccepted).toBeGreaterThanOrEqual(1)
    expect(home.result().connectionMetrics.maxOpenConnections).toBeLessThanOrEqual(3)
  })

  test.each([
    ['-r with -d: an open load', ['-r', '20', '-d', '1'], 20],
    ['a rate with its unit, a duration with its unit', ['-r', '600/m', '-d', '1500ms'], 15],
  ])('%s', async (_, flags, planned) => {
    const { code, home } = await run(flags)
    expect(code).toBe(0)
    const result = home.result()
    expect(result.phases.map((phase) => phase.shape)).toEqual(['constant-arrival-rate'])
    expect(result.iterations.planned).toBe(planned)
  })

  test.each([
    ['-c with -r: the rate of all', [], '2 users, 10/s in total (5/s each), for 1s', 10],
    ['--rate-scope connection: the rate of each', ['connection'], '2 users, 20/s in total (10/s each), for 1s', 20],
    ['--rate-scope total: the rate of all', ['total'], '2 users, 10/s in total (5/s each), for 1s', 10],
  ])('%s', async (_, scope, load, most) => {
    const { code, home } = await run(['-c', '2', '-r', '10', '-d', '1', ...scope.flatMap((one) => ['--rate-scope', one])])
    // 4: so busy a machine that a second is too short for this pace. The run says so, and is the load that was asked for all the same.
    expect([0, 4]).toContain(code)
    const result = home.result()
    expect(result.phases.map((phase) => [phase.shape, phase.load])).toEqual([['constant-vus', load]])
    // A busy machine delays starts, which a paced user does not catch up; the last ones may or may not still fall into the second.
    expect(result.iterations.planned).toBeLessThanOrEqual(most + 2)
    expect(result.iterations.planned).toBeGreaterThanOrEqual(2)
  })

  test('-c with -d: a closed load; -d alone keeps what the file says', async () => {
    const closed = await run(['-c', '2', '-d', '300ms'])
    expect(closed.home.result().windowMs).toBeCloseTo(300, -1)
    expect(closed.home.result().phases[0]?.shape).toBe('constant-vus')
    const shorter = await run(['-d', '500ms'], { load: [{ rate: '20/s', for: '5m' }] })
    expect(shorter.home.result().iterations.planned).toBe(10)
  })

  test('--graceful 0s cuts what is in flight at the end', async () => {
    const home = new Home()
    const mock = await mockFor({ firstTokenMs: 3000 })
    home.write('s.json', chat(mock.url, { load: [{ users: 2, for: '200ms' }] }))
    await home.call(['run', 's.json', ...OUT, '--graceful', '0s'])
    expect(home.result().total.counts).toMatchObject({ planned: 2, ok: 0, cut: 2 })
  })

  test('--seed: the same seed draws the same lots, another one others', async () => {
    const own = { steps: [{ message: 'Number {{randomInt 1 1000000}}' }] }
    const drawn = await Promise.all(
      ['7', '7', '8'].map(async (seed) => {
        const { home } = await run(['--seed', seed, '--log', 'all'], own)
        expect(home.result().seed).toBe(seed)
        return prompts(home).join()
      }),
    )
    expect(drawn[0]).toBe(drawn[1])
    expect(drawn[0]).not.toBe(drawn[2])
  })
})

describe('verdict', () => {
  test('-t adds thresholds to those of the file', async () => {
    const flags = ['-t', 'response_time p50 < 1us', '-t', 'ttft p50 < 1h']
    const { code, home } = await run(flags, { thresholds: ['errors ratio < 1%'] })
    expect(code).toBe(1)
    expect(home.result().thresholds.map(({ threshold, state }) => `${state}: ${threshold}`)).toEqual([
      'passed: errors ratio < 1%',
      'failed: response_time p50 < 1us',
      'passed: ttft p50 < 1h',
    ])
  })

  test('--slo adds the thresholds of a service level, with warnings before them, between those of file and flags', async () => {
    const { home } = await run(['--slo', 'mqtt', '-t', 'ttft p50 < 1h'], { thresholds: ['errors ratio < 9%'] })
    expect(home.result().thresholds.map(({ threshold, severity }) => `${severity}: ${threshold}`)).toEqual([
      'fail: errors ratio < 9%',
      'fail: errors <= 2%',
      'fail: response_time p95 <= 200ms',
      'fail: response_time p99 <= 500ms',
      'fail: rate >= 5/s',
      'warn: errors <= 1%',
      'warn: response_time p95 <= 160ms',
      'fail: ttft p50 < 1h',
    ])
  })

  test.each([
    ['1%', 1],
    ['0.9', 0],
  ])('--max-error-rate %s', async (share, wanted) => {
    const home = new Home()
    const mock = await mockFor({ rateLimitEvery: 2 })
    home.write('s.json', chat(mock.url))
    expect((await home.call(['run', 's.json', ...OUT, '--max-error-rate', share])).code).toBe(wanted)
    expect(home.result().thresholds[0]?.threshold).toBe(`errors ratio <= ${share}`)
  })

  test('--allow-lag sets how late burn itself may be', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url, { load: [{ rate: '50/s', for: '400ms' }] }))
    expect((await home.call(['run', 's.json', '--out', 'a', '--allow-lag', '0.0001ms'])).code).toBe(4)
    expect(home.result('a').validity.reasons.map(({ code, level }) => `${level} ${code}`)).toContain('invalid lag')
    expect((await home.call(['run', 's.json', '--out', 'b', '--allow-lag', '60000'])).code).toBe(0)
  })

  test('--no-preflight sends the load to a dead address', async () => {
    const { code, home } = await run(['--no-preflight', '-e', 'http://127.0.0.1:9'])
    expect(code).toBe(3)
    expect(home.result().errors.map((group) => [group.class, group.count])).toEqual([['refused', 5]])
  })
})

describe('files', () => {
  test('without --out, each run has a folder of its own', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('s.json', chat(mock.url, { name: 'My chat 1' }))
    for (let n = 0; n < 2; n += 1) await home.call(['run', 's.json', '--allow-lag', '60s', '--log', 'none'])
    const results = home.files().filter((name) => name !== 's.json')
    expect(results).toHaveLength(2)
    for (const name of results) expect(name).toMatch(/^burn-results\/my-chat-1-\d{8}-\d{6}(-2)?\/result\.json$/)
  })

  test('--overwrite replaces the result that lies in --out, and nothing else', async () => {
    const { home } = await run([])
    const before = home.result().runId
    home.write('out/mine.txt', 'keep')
    expect((await home.call(['run', 's.json', ...OUT, '--overwrite'])).code).toBe(0)
    expect(home.result().runId).not.toBe(before)
    expect(home.read('out/mine.txt')).toBe('keep')
  })

  test('-o writes the result there as well', async () => {
    const { home } = await run(['-o', 'copy.json'])
    expect(JSON.parse(home.read('copy.json'))).toEqual(home.result())
  })

  test('--report writes reports into the folder; twice the same is once', async () => {
    const { home } = await run(['--report', 'junit, md,hlog,json,html,junit', '--log', 'none'])
    const wanted = ['junit.xml', 'report.hlog', 'report.html', 'report.json', 'report.md', 'result.json'].map(
      (name) => `out/${name}`,
    )
    expect(home.files().filter((name) => name.startsWith('out/'))).toEqual(wanted)
    expect(
      home
        .result()
        .files.map(({ path }) => `out/${path}`)
        .sort(),
    ).toEqual(wanted)
  })

  test.each([
    ['all', 40],
    ['errors', 20],
    ['none', undefined],
  ] as const)('--log %s', async (level, lines) => {
    const home = new Home()
    const mock = await mockFor({ rateLimitEvery: 2 })
    home.write('s.json', chat(mock.url, { load: [{ iterations: 40, users: 1 }] }))
    await home.call(['run', 's.json', ...OUT, '--log', level])
    expect(home.files().includes('out/sessions.jsonl')).toBe(lines !== undefined)
    if (lines !== undefined) expect(prompts(home)).toHaveLength(lines)
  })

  test('--log sample:0.5 keeps about half', async () => {
    const { home } = await run(['--log', 'sample:0.5', '--seed', '1', '-n', '200'])
    expect(prompts(home).length).toBeGreaterThan(60)
    expect(prompts(home).length).toBeLessThan(140)
  })
})

describe('output', () => {
  test('--json prints the result on stdout, people read stderr', async () => {
    const { home, stdout, stderr } = await run(['--json'])
    expect(JSON.parse(stdout)).toEqual(home.result())
    expect(stderr).toMatch(/PASSED/)
  })

  test('-q prints nothing but errors', async () => {
    expect(await run(['-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(await run(['-q', '-t', 'response_time p50 < 1us'])).toMatchObject({ code: 1, stdout: '', stderr: '' })
    expect((await run(['-q', '-c', 'x'])).stderr).toMatch(/^burn: -c x/)
  })

  test('-q and -v together are refused', async () => {
    expect(await run(['-q', '-v'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^burn: --quiet and --verbose say the opp/),
    })
  })

  test('--show-config hides the password in a body', async () => {
    const home = new Home()
    const data = '{"password":"hunter2-hunter2"}'
    const { stdout } = await home.call(['run', 'http://127.0.0.1:9', '--data', data, '--show-config'])
    expect(stdout).toContain(`body: '{"password":"[secret]"}'`)
  })

  test.each([['-v'], ['--log-level', 'debug']])('%s %s tells of phases, connections and first errors', async (...flags) => {
    const home = new Home()
    const mock = await mockFor({ rateLimitEvery: 2 })
    home.write(
      's.json',
      chat(mock.url, {
        load: [
          { name: 'warm', users: 1, iterations: 3, warmup: true },
          { name: 'main', users: 1, iterations: 3 },
        ],
      }),
    )
    const { stderr } = await home.call(['run', 's.json', ...OUT, ...flags.filter((flag) => flag !== undefined)])
    const lines = stderr.split('\n').filter((line) => line.startsWith('debug: '))
    expect(lines.map((line) => line.slice(7).replace(/[\d.]+/g, 'n'))).toEqual([
      'phase begins phase=warm atMs=n',
      'connection made user=n dnsMs=null connectMs=n tlsMs=null',
      expect.stringMatching(/^first rate_limited: .* step=hello phase=headers user=n$/),
      'phase begins phase=main atMs=n',
      'no more arrivals: what is in flight may finish users=n',
    ])
  })

  test('--log-level: what is less important is left out', async () => {
    const level = async (name: string) => (await run(['--log-level', name, '-e', 'mock:'])).stderr
    expect(await level('info')).toMatch(/^load: 5 iterations, 1 user\nstarted the embedded mock at http/)
    expect(await level('warn')).not.toMatch(/started the embedded mock/)
    expect(await level('error')).toMatch(/^PASSED/)
  })

  test('--log-format json: every line on stderr is JSON', async () => {
    const { stderr } = await run(['--log-format', 'json', '-v'])
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines[0]).toMatchObject({ level: 'info', msg: 'load: 5 iterations, 1 user' })
    expect(lines[1]).toMatchObject({ level: 'debug', msg: 'phase begins', atMs: 0 })
    expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'finished', verdict: 'passed', exitCode: 0, directory: 'out' })
  })

  const ESC = '\u001b['
  test.each(
    shareOf([
      ['forced', [], { FORCE_COLOR: '1' }, true],
      ['--no-color', ['--no-color'], { FORCE_COLOR: '1' }, false],
      ['NO_COLOR', [], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
      ['a pipe', [], {}, false],
    ]),
  )('colour: %s', async (_, flags, env, wanted) => {
    const home = new Home()
    home.write('s.json', chat((await mockFor()).url))
    // A real pipe: whether there is a terminal at its other end is the question.
    expect((await home.burn(['run', 's.json', ...OUT, ...flags], { env })).stderr.includes(ESC)).toBe(wanted)
  })

  test('--show-config prints the scenario as it would run, with its sources, and sends nothing', async () => {
    const { code, stdout, mock, home } = await run(
      ['--show-config', '-r', '5', '-d', '2', '--seed', 'x'],
      {},
      { BURN_MODEL: 'from-env' },
    )
    expect({ code, requests: mock.stats().requests }).toEqual({ code: 0, requests: 0 })
    expect(stdout).toMatch(/rate: 5\/s\n\s+for: 2s/)
    expect(stdout).toMatch(/model: from-env/)
    expect(stdout).toMatch(/# load: flag --rate, flag --duration/)
    expect(stdout).toMatch(/# +target\.model: env BURN_MODEL/)
    expect(stdout).toMatch(/# seed: flag --seed/)
    expect(home.files()).toEqual(['s.json'])
  })

  test.each([
    ['--repeat', 'abc'],
    ['--allow-lag', 'abc'],
    ['--log', 'nope'],
    ['--allow', 'http://'],
    ['--save-baseline', 'a/b'],
    ['--output', 's.json'],
    ['--export', 'prometheus=s.json'],
  ])('--show-config does not hide that %s has the wrong value %s', async (flag, value) => {
    const { code, stdout, stderr } = await run(['--show-config', flag, value])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(value.replace('prometheus=', ''))
  })
})

describe('flag > BURN_ variable > file > default', () => {
  const rows: [string, string, string[], Record<string, string>, Record<string, unknown>, unknown][] = [
    ['seed', 'default: drawn', [], {}, {}, expect.stringMatching(/^[0-9a-f]{8}$/)],
    ['seed', 'file', [], {}, { seed: 'file' }, 'file'],
    ['seed', 'variable', [], { BURN_SEED: 'env' }, { seed: 'file' }, 'env'],
    ['seed', 'flag', ['--seed', 'flag'], { BURN_SEED: 'env' }, { seed: 'file' }, 'flag'],
    ['iterations', 'default: one', [], {}, { load: undefined }, 1],
    ['iterations', 'file', [], {}, {}, 5],
    ['iterations', 'variable', [], { BURN_ITERATIONS: '3' }, {}, 3],
    ['iterations', 'flag', ['-n', '2'], { BURN_ITERATIONS: '3' }, {}, 2],
    ['log', 'default: errors', [], {}, {}, 0],
    ['log', 'variable', [], { BURN_LOG: 'all' }, {}, 5],
    ['log', 'flag', ['--log', 'errors'], { BURN_LOG: 'all' }, {}, 0],
    ['model', 'file', [], {}, {}, 'demo'],
    ['model', 'variable', [], { BURN_MODEL: 'env' }, {}, 'env'],
    ['model', 'flag', ['--model', 'flag'], { BURN_MODEL: 'env' }, {}, 'flag'],
  ]
  test.each(rows)('%s: %s', async (what, _, flags, env, own, wanted) => {
    const { home, mock } = await run(flags, own, env)
    const seen: Record<string, () => unknown> = {
      seed: () => home.result().seed,
      iterations: () => home.result().iterations.planned,
      log: () => prompts(home).length,
      model: () => JSON.parse(mock.log()[0]?.body ?? '{}').model,
    }
    expect(seen[what]?.()).toEqual(wanted)
  })

  test.each([
    ['BURN_ENDPOINT', 'not an address', /env BURN_ENDPOINT/],
    ['BURN_PROTOCOL', 'carrier-pigeon', /env BURN_PROTOCOL/],
    ['BURN_PRESET', 'openai-chatt', /env BURN_PRESET.*|did you mean openai-chat/],
    ['BURN_RATE', 'fast', /env BURN_RATE/],
    ['BURN_DURATION', 'long', /env BURN_DURATION/],
    ['BURN_RATE_SCOPE', 'none', /BURN_RATE_SCOPE/],
    ['BURN_LOG_LEVEL', 'loud', /BURN_LOG_LEVEL/],
    ['BURN_REPORT', 'pdf', /pdf/],
    ['BURN_MAX_ERROR_RATE', 'few', /few/],
    ['BURN_GRACEFUL', 'soon', /env BURN_GRACEFUL/],
    ['BURN_MONITOR_FROM', 'db-1:9100', /env BURN_MONITOR_FROM: expected an address/],
  ])('a bad %s is exit 2, and named', async (name, value, words) => {
    const { code, stderr, mock } = await run([], {}, { [name]: value })
    expect({ code, requests: mock.stats().requests }).toEqual({ code: 2, requests: 0 })
    expect(stderr).toMatch(words)
  })
})
