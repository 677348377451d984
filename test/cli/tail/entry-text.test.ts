/** An entry as a terminal of some width shows it. */
import { describe, expect, test } from 'vitest'
import { entryRenderer } from '../../../src/cli/tail/entry-text.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { entry } from '../../store/entries.ts'

const PLAIN = { color: false, unicode: true, full: false }
const LONG = entry({
  user: 12,
  iteration: 345,
  step: 'follow-up',
  intendedAtMs: 3_725_000,
  sentAtMs: 3_726_000,
  endedAtMs: 3_727_250,
  ttftMs: 250,
  prompt: '注文はどこですか？😀 '.repeat(20),
  reply: 'word '.repeat(100),
})

describe('at', () => {
  test.each([
    [
      80,
      [
        '1:02:07.250  user 12 #345  follow-up  ok 200  ttft 250ms  service 1.25s',
        '    response 2.25s',
        '  > 注文はどこですか？😀 注文はどこですか？😀 注文はどこですか？😀 注文はどこで…',
        `  < ${'word '.repeat(15).trim()}…`,
      ],
    ],
    [
      40,
      [
        '1:02:07.250  user 12 #345  follow-up',
        '    ok 200  ttft 250ms  service 1.25s',
        '    response 2.25s',
        '  > 注文はどこですか？😀 注文はどこです…',
        '  < word word word word word word word…',
      ],
    ],
  ])('%d columns', (width, lines) => {
    const shown = entryRenderer(PLAIN)(LONG, width).trimEnd().split('\n')
    expect(shown.map((line) => displayWidth(line)).filter((columns) => columns > width)).toEqual([])
    expect(shown).toEqual(lines)
  })

  test('no width: one line each, whole', () => {
    const shown = entryRenderer(PLAIN)(LONG, Number.POSITIVE_INFINITY).split('\n')
    expect(shown).toEqual([
      '1:02:07.250  user 12 #345  follow-up  ok 200  ttft 250ms  service 1.25s  response 2.25s',
      `  > ${LONG.prompt.trim()}`,
      `  < ${LONG.reply.trim()}`,
      '',
    ])
  })

  test('no room at all: still something', () => {
    const shown = entryRenderer(PLAIN)(LONG, 5).trimEnd().split('\n')
    expect(shown.every((line) => displayWidth(line) <= 20)).toBe(true)
  })
})

describe('the head', () => {
  test.each([
    [{ outcome: 'cut', ttftMs: null, status: null }, '0:00.100  user 0 #0  open  cut  service 98ms'],
    [
      {
        outcome: 'failed',
        failure: { class: 'refused', phase: 'connect', message: 'no' },
        sentAtMs: null,
        status: null,
        ttftMs: null,
      },
      '0:00.100  user 0 #0  open  failed refused in connect  response 99ms',
    ],
    [{ attempt: 3, step: '' }, '0:00.100  user 0 #0    try 3  ok 200  ttft 12ms  service 98ms'],
    [{ intendedAtMs: -8.1 }, '0:00.100  user 0 #0  open  ok 200  ttft 12ms  service 98ms  response 108ms'],
  ] as const)('%j', (over, text) => {
    expect(entryRenderer(PLAIN)(entry(over), 200).split('\n')[0]?.trim()).toBe(text)
  })
})

test('--full: everything there is, each line of a text on its own', () => {
  const over = {
    reasoning: 'let me see',
    prompt: 'a\nb',
    usage: { inputTokens: 3, outputTokens: null, source: 'usage' },
    warnings: ['utf8'],
    outcome: 'failed',
    failure: { class: 'check_failed', phase: 'check', message: 'contains order' },
    checks: [
      { check: 'status 200', passed: true },
      { check: 'contains order', passed: false, observed: 'not there' },
    ],
  } as const
  // The type of a journal's usage has more than a reader needs.
  const text = entryRenderer({ ...PLAIN, full: true })(entry(over as never), 40)
  expect(text.split('\n').slice(-7)).toEqual([
    '  > a',
    '    b',
    '  ~ let me see',
    '  < Hello',
    '  ! contains order',
    '  · phase main, target default, ttfb 10ms, 10 bytes sent, 20 received, tokens 3 in ? out (usage), finish stop, warnings utf8, checks failed: contains order (not there)',
    '',
  ])
})

test('without Unicode: ASCII alone', () => {
  const shown = entryRenderer({ ...PLAIN, unicode: false })(LONG, 40)
  expect(shown).toMatch(/^[\x20-\x7e\n]*$/)
})
