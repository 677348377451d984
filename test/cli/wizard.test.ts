import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { checkAddress, checkPath, checkVariable } from '../../src/cli/generate/wizard/checks.ts'
import { runWizard } from '../../src/cli/generate/wizard.ts'
import type { GenerateFlags } from '../../src/cli/output/new-files.ts'
import { startMock } from '../../src/mock/server.ts'
import { eventually, Home } from './harness.ts'

const ENTER = '\r'
const DOWN = '\x1b[B'
const CTRL_C = '\x03'
/** In place of keys: the input ends. */
const END = 'END'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'burn-wizard-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Plays a person: waits for each question, then presses the keys. */
async function play(flags: GenerateFlags, script: readonly (readonly [question: string, keys: string])[], columns = 200) {
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), { columns, rows: 50 })
  let screen = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    screen += stripVTControlCharacters(text)
  })
  const ran: string[] = []
  const run = async (file: string) => {
    ran.push(file)
    return 0
  }
  const finished = runWizard(flags, { streams: { input, output }, run })
  let from = 0
  for (const [question, keys] of script) {
    await eventually(() => screen.indexOf(question, from) >= 0, question)
    from = screen.indexOf(question, from) + question.length
    if (keys === END) input.end()
    else for (const key of keys.match(/\x1b\[B|[\s\S]/g) ?? []) input.write(key)
  }
  return { code: await finished, screen, ran }
}

test('eight stages with Enter alone: a file for the demo target, and a run of it', async () => {
  const path = folder()
  const { code, screen, ran } = await play({ output: path }, [
    ['2/8 What do you want to test?', ENTER],
    ['4/8 Send one message now', ENTER],
    ['5/8 Which conversation?', ENTER],
    ['6/8 How much load?', ENTER],
    ['7/8 Where to write it?', ENTER],
    ['8/8 Run it now?', ENTER],
  ])
  const file = join(path, 'conversation-context.yaml')
  expect([code, ran]).toEqual([0, [file]])
  expect(screen).toMatch(/1\/8 Welcome/)
  expect(screen).toMatch(/3\/8 The demo target/)
  expect(screen).toMatch(/answered in .*, the first token after .*: turn 1: Hello/)
  expect(screen).toContain('Next steps')
  expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ name: 'conversation-context', target: { url: 'mock:' } })
})

test('a provider at an address of its own: the key stays in the environment', async () => {
  const mock = await startMock({ firstTokenMs: 0, gapMs: 0 })
  onTestFinished(() => mock.close())
  const path = folder()
  const { code, screen, ran } = await play({ output: path }, [
    ['2/8 What do you want to test?', DOWN + ENTER],
    ['3/8 Its address', `${mock.url}/v1/chat/completions${ENTER}`],
    ['Model', `my-model${ENTER}`],
    ['Environment variable', `NOT_SET_ANYWHERE${ENTER}`],
    ['4/8 Send one message now', ENTER],
    ['5/8 Which conversation?', ENTER],
    ['6/8 How much load?', DOWN + ENTER],
    ['7/8 Where to write it?', `${join(path, 'mine.json')}${ENTER}`],
    ['8/8 Run it now?', `n`],
  ])
  expect([code, ran]).toEqual([0, []])
  expect(screen).toContain('NOT_SET_ANYWHERE is not set in this shell')
  expect(screen).toContain('answered in')
  expect(JSON.parse(readFileSync(join(path, 'mine.json'), 'utf8'))).toMatchObject({
    target: {
      preset: 'openai-chat',
      url: `${mock.url}/v1/chat/completions`,
      model: 'my-model',
      auth: { type: 'bearer', token: '${env.NOT_SET_ANYWHERE:-no-key-needed}' },
    },
    load: [{ iterations: 1, users: 1 }],
  })
})

