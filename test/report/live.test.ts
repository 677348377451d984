import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type LiveView, renderLive, renderLiveLine } from '../../src/report/live.ts'
import { LivePainter } from '../../src/report/live-painter.ts'
import { displayWidth } from '../../src/text/display-width.ts'
import { HOSTILE } from './results.ts'

const view: LiveView = {
  name: 'support-chat',
  phase: { name: 'main', index: 1, count: 3, warmup: false, progress: { kind: 'time', elapsedMs: 30_000, lengthMs: 120_000 } },
  total: { kind: 'time', elapsedMs: 40_400, lengthMs: 160_000 },
  draining: false,
  users: 50,
  inFlight: 12,
  plannedRate: 20,
  achievedRate: 19.8,
  ok: 1200,
  failed: 3,
  dropped: 1,
  cut: 0,
  errorRate: 0.0025,
  latencies: [
    { name: 'response_time', p50: 820, p95: 1900 },
    { name: 'ttft', p50: 180, p95: 412 },
    { name: 'tpot', p50: null, p95: null },
  ],
  tokens: { perSecond: 1523, total: 91_380 },
  connections: { open: 50, inPerSecond: 2_400_000, outPerSecond: 12_500 },
  topError: { class: 'http_status', count: 3 },
  warnings: ['lag p99 is 12ms', 'CPU is full'],
}
const look = { width: 80, color: false, unicode: true }

const hostile: LiveView = {
  ...view,
  name: HOSTILE,
  phase: { ...view.phase, name: HOSTILE },
  topError: { class: HOSTILE, count: 3_000_000 },
  warnings: [HOSTILE],
  latencies: Array.from({ length: 5 }, () => ({ name: HOSTILE, p50: 3_600_000, p95: 3_600_000 })),
}

describe('renderLive', () => {
  test('the block', () => {
    expect(renderLive(view, look)).toEqual([
      'support-chat  █████░░░░░░░░░░░░░░░  25%  40s  2m left',
      '  phase 2/3 main · 1m30s left',
      '  users 50 · in flight 12 · 19.8/s of 20/s planned',
      '  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors 0.25%',
      '  response_time p50 820ms p95 1.9s · ttft p50 180ms p95 412ms',
      '  tokens 1,523/s · 91,380 out',
      '  connections 50 open · 2.3 MiB/s in · 12.2 KiB/s out',
      '  ✗ 3x http_status',
      '  ! lag p99 is 12ms (+1)',
    ])
  })

  test('what is not there takes no line', () => {
    const bare: LiveView = {
      ...view,
      phase: { ...view.phase, count: 1 },
      latencies: [],
      tokens: null,
      connections: null,
      topError: null,
      warnings: [],
      errorRate: null,
      plannedRate: null,
    }
    expect(renderLive(bare, look).slice(1)).toEqual([
      '  users 50 · in flight 12 · 19.8/s',
      '  ok 1,200 · failed 3 · dropped 1 · cut 0 · errors –',
    ])
  })

  test.each([
    [{ kind: 'time', elapsedMs: 0, lengthMs: 100_000 }, '  0%  0ms  1m40s left'],
    [{ kind: 'time', elapsedMs: 99_001, lengthMs: 100_000 }, ' 99%  1m39s  1s left'],
    [{ kind: 'time', elapsedMs: 130_000, lengthMs: 100_000 }, '100%  2m10s  0s left'],
    [{ kind: 'time', elapsedMs: 0, lengthMs: 0 }, '100%  0ms  0s left'],
    [{ kind: 'iterations', elapsedMs: 10_000, done: 0, total: 500 }, '  0%  10s  500 to do'],
    [{ kind: 'iterations', elapsedMs: 10_000, done: 100, total: 500 }, ' 20%  10s  about 40s left'],
    [{ kind: 'iterations', elapsedMs: 10_000, done: 500, total: 500 }, '100%  10s  about 0s left'],
  ] as const)('progress %j ends with %j', (total, end) => {
    const [head = ''] = renderLive({ ...view, total }, look)
    expect(head.endsWith(end)).toBe(true)
    expect(head.match(/[█░]/g)).toHaveLength(20)
  })

  test('draining has no time left', () => expect(renderLive({ ...view, draining: true }, look)[0]).toMatch(/40s {2}draining$/))

  test.each([40, 60, 80, 200])('at most 16 lines of %i columns, whatever the texts', (width) => {
    for (const shown of [view, hostile]) {
      for (const unicode of [true, false]) {
        const lines = renderLive(shown, { width, color: false, unicode })
        expect(lines.length).toBeLessThanOrEqual(16)
        expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
        if (!unicode) expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/)
      }
    }
  })

  test('on a narrow terminal facts go on in the next line, whole', () => {
    expect(renderLive(view, { ...look, width: 40 })).toEqual([
      'suppor…  ██░░░░░░░░  25%  40s  2m left',
      '  phase 2/3 main · 1m30s left',
      '  users 50 · in flight 12 ·',
      '  19.8/s of 20/s planned',
      '  ok 1,200 · failed 3 · dropped 1 ·',
      '  cut 0 · errors 0.25%',
      '  response_time p50 820ms p95 1.9s ·',
      '  ttft p50 180ms p95 412ms',
      '  tokens 1,523/s · 91,380 out',
      '  connections 50 open · 2.3 MiB/s in ·',
      '  12.2 KiB/s out',
      '  ✗ 3x http_status',
      '  ! lag p99 is 12ms (+1)',
    ])
  })

  test('colour changes nothing but colour', () => {
    const coloured = renderLive(hostile, { ...look, color: true })
    expect(coloured.join('')).toContain('\x1b[')
    expect(coloured.map(stripVTControlCharacters)).toEqual(renderLive(hostile, look))
  })
})

