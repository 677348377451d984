/** BURN_ variables and flags that say nothing, or not what was meant, are told of by their own names. */
import { describe, expect, test } from 'vitest'
import { chat, Home, mockFor, OUT } from './harness.ts'

async function run(flags: readonly string[], env: Record<string, string> = {}, own: Readonly<Record<string, unknown>> = {}) {
  const home = new Home()
  const mock = await mockFor()
  home.write('s.json', chat(mock.url, own))
  const finished = await home.call(['run', 's.json', ...OUT, ...flags], { env })
  return { home, mock, ...finished }
}

describe('variables', () => {
  test.each([
    [
      'BURN_CONECTIONS',
      '3',
      'warning: BURN_CONECTIONS is set, but burn reads no such variable: did you mean BURN_CONNECTIONS?\n',
    ],
    ['BURN_WHATEVER', 'x', 'warning: BURN_WHATEVER is set, but burn reads no such variable\n'],
  ])('%s: nothing reads it', async (name, value, line) => {
    const { code, stderr } = await run([], { [name]: value })
    expect(code).toBe(0)
    expect(stderr).toContain(line)
    expect(stderr.split(name)).toHaveLength(2)
  })

  test('BURN_SOURCE is that of the generated pipelines', async () => {
    expect((await run([], { BURN_SOURCE: 'git+https://git.example/burn.git' })).stderr).not.toContain('BURN_SOURCE')
  })

  test('those of tests, and those that the scenario reads, are left alone; -q prints none', async () => {
    const own = { steps: [{ message: '${env.BURN_GREETING}' }] }
    expect((await run([], { BURN_TEST_KILLS: '3', BURN_GREETING: 'Hi' }, own)).stderr).not.toContain('warning')
    expect((await run(['-q'], { BURN_CONECTIONS: '3' })).stderr).toBe('')
  })

  test('as JSON when stderr is', async () => {
    const { stderr } = await run(['--log-format', 'json'], { BURN_CONECTIONS: '3' })
    expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({
      level: 'warn',
      msg: expect.stringContaining('BURN_CONECTIONS'),
    })
  })

  test('the reason of an error is told with it', async () => {
    const { code, stderr } = await new Home().call(['run'], { env: { BURN_ENDPIONT: 'http://127.0.0.1:1' } })
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean BURN_ENDPOINT?')
  })

  test.each(['BURN_CONNECTIONS', 'BURN_RATE', 'BURN_REPORT', 'BURN_OUT', 'BURN_PLUGIN', 'BURN_LOG_LEVEL', 'BURN_ENDPOINT'])(
    'an empty %s counts as unset',
    async (name) => {
      const { code, home, stderr } = await run([], { [name]: '' })
      expect([code, home.result().iterations.planned]).toEqual([0, 5])
      expect(stderr).not.toContain('warning')
    },
  )

  test.each([
    ['BURN_CONNECTIONS', 'abc', 'burn: BURN_CONNECTIONS=abc: expected a whole number'],
    ['BURN_ITERATIONS', '0', 'burn: BURN_ITERATIONS=0: expected a whole number'],
    ['BURN_MAX_ERROR_RATE', 'few', 'burn: BURN_MAX_ERROR_RATE=few: '],
  ])('a bad %s=%s is not blamed on a flag', async (name, value, words) => {
    const { code, stderr } = await run([], { [name]: value })
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })
})

describe('flags', () => {
  test.each([
    [['--duration', 'long'], /^error E_\w+ flag --duration: /],
    [['--set', 'target.timeouts.total=never'], /^error E_\w+ flag --set target\.timeouts\.total: /],
    [['-r', 'fast'], /^error E_\w+ flag --rate: /],
  ])('%j: the error names the flag and no place in the file', async (flags, words) => {
    const { code, stderr, mock } = await run(flags)
    expect([code, mock.stats().requests]).toEqual([2, 0])
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('s.json')
  })

  test.each([
    ['--report', ['--report', ',']],
    ['--seed', ['--seed=']],
    ['--out', ['--out', '']],
    ['--endpoint', ['-e', ' ']],
    ['--target', ['--target', 'a,']],
  ])('an empty %s is refused', async (flag, flags) => {
    const { code, stderr } = await run(flags)
    expect([code, stderr]).toEqual([2, `burn: ${flag} needs a value\n`])
  })

  test.each([
    [['--allow-lag', '--out', 's1'], '--allow-lag needs a value, and --out follows'],
    [['--out', '--overwrite'], '--out needs a value, and --overwrite follows'],
    [['-m', 'One', '-m', '-c', '2'], '--message needs a value, and -c follows'],
  ])('a flag that takes the next one for its value is refused: %j', async (flags, message) => {
    const { code, stderr, mock } = await run(flags)
    expect([code, stderr, mock.stats().requests]).toEqual([2, `burn: ${message}\n`, 0])
  })

  test('an empty message is a message', async () => {
    expect((await run(['-m', ''])).code).toBe(0)
  })

  test.each([[[]], [['-c', '2']], [['-r', '2']]])('--rate-scope connection with %j says nothing', async (flags) => {
    const { code, stderr } = await run([...flags, '--rate-scope', 'connection'])
    expect(code).toBe(2)
    expect(stderr).toContain('burn: --rate-scope connection means nothing without -r and -c')
  })
})

describe('files', () => {
  test('all that is wrong with all of them, before any run', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('good.json', chat(mock.url))
    home.write('bad.json', chat(mock.url, { lod: [] }))
    const { code, stderr } = await home.call(['run', 'good.json', 'none.yaml', 'bad.json', 'nor-this.yaml'])
    expect([code, mock.stats().requests]).toEqual([2, 0])
    expect(stderr.split('\n').filter((line) => / error /.test(line))).toEqual([
      'none.yaml:1:1: error E_FILE cannot be read: there is no such file',
      expect.stringContaining('unknown key "lod"'),
      'nor-this.yaml:1:1: error E_FILE cannot be read: there is no such file',
    ])
    expect(stderr).not.toContain('1 |\n')
  })

  test('globs, and --out as the folder around the folders of several runs', async () => {
    const home = new Home()
    const mock = await mockFor()
    for (const [file, name] of Object.entries({ a: 'Same', b: 'Same', c: 'Other one' }))
      home.write(`${file}.json`, chat(mock.url, { name, load: [{ iterations: 1, users: 1 }] }))
    expect((await home.call(['run', '?.json', ...OUT, '-q', '--log', 'none'])).code).toBe(0)
    expect(mock.stats().requests).toBe(3)
    expect(home.files().filter((name) => name.endsWith('result.json'))).toEqual(
      ['other-one', 'same-2', 'same'].map((name) => `out/${name}/result.json`),
    )
    const { code, stderr } = await home.call(['run', '*.yaml'])
    expect([code, stderr]).toEqual([2, 'burn: *.yaml matches no file\n'])
  })
})
