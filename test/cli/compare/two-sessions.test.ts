/** `burn compare RUN RUN --session ID`: two recorded conversations beside each other. */
import { expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/store/journal/entry.ts'
import { entry, HEADER } from '../../store/entries.ts'
import { Home } from '../harness.ts'

const HOSTILE = 'Gone \u001b[2J\u202e'

/** Writes the journal of a run in which user 3 says `turns`, one message after the other. */
function record(home: Home, name: string, turns: readonly Partial<JournalEntry>[], user = 3): void {
  const lines = turns.map((turn, i) =>
    JSON.stringify(entry({ user, sentAtMs: 1000 * i, intendedAtMs: 1000 * i, endedAtMs: 1000 * i + 500, ...turn })),
  )
  home.write(`${name}/sessions.jsonl`, [JSON.stringify({ journal: '1.0', ...HEADER, level: 'all' }), ...lines, ''].join('\n'))
}

test('each message has both replies, with the words that one alone has, and few pairs are described', async () => {
  const home = new Home()
  record(home, 'base', [
    { prompt: 'Where is it?', reply: 'It is in the red depot today.', ttftMs: 100 },
    { prompt: 'And when?', attempt: 1, outcome: 'failed', failure: { class: 'http_status', phase: 'headers', message: HOSTILE } },
    { prompt: 'Bye', reply: 'Bye' },
  ])
  record(home, 'new', [
    { prompt: 'Where is it?', reply: 'It is in the blue depot today.', ttftMs: 300 },
    { prompt: 'And when now?', reply: '' },
  ])
  const { code, stdout } = await home.call(['compare', 'base', 'new', '--session', '3#0'])
  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
    'A  base, session 3#0',
    'B  new, session 3#0',
    '',
    '  > Where is it?',
    '    A < It is in the [-red-] depot today.',
    '    B < It is in the {+blue+} depot today.',
    '      ttft 100ms → 300ms  reply 500ms → 500ms  words 85.7% alike',
    '',
    '  > And when?',
    '    B > And when now?',
    expect.stringMatching(/^ {4}A < failed: http_status: Gone \\u\{1b\}\[2J\\u\{202e\}$/),
    '    B < (empty)',
    '',
    '  > Bye',
    '    A < Bye',
    '    B < (no such message)',
    '',
    '3 messages, 1 failed in A, 0 in B; 1 answered in both',
    '  ttft: median 100ms → 300ms (descriptive: 1 of the 8 pairs that a test needs)',
    '  reply: median 500ms → 500ms (descriptive: 1 of the 8 pairs that a test needs)',
    '  words of the replies alike: median 85.7%',
    '',
  ])
})

test('a session of each run may be named, and eight messages have bounds', async () => {
  const home = new Home()
  const turns = (ttftMs: number) => Array.from({ length: 8 }, (_, i) => ({ prompt: `m${i}`, ttftMs: ttftMs + i }))
  record(home, 'base', turns(100))
  record(home, 'new', turns(150), 5)
  const { stdout } = await home.call(['compare', 'base', 'new', '--session', '3#0, 5#0'])
  expect(stdout).toContain('B  new, session 5#0')
  expect(stdout).toContain('ttft: median 104ms → 154ms, change +50ms (+50ms to +50ms at 95 %; signed-rank p 0.008, 8 pairs)')
  const back = await home.call(['compare', 'new', 'base', '--session', '5#0,3#0'])
  expect(back.stdout).toContain('change -50ms')
})

test.each([
  [['compare', 'base', 'new', '--session', '9#0'], 6, 'holds no session 9#0'],
  [['compare', 'base', '--session', '3#0'], 2, 'a session of each of two runs'],
  [['compare', 'base', 'new', '--session', '1#0,2#0,3#0'], 2, 'one session, or one of each run'],
  [['compare', 'base', 'new', '--session', '3#0', '-f', 'json'], 2, '--session prints to the terminal'],
  [['compare', 'base', 'new', '--session', '3#0', '--gate', 'errors'], 2, '--gate does not go with --session'],
  [['compare', 'base', 'new', '--session', '3#0', '-e', 'http://127.0.0.1:1'], 2, '--endpoint does not go with --session'],
  [['compare', 'a.yaml', 'b.yaml', '--session', '3#0'], 2, 'is a scenario'],
] as const)('%j is refused', async (args, exit, said) => {
  const home = new Home()
  record(home, 'base', [{}])
  record(home, 'new', [{}])
  const { code, stdout, stderr } = await home.call([...args])
  expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
  expect(stderr).toContain(said)
})

test('a damaged journal is shown as far as it can be read, with exit code 6', async () => {
  const home = new Home()
  record(home, 'base', [{}])
  record(home, 'new', [{}])
  home.write('new/sessions.jsonl', `${home.read('new/sessions.jsonl')}{ broken\n${JSON.stringify(entry({ user: 4 }))}\n`)
  const { code, stdout, stderr } = await home.call(['compare', 'base', 'new', '--session', '3#0'])
  expect([code, stdout.includes('1 messages')]).toEqual([6, true])
  expect(stderr).toContain('is damaged')
})
