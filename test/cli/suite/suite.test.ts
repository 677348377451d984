/** `burn run` and `burn validate` of a suite, from outside. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type SuiteResult, suiteResultSchema } from '../../../src/result/suite.ts'
import { chat, eventually, Home, mockFor, ROOT } from '../harness.ts'

const FLAGS = ['--out', 'out', '--allow-lag', '60s']
const suiteIn = (home: Home, folder = 'out'): SuiteResult =>
  suiteResultSchema.parse(JSON.parse(home.read(`${folder}/suite.json`)))
const statesIn = (home: Home) => suiteIn(home).tests.map(({ name, status, verdict }) => [name, status, verdict])

/** A home with scenarios that pass and that fail, against the mock. */
async function homeWith(suite: object) {
  const home = new Home()
  const mock = await mockFor()
  const target = { preset: 'openai-chat', url: `${mock.url}/v1/chat/completions` }
  home.write('good.json', chat(mock.url, {}, { model: '${env.MODEL:-demo}' }))
  home.write('bad.json', chat(mock.url, { thresholds: ['response_time p50 < 1us'] }))
  home.write('two.json', {
    ...chat(mock.url),
    target: undefined,
    targets: { a: { ...target, model: 'a' }, b: { ...target, model: 'b' } },
  })
  home.write('suite.json', { suite: 'nightly', ...suite })
  return { home, mock }
}

describe('a suite in order', () => {
  test('each test has a folder of its own, all have one verdict, one JUnit document and one table', async () => {
    const { home } = await homeWith({ tests: [{ scenario: 'bad.json', name: 'too slow' }, { scenario: 'two.json' }] })
    const { code, stderr, stdout } = await home.call(['run', 'suite.json', ...FLAGS, '--json', '--report', 'md'])
    expect(code).toBe(1)
    expect(statesIn(home)).toEqual([
      ['too slow', 'completed', 'failed'],
      ['two a', 'completed', 'passed'],
      ['two b', 'completed', 'passed'],
    ])
    expect(suiteIn(home)).toMatchObject({
      suite: 'nightly',
      file: 'suite.json',
      status: 'completed',
      verdict: 'failed',
      exitCode: 1,
    })
    expect(JSON.parse(stdout)).toEqual(suiteIn(home))
    const { tests } = suiteIn(home)
    expect(tests.map(({ folder }) => folder)).toEqual(['01-too-slow', '02-two-a', '03-two-b'])
    for (const { folder, runId } of tests) expect(home.result(`out/${folder}`).runId).toBe(runId)
    expect(home.files()).toEqual(expect.arrayContaining(['out/junit.xml', 'out/report.md', 'out/02-two-a/report.md']))
    expect(home.files()).not.toContain('out/report.html')
    expect(home.read('out/junit.xml')).toMatch(/<testsuite name="too slow: burn.thresholds"/)
    expect(stderr).toMatch(/test 2 of 3: two a/)
    expect(stderr).toMatch(/FAILED {2}nightly · 2 of 3 tests passed; not too slow \(failed\)/)
    // All draw from one seed, so that they can be compared.
    expect(new Set(tests.map(({ folder }) => home.result(`out/${folder}`).seed)).size).toBe(1)
  })

  test('--fail-on all: one that passes is enough, and none is not', async () => {
    const { home } = await homeWith({ tests: [{ scenario: 'bad.json' }, { scenario: 'good.json' }] })
    expect((await home.call(['run', 'suite.json', ...FLAGS, '--fail-on', 'all'])).code).toBe(0)
    expect(suiteIn(home)).toMatchObject({ verdict: 'passed', failOn: 'all', exitCodes: [1] })
    home.write('suite.json', { suite: 'nightly', failOn: 'all', tests: [{ scenario: 'bad.json' }] })
    expect((await home.call(['run', 'suite.json', ...FLAGS, '--overwrite'])).code).toBe(1)
  })

  test('a test changes load, variables, keys and thresholds of its scenario; flags win over it', async () => {
    const own = {
      users: 2,
      iterations: 4,
      vars: { MODEL: 'other' },
      set: { 'target.stream': false },
      thresholds: ['errors count < 1'],
    }
    const { home } = await homeWith({ tests: [{ scenario: 'good.json', ...own }] })
    expect((await home.call(['run', 'suite.json', ...FLAGS, '-n', '3'])).code).toBe(0)
    const [one] = suiteIn(home).tests
    const result = home.result('out/01-good')
    expect(result.total.counts.started).toBe(3)
    expect(result.thresholds.map(({ threshold }) => threshold)).toContain('errors count < 1')
    expect(result.configuration?.scenario).toMatchObject({ target: { model: 'other', stream: false }, load: [{ users: 2 }] })
    expect(one?.settings).toMatchObject({ users: '2', 'vars.MODEL': 'other', 'set.target.stream': 'false' })
  })

  test('a test that cannot start has not passed, and keeps no other from running', async () => {
    const { home } = await homeWith({ tests: [{ scenario: 'good.json' }, { scenario: 'good.json', name: 'next' }] })
    home.folder('out')
    home.write('out/01-good', 'a file in the place of the folder')
    const { code, stderr } = await home.call(['run', 'suite.json', ...FLAGS])
    expect(code).toBe(7)
    expect(statesIn(home)).toEqual([
      ['good', 'could_not_start', 'error'],
      ['next', 'completed', 'passed'],
    ])
    expect(stderr).toMatch(/cannot create out\/01-good/)
    expect(home.read('out/junit.xml')).toMatch(/name="good"[^>]*>\s*<error/)
  })

  test('one that cannot reach its target counts with exit code 3', async () => {
    const { home } = await homeWith({ tests: [{ scenario: 'good.json' }, { scenario: 'gone.json' }] })
    home.write('gone.json', chat('http://127.0.0.1:9'))
    expect((await home.call(['run', 'suite.json', ...FLAGS])).code).toBe(3)
    expect(statesIn(home)[1]).toEqual(['gone', 'completed', 'could_not_test'])
  })

  test('a folder with another result is refused before anything is sent', async () => {
    const { home, mock } = await homeWith({ tests: [{ scenario: 'good.json' }] })
    await home.call(['run', 'suite.json', ...FLAGS])
    const before = mock.stats().requests
    const { code, stderr } = await home.call(['run', 'suite.json', ...FLAGS])
    expect(code).toBe(7)
    expect(stderr).toMatch(/already holds suite.json of another run/)
    expect(mock.stats().requests).toBe(before)
  })
})

