import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Home, mockFor, OUT, ROOT } from './harness.ts'

const FIXTURES = join(ROOT, 'test', 'fixtures', 'foreign')

function homeWith(name: string): Home {
  const home = new Home()
  copyFileSync(join(FIXTURES, name), home.file(name))
  return home
}

test('the result goes to stdout, what is not the same to stderr and into the file', async () => {
  const home = homeWith('mobile_sync_stress.json')
  const { code, stdout, stderr } = await home.call(['convert', 'mobile_sync_stress.json'])
  expect(code).toBe(0)
  expect(parse(stdout)).toMatchObject({ name: 'Mobile Sync Stress Test', target: { protocol: 'websocket' } })
  expect(stdout).toContain('# Converted from Stream Testbench.')
  expect(stdout).toContain('# - colour has no equivalent in burn, and was left out')
  expect(stderr).toContain('note: colour has no equivalent in burn, and was left out')
  expect(stdout + stderr).not.toContain('very-secret')
})

test('-o writes a file that is valid, in the format that its name says, and not over another', async () => {
  const home = homeWith('krawall.yaml')
  home.folder('out')
  expect((await home.call(['convert', 'krawall.yaml', '-o', 'out/k.json'])).code).toBe(0)
  expect(JSON.parse(home.read('out/k.json'))).toMatchObject({ name: 'Support escalation' })
  expect((await home.call(['validate', '--no-env', 'out/k.json'])).code).toBe(0)
  expect((await home.call(['convert', 'krawall.yaml', '-o', 'out/k.json'])).code).toBe(2)
  expect((await home.call(['convert', 'krawall.yaml', '-o', 'out/k.json', '--force'])).code).toBe(0)
})

test('what was converted runs', async () => {
  const mock = await mockFor()
  const home = new Home()
  home.write('s.json', {
    name: 'h',
    protocol: 'HTTP',
    endpoint: `${mock.url}/echo`,
    duration_seconds: 5,
    rates: { messagesPerSecond: 2 },
  })
  expect((await home.call(['convert', 's.json', '-o', 's.yaml'])).code).toBe(0)
  const { code } = await home.call(['run', 's.yaml', '-n', '4', ...OUT])
  expect([code, mock.stats().requests]).toEqual([0, 4])
})

test('several scenarios go to a folder', async () => {
  const home = new Home()
  const one = { endpoint: 'ws://h/ws', duration_seconds: 5 }
  home.write('all.json', [
    { name: 'a b', ...one },
    { name: 'c', ...one },
  ])
  expect((await home.call(['convert', 'all.json'])).stderr).toContain('name a folder')
  const { code, stdout } = await home.call(['convert', 'all.json', '-o', 'd'])
  expect([code, stdout]).toEqual([0, 'd/a-b.yaml\nd/c.yaml\n'])
})

test('standard input is read, and the kind can be named', async () => {
  const { code, stdout } = await new Home().burn(['convert', '-', '--from', 'curl', '--format', 'json'], {
    stdin: 'curl http://h/a',
  })
  expect(code).toBe(0)
  expect(JSON.parse(stdout).steps).toEqual([{ request: { method: 'GET', path: '/a' }, name: 'a' }])
})

test.each([
  ['the kind of the file is not recognised', 'name: x\nfoo: 1\n', []],
  ['this is not har', 'curl http://h', ['--from', 'har']],
  ['reads a file', 'curl http://h -d @body', []],
  ['no operations', '{"openapi":"3.1.0","paths":{}}', []],
])('%s: exit 2, and nothing on stdout', async (why, text, args) => {
  const home = new Home()
  home.write('in.txt', text)
  const { code, stdout, stderr } = await home.call(['convert', 'in.txt', ...args])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(why)
})

test('a result that still needs a hand says so: exit 2', async () => {
  const home = new Home()
  home.write('k.yaml', { name: 'n', flowConfig: [{ id: 'a', type: 'dance', config: {} }] })
  const { code, stderr } = await home.call(['convert', 'k.yaml', '-o', 'out.yaml'])
  expect(code).toBe(2)
  expect(stderr).toContain('note: steps.0.type dance is not known, and was left out')
  expect(stderr).toContain('to do: ')
  expect(home.files()).toContain('out.yaml')
})

test.each([
  ['none/k.yaml', 7, /^burn: cannot write none\/k\.yaml: .*\n {2}hint: the folder does not exist: mkdir -p none\n$/],
  ['a.har', 2, /^burn: -o a\.har is a file that is no scenario\n/],
])('-o %s is refused', async (output, wanted, words) => {
  const home = homeWith('krawall.yaml')
  home.write('a.har', '{}')
  const before = home.files()
  for (const args of [
    ['convert', 'krawall.yaml'],
    ['generate', 'smoke'],
  ]) {
    const { code, stderr } = await home.call([...args, '-o', output])
    expect([code, home.files()]).toEqual([wanted, before])
    expect(stderr).toMatch(words)
  }
})

