import { expect, test } from 'vitest'
import { LiveScreen } from '../../../../src/cli/output/live/screen.ts'
import { PANES } from '../../../../src/report/live/panes.ts'
import type { LiveView } from '../../../../src/report/live/view.ts'
import { displayWidth } from '../../../../src/text/display-width.ts'

const time = { kind: 'time', elapsedMs: 1000, lengthMs: 10_000 } as const
const view: LiveView = {
  name: 'chat',
  phase: { name: 'main', index: 0, count: 1, warmup: false, progress: time },
  total: time,
  draining: false,
  users: 1,
  inFlight: 1,
  waiting: 0,
  plannedRate: null,
  achievedRate: 1,
  ok: 1,
  failed: 0,
  dropped: 0,
  cut: 0,
  errorRate: 0,
  latencies: [{ name: 'ttft', p50: 1, p95: 2 }],
  tokens: { perSecond: 1, total: 1 },
  connections: null,
  cost: null,
  errors: [],
  generator: { lagP99Ms: 1, loopShare: 0.1, loopP99Ms: 1, cpuShare: 0.1, peakBytes: 1e8 },
  servers: [],
  history: [],
  topError: null,
  warnings: [],
}
const look = { width: 80, height: 24, color: false, unicode: true }

function screen() {
  const stops: string[] = []
  const live = new LiveScreen(() => stops.push('stop'))
  const titles = () =>
    live.lines(view, look, true).flatMap((line) => (line.startsWith('─ ') ? [line.replaceAll('─', '').trim()] : []))
  const foot = (height = 24, withKeys = true) => live.lines(view, { ...look, height }, withKeys).at(-1)
  return { live, stops, titles, foot }
}

test('tab and n show one pane after the other, a all of them', () => {
  const { live, titles } = screen()
  const all = ['load', 'latency', 'errors', 'tokens and cost', 'burn itself']
  expect(titles()).toEqual(all)
  for (const title of [...all, 'load']) {
    live.press(title === 'latency' ? 'n' : '\t')
    expect(titles()).toEqual([title])
  }
  live.press('a')
  expect(titles()).toEqual(all)
  // That of observed servers is there only when there are some.
  expect(PANES).toHaveLength(all.length + 1)
})

test('space pauses and continues, which the last line tells, also in a low window', () => {
  const { live, foot } = screen()
  live.press(' ')
  expect(live.paused).toBe(true)
  for (const height of [24, 8]) expect(foot(height)).toMatch(/the screen is paused, the run goes on/)
  live.press(' ')
  expect(live.paused).toBe(false)
})

test('? helps until the next key, which does nothing else', () => {
  const { live, stops, titles } = screen()
  live.press('?')
  expect(live.lines(view, look, true).join('\n')).toMatch(/pause the screen.*\n.*one pane alone/)
  live.press(' ')
  expect([live.paused, titles().length]).toEqual([false, 5])
  live.press('?')
  live.press('q')
  expect(stops).toEqual(['stop'])
})

test('keys that mean nothing do nothing', () => {
  const { live, stops } = screen()
  const before = live.lines(view, look, true)
  for (const key of 'xQé\r1') live.press(key)
  expect([live.lines(view, look, true), stops]).toEqual([before, []])
})

test('the foot is there when keys are read and there is room', () => {
  const { foot } = screen()
  expect(foot()).toMatch(/\? help · space pauses/)
  for (const other of [foot(24, false), foot(10)]) expect(other).not.toMatch(/help/)
})

test.each([2, 3, 8, 24])('every screen has fewer than %i lines, none too wide', (height) => {
  for (const keys of ['', '?', ' ', '\t', ' \t']) {
    const { live } = screen()
    for (const key of keys) live.press(key)
    const lines = live.lines(view, { ...look, width: 40, height }, true)
    expect(lines.length).toBeLessThan(Math.max(height, 3))
    expect(lines.filter((line) => displayWidth(line) > 40)).toEqual([])
  }
})