describe('Ctrl-C', () => {
  const hanging = { load: [{ users: 1, for: '1h', pace: '5/s' }], graceful: '1s' }

  test.each([
    [1, ['running', 'not_started']],
    [2, ['running', 'running']],
  ])('with %i side by side: all end, their files are written, and what never started is said so', async (parallel) => {
    const { home, mock } = await homeWith({
      parallel,
      tests: [1, 2, 3].map((n) => ({ scenario: 'long.json', name: `t${n}` })),
    })
    home.write('long.json', chat(mock.url, hanging))
    const run = home.start(['run', 'suite.json', ...FLAGS])
    await eventually(() => mock.stats().requests >= 2 * parallel, 'the tests are under way')
    await eventually(() => suiteIn(home).tests.filter(({ status }) => status === 'running').length === parallel, 'it is written')
    expect(suiteIn(home)).toMatchObject({ status: 'running', verdict: 'incomplete' })
    run.kill('SIGINT')
    expect((await run.finished).code).toBe(130)
    expect(suiteIn(home)).toMatchObject({ status: 'stopped', verdict: 'aborted', exitCode: 130 })
    expect(statesIn(home)).toEqual(
      [1, 2, 3].map((n) => (n <= parallel ? [`t${n}`, 'stopped', 'aborted'] : [`t${n}`, 'not_started', null])),
    )
    expect(home.read('out/junit.xml')).toMatch(/name="t3"[^>]*>\s*<error message="not started/)
    expect(home.files().filter((name) => /lock|tmp|probe/.test(name))).toEqual([])
  })

  test('in the pause between two tests', async () => {
    const { home } = await homeWith({ gap: '1h', tests: [{ scenario: 'good.json' }, { scenario: 'good.json', name: 'next' }] })
    const run = home.start(['run', 'suite.json', ...FLAGS])
    await run.until(({ stderr }) => /1\/2 good: passed/.test(stderr))
    run.kill('SIGINT')
    expect((await run.finished).code).toBe(130)
    expect(statesIn(home)).toEqual([
      ['good', 'completed', 'passed'],
      ['next', 'not_started', null],
    ])
  })
})

describe('side by side', () => {
  test('no more than so many go on at once, and all have run', async () => {
    const tests = [1, 2, 3, 4].map((n) => ({ scenario: 'good.json', name: `t${n}` }))
    const { home } = await homeWith({ parallel: 2, tests })
    const { code, stderr } = await home.call(['run', 'suite.json', ...FLAGS])
    expect(code).toBe(0)
    expect(statesIn(home)).toEqual(tests.map(({ name }) => [name, 'completed', 'passed']))
    // The lines on stderr have one order; times of the wall clock may go back.
    const turns = Array.from(stderr.matchAll(/^(?:(t\d): load: |✓ \d\/4 t\d: passed)/gm), ([, begun]) => (begun ? 1 : -1))
    expect(turns).toHaveLength(8)
    const running = turns.map((_, i) => turns.slice(0, i + 1).reduce((sum, change) => sum + change, 0))
    expect(Math.max(...running)).toBeLessThanOrEqual(2)
    // A line says which of them it is about.
    expect(stderr).toMatch(/^t3: load: /m)
    expect(stderr).toMatch(/✓ \d\/4 t4: passed/)
  })
})

describe('several scenarios as a suite', () => {
  test('--parallel, --gap, --fail-on and --rank-by make one of what is named, targets apart', async () => {
    const { home } = await homeWith({})
    expect((await home.call(['run', 'two.json', 'good.json', '--rank-by', 'rate', ...FLAGS])).code).toBe(0)
    expect(suiteIn(home)).toMatchObject({ suite: 'suite', file: null, rankBy: 'rate' })
    expect(suiteIn(home).tests.map(({ name }) => name)).toEqual(['two a', 'two b', 'good'])
    expect((await home.call(['run', 'two.json', '--target', 'b', '--parallel', '2', ...FLAGS, '--overwrite'])).code).toBe(0)
    expect(suiteIn(home)).toMatchObject({ suite: 'two', tests: [{ name: 'two', scenario: 'two.json' }] })
  })

  test('--profile all runs the ready profiles with their time-outs and phases', async () => {
    const { home } = await homeWith({})
    const { code } = await home.call(['run', 'good.json', '--profile', 'all', '-n', '60', '--gap', '0s', ...FLAGS])
    expect(code).toBe(0)
    expect(suiteIn(home).suite).toBe('good-all')
    expect(suiteIn(home).tests.map(({ name, settings }) => [name, settings.profile])).toEqual([
      ['quick', 'quick'],
      ['timeout', 'timeout'],
      ['rampup', 'rampup-30'],
      ['spike', 'spike-25'],
      ['medium', 'medium'],
    ])
    expect(home.result('out/02-timeout').configuration?.scenario).toMatchObject({ target: { timeouts: { total: '3s' } } })
    const { stdout } = await home.call(['run', 'good.json', '--profile', 'all', '--show-config'])
    expect(stdout.match(/^# test .*/gm)).toEqual([
      '# test quick',
      '# test timeout',
      '# test rampup',
      '# test spike',
      '# test medium',
    ])
    expect(stdout).toMatch(/ramp: 20s/)
  })

  test('a profile of the scenario that is called all is that profile', async () => {
    const { home, mock } = await homeWith({})
    home.write('own.json', chat(mock.url, { profiles: { all: { load: [{ iterations: 2 }] } } }))
    expect((await home.call(['run', 'own.json', '--profile', 'all', ...FLAGS])).code).toBe(0)
    expect(home.result('out').total.counts.started).toBe(2)
  })
})

describe('what is refused', () => {
  test.each([
    [['--from', 'x'], /--from is about one run/],
    [['--detach'], /--detach is about one run/],
    [['--repeat', '2'], /--repeat is about one run/],
    [['--baseline', 'x'], /--baseline is about one run/],
    [['--save-baseline', 'x'], /--save-baseline is about one run/],
    [['--parallel', '0'], /--parallel 0: expected a whole number from 1 to 50/],
    [['--gap', 'soon'], /--gap soon: expected a duration/],
    [['--parallel', '2', '--gap', '1s'], /tests that run side by side have no pause/],
    [['--message', 'x', '--data', 'y'], /--data is for runs without a file/],
    [['good.json'], /suite.json is a suite, and 1 more file is named/],
    [['-o', 'good.json'], /the run reads this file/],
    [['-o', 'suite.json'], /the run reads this file/],
  ])('burn run suite.json %s', async (flags, words) => {
    const { home, mock } = await homeWith({ tests: [{ scenario: 'good.json' }] })
    const { code, stderr } = await home.call(['run', 'suite.json', ...flags])
    expect(stderr).toMatch(words)
    expect(code).toBe(2)
    expect(mock.stats().requests).toBe(0)
  })
})

test.each([['plan'], ['ping'], ['compare']])('burn %s says that a suite is none of its subjects', async (command) => {
  const { home } = await homeWith({ tests: [{ scenario: 'good.json' }] })
  home.write('s.yaml', 'suite: nightly\ntests: [ { scenario: good.json } ]\n')
  const { code, stderr } = await home.call([command, 's.yaml'])
  expect(stderr).toContain('this is a suite of several runs, not a scenario')
  expect(code).toBe(2)
})

describe('burn validate', () => {
  test('finds the problems of the suite at their places, and those of every scenario as its test loads it', async () => {
    const { home, mock } = await homeWith({})
    home.write('broken.yaml', 'name: x\ntarget: { url: mock: }\nstep: []\n')
    home.write(
      's.yaml',
      [
        'suite: nightly',
        'defaults: { allowLag: 1s }',
        'tests:',
        '  - { scenario: good.json, profile: quik }',
        '  - { scenario: good.json, set: { target.strem: false } }',
        '  - { scenario: two.json, target: c }',
        '  - { scenario: broken.yaml }',
        '  - { scenario: broken.yaml, name: again }',
      ].join('\n'),
    )
    const { code, stdout } = await home.call(['validate', 's.yaml', '--format', 'json'])
    expect(code).toBe(2)
    const { problems } = JSON.parse(stdout)
    const found = problems.map(
      ({ file, line, code: kind, message }: Record<string, string>) => `${file}:${line} ${kind} ${message}`,
    )
    expect(found).toEqual(expect.arrayContaining([expect.stringMatching(/^s.yaml:4 E_OVERLAY there is no profile "quik"/)]))
    expect(found.join('\n')).toMatch(/s.yaml:5: unknown key "strem" in target/)
    expect(found.join('\n')).toMatch(/s.yaml:6 E_VALUE --target c: there is no such target/)
    expect(found.filter((text: string) => text.startsWith('broken.yaml')).length).toBeGreaterThan(0)
    expect(new Set(found).size).toBe(found.length)
    const run = await home.call(['run', 's.yaml'])
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/s.yaml:4:/)
    expect(mock.stats().requests).toBe(0)
  })

  test('a suite without problems, also without its variables', async () => {
    const { home } = await homeWith({ tests: [{ scenario: 'good.json', vars: { MODEL: 'x' } }] })
    expect((await home.call(['validate', 'suite.json'])).code).toBe(0)
    expect((await home.call(['validate', 'suite.json', '--no-env'])).code).toBe(0)
  })

  test.each([[[]], [['--parallel', '2']]])('lines of tests are whole where no terminal cuts them: %j', async (flags) => {
    const name = 'n'.repeat(59)
    const { home } = await homeWith({ tests: [{ scenario: 'good.json', name }, { scenario: 'good.json' }] })
    const { stderr } = await home.call(['run', 'suite.json', ...FLAGS, ...flags])
    expect(stderr).toMatch(/1\/2 n{59}: passed · \S+ · \d+ attempts · errors 0% · p95 [\d.]+m?s\n/)
  })

  test.each([
    ['gone.json', /gone.json is not there/],
    ['s.json', /s.json is a suite itself, and the tests of a suite are scenarios/],
    ['link.json', /lies outside of the folder of the suite/],
  ])('a scenario %s is a problem at its place', async (scenario, words) => {
    const { home } = await homeWith({})
    home.write('suites/s.json', { suite: 's', tests: [{ scenario }] })
    const { symlinkSync } = await import('node:fs')
    symlinkSync(home.file('good.json'), home.file('suites/link.json'))
    const { code, stdout } = await home.call(['validate', 'suites/s.json'])
    expect(stdout).toMatch(words)
    expect(code).toBe(2)
  })
})

