/** The player of `burn replay` in a terminal, through tmux: what is on the screen, the keys, and that the terminal is as before afterwards. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { entry, HEADER } from '../store/entries.ts'
import { eventually, Folder, output } from './programs.ts'

const BURN = `${process.execPath} ${process.cwd()}/bin/burn.js`

let folder: Folder
let socket: string
const tmux = (...args: string[]) => output('tmux', ['-S', socket, '-f', '/dev/null', ...args])
const screen = () => tmux('capture-pane', '-p')
const rows = () => screen().split('\n').slice(0, -1)
const keys = (...names: string[]) => void tmux('send-keys', ...names)
const type = (line: string) => keys(line, 'Enter')
const shows = (text: string | RegExp) =>
  eventually(
    () => (typeof text === 'string' ? screen().includes(text) : text.test(screen())),
    () => `${text} on the screen:\n${screen()}`,
  )

beforeEach(async () => {
  folder = new Folder()
  socket = folder.file('tmux')
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
  folder.write(
    'run/sessions.jsonl',
    [
      JSON.stringify({ journal: '1.0', ...HEADER, level: 'all' }),
      line(1, 0, { endedAtMs: 600_000, lastTokenMs: 599_000 }),
      line(2, 0),
      line(2, 100_000, { outcome: 'failed', failure, ttftMs: null, reply: '' }),
      '',
    ].join('\n'),
  )
  output('tmux', [
    '-S',
    socket,
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-x',
    '80',
    '-y',
    '24',
    'env LANG=C.UTF-8 PS1=ready: bash --norc --noprofile',
  ])
  await shows('ready:')
  type(`cd ${folder.path} && clear && stty -g > before`)
  await eventually(
    () => folder.has('before'),
    () => 'the settings of the terminal',
  )
})

afterEach(() => {
  tmux('kill-server')
  folder.remove()
})

/** The terminal has its settings, its cursor and its own screen again. */
async function isAsBefore(): Promise<void> {
  type('stty -g > after; echo over $((6*7))')
  await shows('over 42')
  expect(folder.read('after')).toBe(folder.read('before'))
  expect(tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim()).toBe('0 1 1')
}

test('plays, seeks, fits the window, and leaves the terminal as it was', async () => {
  type(`${BURN} replay run; echo left with $?`)
  await shows(/> question of 1/)
  await shows('session 1#0  1 of 2')
  keys('Space')
  await shows('paused')
  expect(rows()).toHaveLength(24)
  expect(rows().at(-1)).toMatch(/^space pause .* q quit$/)
  // The only anomaly is in the other session.
  keys(']')
  await shows('session 2#0  2 of 2')
  await shows('! http_status: HTTP 503 \\u{1b}[2J')
  expect(screen()).toContain('1:41.000 / 1:41.000')
  keys('0')
  await shows(/0:00\.000 \/ 1:41\.000/)
  tmux('resize-window', '-x', '120', '-y', '40')
  await eventually(() => rows().length === 40 && /q quit$/.test(rows().at(-1) ?? ''), screen)
  tmux('resize-window', '-x', '30', '-y', '3')
  await eventually(() => /^. 0:00/.test(rows()[0] ?? ''), screen)
  tmux('resize-window', '-x', '80', '-y', '24')
  keys('q')
  await shows('left with 0')
  await isAsBefore()
})

test('Ctrl-C, and a signal, end it with their codes', async () => {
  type(`${BURN} replay run; echo left with $?`)
  await shows('> question of 1')
  keys('C-c')
  await shows('left with 130')
  await isAsBefore()
  type(`clear; ${BURN} replay run --speed 0.25 & echo $! > pid; fg; echo then $?`)
  await shows('> question of 1')
  process.kill(Number(folder.read('pid')), 'SIGTERM')
  await shows('then 143')
  await isAsBefore()
})

test('Ctrl-Z gives the terminal to the shell, and fg brings the player back', async () => {
  type(`${BURN} replay run --session 2#0 --idle-limit 2s --pause-on anomalies --from 1:40.5`)
  await shows('paused')
  await shows('! http_status')
  keys('C-z')
  await shows('Stopped')
  await isAsBefore()
  type('clear; fg')
  await shows(/paused {2}session 2#0$/m)
  keys('q')
  await isAsBefore()
})

test('without a terminal on one side it prints text', async () => {
  type(`${BURN} replay run --worst 1 | cat; ${BURN} replay run --plain --vu 1 < /dev/null; echo done $((1+1))`)
  await shows('done 2')
  await shows('session 2#0  main')
  await shows('session 1#0  main')
  await isAsBefore()
})
