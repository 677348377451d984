/** Help of every command: short, grouped, with examples; and a suggestion for what is misspelt. */
import { describe, expect, test } from 'vitest'
import { Home, mockFor } from './harness.ts'

const help = async (...args: string[]) => (await new Home().call([...args, '--help'])).stdout

const commandsIn = (text: string) =>
  [...(/(?:^Commands:\n)((?: {2}.*\n)+)/m.exec(text)?.[1]?.matchAll(/^ {2}([a-z]+)/gm) ?? [])].map(([, name = '']) => name)

describe('burn --help', () => {
  test('lists the commands, examples and exit codes, and fits a terminal', async () => {
    const text = await help()
    expect(commandsIn(text)).toEqual(expect.arrayContaining(['run', 'validate', 'mock', 'report', 'help']))
    expect(text).toMatch(/Examples:\n {2}burn run scenarios\/quickstart\.yaml/)
    expect(text).toMatch(/Exit codes:\n {2}0 passed/)
    expect(text.split('\n').length).toBeLessThanOrEqual(60)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('burn alone shows the same on stderr, with exit 2', async () => {
    const { code, stdout, stderr } = await new Home().call([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(await help())
  })

  test('every command says what it does, shows an example, and fits a terminal', async () => {
    for (const command of commandsIn(await help()).filter((name) => name !== 'help')) {
      const text = await help(command)
      expect(text).toMatch(new RegExp(`^Usage: burn ${command} `))
      expect(text, command).toMatch(/\nExamples?:\n {2}burn /)
      expect(Math.max(...text.split('\n').map((line) => line.length)), command).toBeLessThanOrEqual(80)
      expect((await new Home().call(['help', command])).stdout).toBe(text)
    }
  })

  test('help of a command below another is that of the command itself', async () => {
    const { stdout } = await new Home().call(['help', 'runs', 'rm'])
    expect(stdout).toMatch(/^Usage: burn runs rm /)
    expect(stdout).toContain('--older-than')
  })

  test('help of an unknown command says so', async () => {
    const { code, stderr } = await new Home().call(['help', 'nope'])
    expect([code, stderr.split('\n')[0]]).toEqual([2, "error: unknown command 'nope'"])
  })

  test('the flags of burn run come in groups', async () => {
    const text = await help('run')
    expect([...text.matchAll(/^(\w[\w ]+):$/gm)].map(([, title]) => title)).toEqual(
      expect.arrayContaining(['Arguments', 'What to run', 'Load', 'Verdict', 'Files', 'Output', 'Options']),
    )
  })
})

describe('what is misspelt', () => {
  test.each([
    [['vlaidate', 'x'], /unknown command 'vlaidate'[\s\S]*Did you mean validate\?/],
    [['run', '--raet', '5'], /unknown option '--raet'[\s\S]*Did you mean --rate\?/],
    [['validate', '--stric', 'x'], /Did you mean --strict\?/],
    [['mock', '--sed', '1'], /Did you mean/],
    [['report', 'x', '--fromat', 'md'], /Did you mean --format\?/],
    [['plan', '-v', 'x.yaml'], /unknown option '-v'\n {2}hint: -v is for burn run, and/],
    [['validate', '--log-level=debug', 'x'], /hint: --log-level is for burn run, burn compare, burn search, and/],
    [['schema', '-q'], /hint: -q is for burn run, burn validate, .*burn replay, and stands behind the command/],
    [
      ['-c', '5', 'http://127.0.0.1:1/'],
      /hint: -c is for burn run, burn plan, burn compare, burn replay, and stands behind the command/,
    ],
    [['--no-color', 'nothing', '--help'], /^error: unknown command 'nothing'\n$/],
    [['validate'], /missing required argument 'file'/],
    [['mock', '--port', '99999'], /--port 99999: expected a whole number from 0 to 65535/],
    [['mock', '--set', 'firstTokenMss=1'], /firstTokenMss/],
  ])('%j: exit 2', async (args, words) => {
    const { code, stdout, stderr } = await new Home().call(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(words)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})

describe('-q: notes are left out, what was asked for is not', () => {
  test.each([
    ['ping', ['ping', 'a.json'], /^target: model/m],
    ['plan', ['plan', 'a.json'], /^warning: /m],
    ['generate', ['generate', 'smoke', '-o', 'made', '--force'], /^next: burn run/m],
    ['convert', ['convert', 'c.sh'], /^note: --weird/m],
    ['tail', ['tail', 'done'], /^fine /m],
    ['replay', ['replay', 'done'], /^fine /m],
  ])('%s', async (_, args, notes) => {
    const home = new Home()
    const mock = await mockFor()
    const target = { preset: 'openai', url: `${mock.url}/v1/chat/completions` }
    home.write('a.json', { name: 'fine', target, load: [{ iterations: 1 }], steps: [{ message: 'Hi' }], vars: { zip: 501 } })
    home.write('c.sh', 'curl --weird http://127.0.0.1/ -d a=1')
    if (args.includes('done')) await home.call(['run', 'a.json', '--out', 'done', '--log', 'all', '--allow-lag', '60s', '-q'])
    const env = { BURN_RAET: '5' }
    const loud = await home.call(args, { env })
    expect(loud.stderr).toMatch(notes)
    const quiet = await home.call([...args, '-q'], { env })
    expect([quiet.code, quiet.stderr]).toEqual([loud.code, ''])
    expect(quiet.stdout).not.toBe('')
  })
})

test.each([[['http://127.0.0.1:1/']], [['a.json', '-n', '1']]])('--no-color before %j, as before run', async (args) => {
  const home = new Home()
  home.write('a.json', { name: 'a', target: { url: 'http://127.0.0.1:1/' }, steps: [{ request: {} }] })
  const [short, whole] = [
    ['--no-color', ...args],
    ['--no-color', 'run', ...args],
  ].map((all) => [...all, '--seed', 's', '--show-config'])
  expect(await home.call(short ?? [])).toMatchObject({ code: 0, stdout: (await home.call(whole ?? [])).stdout })
})

describe('--no-color', () => {
  const FORCED = { env: { FORCE_COLOR: '1' } }

  test.each([
    [['validate', 'bad.json', '--no-color']],
    [['--no-color', 'validate', 'bad.json']],
    [['plan', '--no-color', 'bad.json']],
    [['generate', '--no-color', '--list']],
    [['convert', 'bad.json', '-o', '-', '--no-color']],
    [['schema', '--no-color']],
    [['mock', '--list', '--no-color']],
    [['ping', 'bad.json', '--no-color']],
  ])('%j: taken, and nothing is coloured', async (args) => {
    const home = new Home()
    home.write('bad.json', { name: 'x', stepz: [] })
    const { stdout, stderr } = await home.call(args, FORCED)
    expect(stderr).not.toMatch(/unknown option/)
    expect(stdout + stderr).not.toContain('\u001b[')
  })

  test('without it they are', async () => {
    const home = new Home()
    home.write('bad.json', { name: 'x', stepz: [] })
    expect((await home.call(['validate', 'bad.json'], FORCED)).stdout).toContain('\u001b[')
  })
})
