/** `burn replay` without a terminal: which sessions, their text, what stands out, and journals that are damaged or hostile. */
import { describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/store/journal/entry.ts'
import { entry, HEADER } from '../../store/entries.ts'
import { chat, Home, mockFor, OUT } from '../harness.ts'

const header = (level = 'all') => `${JSON.stringify({ journal: '1.0', ...HEADER, level })}\n`
const line = (over: Partial<JournalEntry> = {}) => `${JSON.stringify(entry(over))}\n`
const FAILED = {
  outcome: 'failed',
  failure: { class: 'http_status', phase: 'headers', message: 'HTTP 503' },
  status: 503,
  reply: '',
} as const

/** Turn n of a session: sent at n seconds, takes 250 ms. */
const turn = (user: number, iteration: number, n: number, over: Partial<JournalEntry> = {}) =>
  line({
    user,
    iteration,
    step: `turn-${n}`,
    intendedAtMs: n * 1000,
    sentAtMs: n * 1000,
    endedAtMs: n * 1000 + 250,
    prompt: `question ${n} of ${user}`,
    reply: `answer ${n} to ${user}: it is on its way.`,
    ...over,
  })

/** Three sessions, whose lines lie between each other: 1#0 is fine, 2#1 has a repeated reply, 3#2 has failed. */
function recorded(home: Home): string {
  const lines = [
    turn(1, 0, 1),
    turn(2, 1, 2, { reply: 'I can help you with that.' }),
    turn(3, 2, 3),
    turn(2, 1, 4, { reply: 'I can help you with that.' }),
    turn(1, 0, 5),
    turn(3, 2, 6, FAILED),
    line({ phase: '', step: 'log-in', user: 0, iteration: 0 }),
  ]
  home.write('out/sessions.jsonl', header() + lines.join(''))
  return 'out'
}

const sessionsIn = (text: string) => [...text.matchAll(/^session (\S+)/gm)].map(([, id]) => id)

describe('the text', () => {
  test('each session as a whole, in the order in which they began, with its pauses and marks', async () => {
    const home = new Home()
    const { code, stdout } = await home.call(['replay', recorded(home)])
    expect(code).toBe(0)
    expect(sessionsIn(stdout)).toEqual(['1#0', '2#1', '3#2'])
    expect(stdout).not.toContain('log-in')
    expect(stdout.slice(stdout.indexOf('session 2#1'), stdout.indexOf('session 3#2')).split('\n')).toEqual([
      'session 2#1  main · began 0:02.000 · 2.25s · 2 exchanges  ! 1 repeated',
      ' 0:02.250  user 2 #1  turn-2  ok 200  ttft 12ms  service 250ms',
      '  > question 2 of 2',
      '  < I can help you with that.',
      '          · 1.75s later',
      ' 0:04.250  user 2 #1  turn-4  ok 200  ttft 12ms  service 250ms',
      '  > question 4 of 2',
      '  < I can help you with that.',
      '  ! repeated: the reply begins as the one before',
      '',
      '',
    ])
  })

  test.each([
    [['--session', '3#2'], ['3#2']],
    [
      ['--session', '3#2', '--session', '1#0'],
      ['1#0', '3#2'],
    ],
    [['--vu', '2'], ['2#1']],
    [['--only-anomalies'], ['2#1', '3#2']],
    [
      ['--worst', '2'],
      ['3#2', '2#1'],
    ],
    [
      ['--worst', '9'],
      ['3#2', '2#1', '1#0'],
    ],
    [['--vu', '1', '--only-anomalies'], []],
  ])('%j', async (args, wanted) => {
    const home = new Home()
    const { code, stdout } = await home.call(['replay', recorded(home), ...args])
    expect([code, sessionsIn(stdout)]).toEqual([0, wanted])
  })

  test('--list: a table, the worst first', async () => {
    const home = new Home()
    const { stdout } = await home.call(['replay', recorded(home), '--list'])
    expect(stdout.split('\n')).toEqual([
      'session     began  length  exchanges  worst ttft  tokens  phase  anomalies',
      '3#2      0:03.000   3.25s          2        12ms       –  main   1 failed',
      '2#1      0:02.000   2.25s          2        12ms       –  main   1 repeated',
      '1#0      0:01.000   4.25s          2        12ms       –  main',
      '',
    ])
  })

  test('--json: the exchanges that stand out, as the journal has them', async () => {
    const home = new Home()
    const { stdout } = await home.call(['replay', recorded(home), '--json'])
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text))
    expect(found).toMatchObject([
      { session: '2#1', step: 'turn-4', anomalies: [{ kind: 'repeated' }], prompt: 'question 4 of 2' },
      { session: '3#2', step: 'turn-6', anomalies: [{ kind: 'failed', words: 'failed: http_status' }], status: 503 },
    ])
  })
})