test('a wrong address can be changed after a failed try; a base address is completed, and that is said', async () => {
  const mock = await startMock({ firstTokenMs: 0, gapMs: 0 })
  onTestFinished(() => mock.close())
  const path = folder()
  const answers = join(path, 'answers.json')
  const { screen } = await play({ output: path, answers, url: 'http://127.0.0.1:1/v1' }, [
    ['2/8', DOWN + ENTER],
    ['3/8', ENTER],
    ['completed to http://127.0.0.1:1/v1/chat/completions', ''],
    ['Model', ENTER],
    ['Environment variable', `-${ENTER}`],
    ['4/8', ENTER],
    ['Try once more?', DOWN + DOWN + ENTER],
    ['Its address', `${mock.url}/v1${ENTER}`],
    [`completed to ${mock.url}/v1/chat/completions`, ''],
    ['answered in', ''],
    ['5/8', ENTER],
    ['6/8', ENTER],
    ['7/8', ENTER],
    ['8/8', 'n'],
  ])
  expect(screen).toContain('refused: connect ECONNREFUSED 127.0.0.1:1')
  expect(JSON.parse(readFileSync(answers, 'utf8'))).toMatchObject({ url: `${mock.url}/v1` })
  expect(parse(readFileSync(join(path, 'conversation-context.yaml'), 'utf8')).target.url).toBe(`${mock.url}/v1`)
})

test('at 60 columns no line is longer, and none breaks inside of a word', async () => {
  const { screen } = await play(
    { output: folder() },
    [
      ['2/8', ENTER],
      ['4/8', ENTER],
      ['5/8', CTRL_C],
    ],
    60,
  )
  const told = screen.split('\n').map((line) => line.trimEnd())
  expect(Math.max(...told.map((line) => [...line].length))).toBeLessThanOrEqual(60)
  expect(screen.replace(/\s*[│◇]\s*/g, ' ')).toContain('Ctrl-C stops, and nothing is written before the end.')
})

test('a target that does not answer is told, and can be tried again or not', async () => {
  const path = folder()
  const { screen } = await play({ output: path, url: 'http://127.0.0.1:1/v1/chat/completions' }, [
    ['2/8', DOWN + ENTER],
    ['3/8', ENTER],
    ['Model', ENTER],
    ['Environment variable', `-${ENTER}`],
    ['4/8', ENTER],
    ['Try once more?', ENTER],
    ['5/8', ENTER],
    ['6/8', ENTER],
    ['7/8', ENTER],
    ['8/8', 'n'],
  ])
  expect(screen).toContain('refused: connect ECONNREFUSED 127.0.0.1:1')
})

test('a file that is there is replaced only when the person says so', async () => {
  const path = folder()
  const file = join(path, 'conversation-context.yaml')
  writeFileSync(file, 'mine')
  const { code } = await play({ output: path }, [
    ['2/8', ENTER],
    ['4/8', 'n'],
    ['5/8', ENTER],
    ['6/8', ENTER],
    ['7/8', ENTER],
    ['Write over it?', 'n'],
    ['Where else?', `${join(path, 'other.yaml')}${ENTER}`],
    ['8/8', 'n'],
  ])
  expect(code).toBe(0)
  expect(readFileSync(file, 'utf8')).toBe('mine')
  expect(existsSync(join(path, 'other.yaml'))).toBe(true)
})

test.each([
  ['2/8', []],
  ['4/8', [['2/8', ENTER]]],
  [
    '5/8',
    [
      ['2/8', ENTER],
      ['4/8', 'n'],
    ],
  ],
  [
    '7/8',
    [
      ['2/8', ENTER],
      ['4/8', 'n'],
      ['5/8', ENTER],
      ['6/8', ENTER],
    ],
  ],
] as const)('Ctrl-C at %s leaves nothing behind: exit 130', async (question, before) => {
  const path = folder()
  const { code, screen } = await play({ output: path }, [...before, [question, CTRL_C]])
  expect(code).toBe(130)
  expect(screen).toContain('Nothing was written')
  expect(readdirSync(path)).toEqual([])
})

test.each([
  ['Ctrl-D', '\x04'],
  ['the end of the input', END],
])('%s stops it as Ctrl-C does', async (_, keys) => {
  const path = folder()
  const { code, screen } = await play({ output: path }, [
    ['2/8', ENTER],
    ['4/8', keys],
  ])
  expect([code, readdirSync(path)]).toEqual([130, []])
  expect(screen).toContain('Nothing was written')
})

test('Ctrl-C at the last question keeps the file and runs nothing', async () => {
  const path = folder()
  const { code, ran } = await play({ output: path }, [
    ['2/8', ENTER],
    ['4/8', 'n'],
    ['5/8', ENTER],
    ['6/8', ENTER],
    ['7/8', ENTER],
    ['8/8', CTRL_C],
  ])
  expect([code, ran, readdirSync(path)]).toEqual([0, [], ['conversation-context.yaml']])
})