describe('renderLiveLine', () => {
  const at = new Date(2026, 0, 2, 9, 8, 7)

  test('the time of day and what matters most, in 120 columns', () => {
    expect(renderLiveLine(view, at)).toBe(
      '09:08:07 25% | 1,200 ok | 3 failed (0.25%) | 1 dropped | 19.8/s of 20/s planned | p95 1.9s | 3x http_status',
    )
    expect(renderLiveLine({ ...view, failed: 0, dropped: 0, topError: null, warnings: [] }, at)).toBe(
      '09:08:07 25% | 1,200 ok | 19.8/s of 20/s planned | p95 1.9s | in flight 12 | phase 2/3 main',
    )
    expect(renderLiveLine(hostile, at).length).toBeLessThanOrEqual(120)
  })

  test('holds no control character', () => expect(/[\x00-\x1f\x7f-\x9f]/.test(renderLiveLine(hostile, at))).toBe(false))
})

describe('LivePainter', () => {
  /** A terminal that keeps its lines, also those above the screen, and understands what the painter sends. */
  class Screen {
    lines: string[] = ['$ burn']
    /** Line on which the cursor is. */
    cursor = 1
    hidden = false
    wraps = true
    writes = 0
    columns: number | undefined = 80
    rows = 24
    writableNeedDrain = false
    /** Line on the first row of the screen. */
    private top = 0
    /** The row that is remembered, counted from the top of the screen. */
    private saved = 0

    write(text: string): void {
      this.writes += 1
      for (const [piece] of text.matchAll(/\x1b\[\?25[lh]|\x1b\[\?7[lh]|\x1b\[(\d*)[AJ]|\x1b[78]|[\r\n]|[^\x1b\r\n]+/g))
        this.take(piece)
    }

    /** What the terminal makes of keys while a program that does not read them runs. */
    type(keys: string): void {
      for (const [piece] of keys.matchAll(/\n|[^\n]+/g)) this.take(piece)
    }

    private take(piece: string): void {
      if (piece === '\x1b[?25l' || piece === '\x1b[?25h') this.hidden = piece.endsWith('l')
      else if (piece === '\x1b[?7l' || piece === '\x1b[?7h') this.wraps = piece.endsWith('h')
      else if (piece === '\x1b7') this.saved = this.cursor - this.top
      else if (piece === '\x1b8') this.cursor = this.top + this.saved
      else if (piece.endsWith('A') && piece.startsWith('\x1b')) this.cursor -= Number(piece.slice(2, -1))
      else if (piece === '\x1b[J') this.lines.length = Math.min(this.lines.length, this.cursor)
      else if (piece === '\n') {
        this.cursor += 1
        this.top = Math.max(this.top, this.cursor - this.rows + 1)
      } else if (piece !== '\r') this.lines[this.cursor] = piece
    }
  }

  test('a frame takes the place of the one before, in one write', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b', 'c'])
    expect(screen.lines).toEqual(['$ burn', 'a', 'b', 'c'])
    painter.paint(['d'])
    expect(screen.lines).toEqual(['$ burn', 'd'])
    painter.paint(['e', 'f'])
    expect(screen.lines).toEqual(['$ burn', 'e', 'f'])
    expect(screen.writes).toBe(3)
    expect([screen.hidden, screen.wraps]).toEqual([true, true])
  })

  test('other text goes above the block', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b'])
    painter.erase()
    screen.write('note\n')
    painter.paint(['c'])
    expect(screen.lines).toEqual(['$ burn', 'note', 'c'])
  })

  test('stop takes the block away and gives the cursor back, once', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.stop()
    expect(screen.writes).toBe(0)
    painter.paint(['a', 'b'])
    painter.stop()
    const writes = screen.writes
    painter.stop()
    expect(screen.writes).toBe(writes)
    expect(screen).toMatchObject({ lines: ['$ burn'], hidden: false, wraps: true, cursor: 1 })
  })

  test('while the terminal is busy, frames are left out whole', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b'])
    screen.writableNeedDrain = true
    painter.paint(['c'])
    expect(screen.writes).toBe(1)
    screen.writableNeedDrain = false
    painter.paint(['d'])
    expect(screen.lines).toEqual(['$ burn', 'd'])
  })

  test.each(['\n', '\n\n', 'ls', 'ls\n', 'a\nb\n'])('what somebody types leaves nothing behind: %j', (keys) => {
    for (const rows of [24, 5]) {
      const screen = new Screen()
      screen.rows = rows
      screen.write('one\ntwo\n')
      const painter = new LivePainter(screen)
      painter.paint(['a', 'b', 'c'])
      screen.type(keys)
      painter.paint(['d', 'e', 'f'])
      expect(screen.lines).toEqual(['$ burn', 'one', 'two', 'd', 'e', 'f'])
      screen.type(keys)
      painter.erase()
      screen.write('note\n')
      painter.paint(['g'])
      expect(screen.lines).toEqual(['$ burn', 'one', 'two', 'note', 'g'])
    }
  })

  test('in a window of another size the block is where the cursor is', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b'])
    screen.columns = 40
    // The terminal broke a line above in two, and moved what is below, cursor and all.
    screen.lines.splice(0, 1, '$ bu', 'rn')
    screen.cursor += 1
    painter.paint(['c', 'd'])
    expect(screen.lines).toEqual(['$ bu', 'rn', 'c', 'd'])
  })
})