test('a secret in a variable of the suite is in no name, file or line', async () => {
  const secret = 'sk-suite-5f2a9c71d0'
  const { home } = await homeWith({ matrix: { scenario: ['keyed.json'], vars: { API_KEY: [secret, `${secret}-b`] } } })
  home.write('keyed.json', chat('http://127.0.0.1:9', {}, { auth: { type: 'bearer', token: '${env.API_KEY}' } }))
  const { stderr, stdout } = await home.call(['run', 'suite.json', ...FLAGS, '--json'])
  expect(stderr + stdout).not.toContain(secret)
  const written = home.files().filter((name) => name.startsWith('out/'))
  expect(written.join('\n')).not.toContain('5f2a9c71d0')
  for (const name of written) expect(home.read(name)).not.toContain(secret)
})

test('the example is valid, and runs as it is', async () => {
  const home = new Home()
  const example = join(ROOT, 'scenarios', 'suite.yaml')
  expect(await home.call(['validate', example, '--strict'])).toMatchObject({ code: 0, stdout: '' })
  const { code, stderr } = await home.call(['run', example, '-n', '4', '-d', '1m', '--gap', '0s', ...FLAGS])
  const results = suiteIn(home).tests.map(({ folder }) => home.result(`out/${folder}`))
  expect(results.map(({ total }) => total.counts.ok)).toEqual([8, 4, 4, 8, 8])
  // Where the machine stands still for half a second, replies of the example come too late for its thresholds.
  const failed = results.filter(({ thresholds }) => thresholds.some(({ state }) => state !== 'passed'))
  const inTime = failed.filter(({ total }) => (total.distributions.service_time?.max ?? 0) < 500)
  expect([code, inTime.map(({ reason }) => reason)], stderr).toEqual([failed.length === 0 ? 0 : 1, []])
  expect(statesIn(home).map(([name]) => name)).toEqual([
    ...['smoke', 'targets fast', 'targets slow'],
    ...['quickstart stream=true', 'quickstart stream=false'],
  ])
})
