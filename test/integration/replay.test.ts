/** The player of `burn replay` in a terminal, through tmux: what is on the screen, the keys, and that the terminal is as before afterwards. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { entry, HEADER } from '../store/entries.ts'
import { eventually } from './programs.ts'
import { BURN, Terminal } from './tmux.ts'

let terminal: Terminal

beforeEach(async () => {
  terminal = await Terminal.open()
  const line = (user: number, sentAtMs: number, over: object = {}) =>
    JSON.stringify(
      entry({
        user,
        sentAtMs,
        intendedAtMs: sentAtMs,
        endedAtMs: sentAtMs + 1000,
        ttftMs: 200,
        lastTokenMs: 900,
        prompt: `question of ${user}`,
        ...over,
      }),
    )
  const failure = { class: 'http_status', phase: 'headers', message: 'HTTP 503 \u001b[2J\u001b]0;gone\u0007' }
  terminal.folder.write(
    'run/sessions.jsonl',
    [
      JSON.stringify({ journal: '1.0', ...HEADER, level: 'all' }),
      line(1, 0, { endedAtMs: 600_000, lastTokenMs: 599_000 }),
      line(2, 0),
      line(2, 100_000, { outcome: 'failed', failure, ttftMs: null, reply: '' }),
      '',
    ].join('\n'),
  )
})

afterEach(() => {
  terminal.close()
})

test('plays, seeks, fits the window, and leaves the terminal as it was', async () => {
  terminal.type(`${BURN} replay run; echo left with $?`)
  await terminal.shows(/> question of 1/)
  await terminal.shows('session 1#0  1 of 2')
  terminal.keys('Space')
  await terminal.shows('paused')
  expect(terminal.rows()).toHaveLength(24)
  expect(terminal.rows().at(-1)).toMatch(/^space pause .* q quit$/)
  // The only anomaly is in the other session.
  terminal.keys(']')
  await terminal.shows('session 2#0  2 of 2')
  await terminal.shows('! http_status: HTTP 503 \\u{1b}[2J')
  expect(terminal.screen()).toContain('1:41.000 / 1:41.000')
  terminal.keys('0')
  await terminal.shows(/0:00\.000 \/ 1:41\.000/)
  terminal.resize(120, 40)
  await eventually(() => terminal.rows().length === 40 && /q quit$/.test(terminal.rows().at(-1) ?? ''), terminal.screen)
  terminal.resize(30, 3)
  await eventually(() => /^. 0:00/.test(terminal.rows()[0] ?? ''), terminal.screen)
  terminal.resize(80, 24)
  terminal.keys('q')
  await terminal.shows('left with 0')
  await terminal.isAsBefore()
})

test('Ctrl-C, and a signal, end it with their codes', async () => {
  terminal.type(`${BURN} replay run; echo left with $?`)
  await terminal.shows('> question of 1')
  terminal.keys('C-c')
  await terminal.shows('left with 130')
  await terminal.isAsBefore()
  terminal.type(`clear; ${BURN} replay run --speed 0.25 & echo $! > pid; fg; echo then $?`)
  await terminal.shows('> question of 1')
  process.kill(Number(terminal.folder.read('pid')), 'SIGTERM')
  await terminal.shows('then 143')
  await terminal.isAsBefore()
})

test('Ctrl-Z gives the terminal to the shell, and fg brings the player back', async () => {
  terminal.type(`${BURN} replay run --session 2#0 --idle-limit 2s --pause-on anomalies --from 1:40.5`)
  await terminal.shows('paused')
  await terminal.shows('! http_status')
  terminal.keys('C-z')
  await terminal.shows('Stopped')
  await terminal.isAsBefore()
  terminal.type('clear; fg')
  await terminal.shows(/paused {2}session 2#0$/m)
  terminal.keys('q')
  await terminal.isAsBefore()
})

test('without a terminal on one side it prints text', async () => {
  terminal.type(`${BURN} replay run --worst 1 | cat; ${BURN} replay run --plain --vu 1 < /dev/null; echo done $((1+1))`)
  await terminal.shows('done 2')
  await terminal.shows('session 2#0  main')
  await terminal.shows('session 1#0  main')
  await terminal.isAsBefore()
})