test('what is slow comes from the limits of the run', async () => {
  const home = new Home()
  const mock = await mockFor()
  const scenario = home.write('s.json', chat(mock.url, { load: [{ iterations: 2, users: 1 }] }))
  await home.call(['run', scenario, ...OUT, '--log', 'all', '-q'])
  const group = { kind: 'slow', step: 'hello', metric: 'ttft', unit: 'ms', count: 2, median: 1, limit: 0.01, worst: [] }
  home.write('out/result.json', { ...home.result(), anomalyGroups: [group] })
  const { stdout } = await home.call(['replay', 'out', '--worst', '1'])
  expect(stdout).toMatch(/^session 0#\d {2}.* ! 1 slow\n/)
  expect(stdout).toMatch(/\n {2}! slow: ttft [\d.]+m?s, above 0.01ms\n/)
})

describe('where there is little to show', () => {
  test.each([
    ['errors', '', 'nothing recorded: all went well'],
    ['all', '', 'nothing recorded\n'],
    ['all', turn(1, 0, 1), 'nothing stands out in the one session'],
  ])('log %s', async (level, lines, words) => {
    const home = new Home()
    home.write('out/sessions.jsonl', header(level) + lines)
    const { code, stdout, stderr } = await home.call(['replay', 'out', '--only-anomalies'])
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).toContain(words)
    expect(stderr).toContain('slow, stalled and costly replies are not marked')
  })

  test.each([
    [['--session', '9#9'], 6, 'holds no session 9#9'],
    [['--vu', '9'], 6, 'holds no session of user 9'],
    [['--session', '9'], 2, 'expected user and iteration, such as 7#0'],
    [['--worst', '0'], 2, 'expected at least 1'],
    [['--json', '--list'], 2, "cannot be used with option '--list'"],
  ])('%j', async (args, wanted, words) => {
    const home = new Home()
    const { code, stdout, stderr } = await home.call(['replay', recorded(home), ...args])
    expect([code, stdout]).toEqual([wanted, ''])
    expect(stderr).toContain(words)
  })

  test('no journal, and a file that is none', async () => {
    const home = new Home()
    home.folder('empty')
    expect(await home.call(['replay', 'empty'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('holds no sessions.jsonl'),
    })
    home.write('other/sessions.jsonl', '{"a":1}\n')
    expect(await home.call(['replay', 'other'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('is not a journal of burn'),
    })
  })
})

describe('journals that others wrote', () => {
  test('a damaged line: all the rest is shown, then exit code 6', async () => {
    const home = new Home()
    home.write('out/sessions.jsonl', `${header()}${turn(1, 0, 1)}{"user":1,\n${turn(1, 0, 2)}`)
    const { code, stdout, stderr } = await home.call(['replay', 'out'])
    expect([code, sessionsIn(stdout), stdout.match(/> question/g)?.length]).toEqual([6, ['1#0'], 2])
    expect(stderr).toMatch(/is damaged: 1 line of it could not be read, the first is line 3/)
  })

  test.each([[[]], [['--list']], [['--json']], [['--full']]])(
    'hostile texts and numbers reach the terminal escaped: %j',
    async (args) => {
      const home = new Home()
      const evil = '\u001b[2J\u001b]0;gone\u0007\u202e\r\u009b31m'
      const over = { prompt: evil, reply: evil, step: evil, phase: evil, target: evil, finishReason: evil, warnings: [evil] }
      const failure = { class: evil, phase: evil, message: evil }
      const lines = [
        turn(1, 0, 1, { ...over, outcome: 'failed', failure }),
        turn(-5, 1.5, 2, { ...over, sentAtMs: 1e308, endedAtMs: -1e308, intendedAtMs: -1e308, ttftMs: -7 }),
      ]
      home.write('out/sessions.jsonl', header() + lines.join(''))
      const { code, stdout, stderr } = await home.call(['replay', 'out', ...args])
      expect(code).toBe(0)
      expect(stdout).not.toBe('')
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    },
  )
})