describe('several scenarios of Stream Testbench in one file', () => {
  const two = (url: string) =>
    ['a', 'b'].map((name) => ({
      name,
      protocol: 'HTTP',
      endpoint: `${url}/echo`,
      duration_seconds: 5,
      rates: { messagesPerSecond: 2 },
    }))
  const FORMS = [
    ['all.json', (items: readonly object[]) => JSON.stringify(items)],
    ['all.yaml', (items: readonly object[]) => items.map((item) => `---\n${JSON.stringify(item)}\n`).join('')],
  ] as const

  test.each(FORMS)('%s: run, validate and convert take each', async (file, text) => {
    const mock = await mockFor()
    const home = new Home()
    home.write(file, text(two(mock.url)))
    const { code } = await home.call(['run', file, '-n', '2', '-q', '--log', 'none', ...OUT])
    expect([code, mock.stats().requests]).toEqual([0, 4])
    expect(['a', 'b'].map((name) => home.result(`out/${name}`).scenarioName)).toEqual(['a', 'b'])
    const checked = await home.call(['validate', file, '--format', 'json'])
    expect([checked.code, JSON.parse(checked.stdout).warnings]).toEqual([0, 0])
    expect(checked.stdout).toContain('one after the other; in the other tool they ran side by side')
    expect((await home.call(['convert', file, '-o', 'd'])).stdout).toBe('d/a.yaml\nd/b.yaml\n')
  })

  test('what is wrong with one of them is told', async () => {
    const home = new Home()
    home.write('all.json', [...two('http://127.0.0.1:1').slice(0, 1), ...two('http://[').slice(1)])
    const { code, stderr } = await home.call(['run', 'all.json', '--no-preflight'])
    expect(code).toBe(2)
    expect(stderr).toContain('this is not an address')
  })

  test('documents of our own are an error as before', async () => {
    const home = new Home()
    const one = JSON.stringify({ name: 'a', target: { url: 'mock:' }, steps: [{ message: 'x' }] })
    home.write('own.yaml', `---\n${one}\n---\n${one}\n`)
    expect((await home.call(['run', 'own.yaml'])).code).toBe(2)
    expect((await home.call(['validate', 'own.yaml'])).code).toBe(2)
  })
})

describe('what is wrong in a file of Stream Testbench', () => {
  const clean = {
    name: 'clean',
    protocol: 'WEBSOCKET',
    endpoint: 'localhost:8000/ws/mobile/sync/',
    duration_seconds: 30,
    connections: 5,
    rates: { messagesPerSecond: 2 },
    payloads: ['HEARTBEAT'],
  }
  const checked = async (file: object, ...flags: string[]) => {
    const home = new Home()
    home.write('f.json', JSON.stringify(file, undefined, 2))
    return home.call(['validate', 'f.json', ...flags])
  }

  test('--strict accepts a clean one', async () => {
    const { code, stdout, stderr } = await checked(clean, '--strict')
    expect([code, stderr]).toEqual([0, '1 file: no problems\n'])
    expect(stdout).toContain('note I_FOREIGN a stream-testbench file, converted')
  })

  test('a misspelt key is an error at its place', async () => {
    const { code, stdout } = await checked({ ...clean, authenticaton: { type: 'NONE' } })
    expect(code).toBe(2)
    expect(stdout).toContain('f.json:13:3: error E_FOREIGN authenticaton is not a known key')
    expect(stdout).toContain('did you mean authentication?')
    const { code: inside, stdout: said } = await checked({ ...clean, rates: { messagesPerSecond: 2, burstMultiplyer: 3 } })
    expect([inside, said.includes('f.json:9:5: error')]).toEqual([2, true])
  })

  test('a key that is like no other is a warning, which --strict refuses', async () => {
    const file = { ...clean, owner: 'me' }
    expect([(await checked(file)).code, (await checked(file, '--strict')).code]).toEqual([0, 2])
  })

  test('nothing is sent for a file with an error', async () => {
    const home = new Home()
    const mock = await mockFor()
    home.write('f.json', { ...clean, endpoint: `${mock.url.replace('http://', '')}/ws`, rates: { mesagesPerSecond: 9 } })
    const { code, stderr } = await home.call(['run', 'f.json', '-n', '1', ...OUT])
    expect([code, mock.stats().requests]).toEqual([2, 0])
    expect(stderr).toContain('did you mean messagesPerSecond?')
  })
})

describe('files of other tools are larger than scenarios', () => {
  const entry = (url: string, type: string, text: string) => ({
    _resourceType: type === 'text/javascript' ? 'script' : 'fetch',
    request: { method: 'GET', url, headers: [] },
    response: { status: 200, content: { mimeType: type, text } },
  })
  const archive = JSON.stringify({
    log: {
      entries: [
        entry('http://h/api', 'application/json', '{}'),
        entry('http://h/a.js', 'text/javascript', 'x'.repeat(1_100_000)),
      ],
    },
  })
  const steps = [{ request: { method: 'GET', path: '/api' }, name: 'GET api', expect: [{ status: 200 }] }]

  test('an archive of more than a megabyte, as a file and from standard input', async () => {
    const home = new Home()
    home.write('page.har', archive)
    const one = await home.call(['convert', 'page.har'])
    expect([one.code, parse(one.stdout).steps]).toEqual([0, steps])
    const piped = await home.burn(['convert', '-'], { stdin: archive })
    expect([piped.code, parse(piped.stdout).steps]).toEqual([0, steps])
  })

  test('a fault of a large JSON file is told with its place', async () => {
    const home = new Home()
    home.write('page.har', `${archive.slice(0, -3)}\n  , "x": 1`)
    const { code, stdout, stderr } = await home.call(['convert', 'page.har'])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('line 2, column 8: expected "," or ')
  })
})
