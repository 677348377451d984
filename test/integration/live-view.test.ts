/** The live view of `burn run` in a terminal, through tmux: its panes, its keys, windows of any size, and what it leaves behind. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mockFor } from '../cli/harness.ts'
import { eventually } from './programs.ts'
import { BURN, Terminal } from './tmux.ts'

let terminal: Terminal

beforeEach(async () => {
  terminal = await Terminal.open()
  const { url } = await mockFor({ firstTokenMs: 20, errorRate: 0.2 })
  terminal.folder.write(
    's.json',
    JSON.stringify({
      name: 'chat',
      target: {
        url: `${url}/v1/chat/completions`,
        preset: 'openai-chat',
        model: 'm',
        pricing: { inputPer1M: 1, outputPer1M: 2 },
      },
      load: [{ users: 4, for: '1h' }],
      steps: [{ message: 'Hello' }],
    }),
  )
  terminal.resize(100, 40)
  terminal.type(`clear; ${BURN} run s.json --out r --allow-lag 1h; echo left with $?`)
  await terminal.shows('q stops the run')
})

afterEach(() => {
  terminal.close()
})

const PANES = ['load', 'latency', 'errors', 'tokens and cost', 'burn itself']
const panesShown = () => PANES.filter((name) => terminal.rows().some((row) => row.startsWith(`─ ${name} ─`)))

test('has panes of load, latency, errors, tokens and cost; keys show one, pause the screen, and stop the run', async () => {
  await eventually(
    () => panesShown().length === PANES.length,
    () => terminal.screen(),
  )
  await terminal.shows(/ok [1-9][\d,]* · failed [1-9]/)
  await terminal.shows('HTTP 500 Internal Server Error')
  terminal.keys('Tab')
  await eventually(
    () => panesShown().join() === 'load',
    () => terminal.screen(),
  )
  terminal.keys('a', 'Space')
  await terminal.shows('the screen is paused, the run goes on')
  const still = terminal.screen()
  expect(terminal.screen()).toBe(still)
  terminal.keys('Space')
  // The run went on meanwhile: the next frame is another one.
  await eventually(
    () => !terminal.screen().includes('is paused') && terminal.screen() !== still,
    () => terminal.screen(),
  )
  terminal.keys('q')
  await terminal.shows('left with 130')
  await terminal.isAsBefore()
})

test('fits windows of any size, and leaves nothing of itself behind', async () => {
  for (const [columns, rows] of [
    [160, 50],
    [40, 24],
    [60, 6],
    [100, 40],
  ] as const) {
    terminal.resize(columns, rows)
    await terminal.shows(/^chat {2}/m)
    expect(terminal.rows().length).toBeLessThanOrEqual(rows)
  }
  terminal.keys('C-c')
  await terminal.shows('left with 130')
  expect(terminal.screen()).not.toContain('q stops the run')
  await terminal.isAsBefore()
})