test.each([
  [checkAddress, 'https://h/chat', undefined],
  [checkAddress, 'mock:', undefined],
  [checkAddress, 'https://{{resource}}.example/x', undefined],
  [checkAddress, 'h/chat', 'scheme'],
  [checkAddress, 'https://ann:secret@h/', 'No user names'],
  [checkVariable, 'MY_KEY', undefined],
  [checkVariable, '-', undefined],
  [checkVariable, 'sk-12345', 'not the key itself'],
  [checkPath, 'a/b.yaml', undefined],
  [checkPath, 'a/b', 'ends with'],
])('%# an answer is checked: %s', (check, answer, why) => {
  if (why === undefined) expect(check(answer)).toBeUndefined()
  else expect(check(answer)).toContain(why)
})

describe('--answers', () => {
  test('a wizard that was stopped goes on where it was', async () => {
    const path = folder()
    const answers = join(path, 'answers.json')
    const stopped = await play({ output: path, answers }, [
      ['2/8 What do you want to test?', ENTER],
      ['4/8 Send one message now', 'n'],
      ['5/8 Which conversation?', ENTER],
      ['6/8 How much load?', CTRL_C],
    ])
    expect([stopped.code, readdirSync(path)]).toEqual([130, ['answers.json']])
    expect(stopped.screen).toContain(`What was answered is in ${answers}`)
    expect(JSON.parse(readFileSync(answers, 'utf8'))).toEqual({ provider: 'mock', template: 'conversation-context' })
    const { code, screen } = await play({ output: path, answers }, [
      ['2/8 provider: mock', ''],
      ['4/8 Send one message now', 'n'],
      ['5/8 template: conversation-context', ''],
      ['6/8 How much load?', DOWN + ENTER],
      ['7/8 Where to write it?', ENTER],
      ['8/8 Run it now?', 'n'],
    ])
    const file = join(path, 'conversation-context.yaml')
    expect([code, existsSync(file)]).toEqual([0, true])
    expect(screen).not.toContain('What do you want to test?')
    expect(JSON.parse(readFileSync(answers, 'utf8'))).toMatchObject({ load: 'one', path: file })
  })

  test.each([
    [{}, 'scenarios/conversation-context.yaml', { url: 'mock:' }],
    [
      { provider: 'openai-chat', model: 'm', keyVariable: 'MY_KEY', template: 'rapid-fire', load: 'one', path: 'a.json' },
      'a.json',
      { preset: 'openai-chat', model: 'm', auth: { type: 'bearer', token: '${env.MY_KEY}' } },
    ],
    [{ provider: 'other', url: 'ws://127.0.0.1:9/ws' }, 'scenarios/conversation-context.yaml', { url: 'ws://127.0.0.1:9/ws' }],
  ])('with --yes %j are a file at once', async (given, file, target) => {
    const home = new Home()
    home.write('answers.json', given)
    const { code, stdout } = await home.call(['generate', '--yes', '--answers', 'answers.json'])
    expect([code, stdout]).toEqual([0, `${file}\n`])
    expect(parse(home.read(file)).target).toMatchObject(target)
  })

  test.each([
    ['{', 'not a JSON object of texts'],
    ['{"provder":"mock"}', 'there is no question "provder"\n  hint: did you mean provider?'],
    ['{"provider":"nobody"}', 'provider: there is no such provider'],
    ['{"provider":"custom-grpc","url":"http://127.0.0.1:1"}', 'url: This speaks grpc: its addresses begin with grpc://'],
    ['{"url":"http://me:secret@h/"}', 'url: No user names or passwords'],
  ])('%s is refused', async (text, words) => {
    const home = new Home()
    home.write('answers.json', text)
    const { code, stderr } = await home.call(['generate', '--yes', '--answers', 'answers.json'])
    expect([code, home.files()]).toEqual([2, ['answers.json']])
    expect(stderr).toContain(`burn: --answers answers.json: ${words}`)
  })
})

test.each([
  ['grpc', 'http://127.0.0.1:1', /^This speaks grpc: its addresses begin with grpc:\/\/ \(/],
  ['mqtt', 'http://127.0.0.1:1', /begin with mqtt:\/\/ or ws:\/\//],
  ['mqtt', 'wss://h/mqtt', undefined],
  ['websocket', 'https://h/', /begin with ws:\/\//],
  ['http', 'https://h/', undefined],
  ['grpc', 'grpcs://h:443', undefined],
])('%s at %s', (protocol, address, words) => {
  const told = checkAddress(address, protocol)
  if (words === undefined) expect(told).toBeUndefined()
  else expect(told).toMatch(words)
})
