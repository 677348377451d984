import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Throttling, throttledIn } from '../src/machine.ts'

test.each([
  ['version 2', 'usage_usec 5\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500\n', 2.5],
  ['version 1', 'nr_periods 10\nnr_throttled 4\nthrottled_time 2500000\n', 2.5],
  ['a group without a limit', 'usage_usec 5\nuser_usec 3\n', null],
  ['no file', '', null],
])('%s', (_, text, ms) => expect(throttledIn(text)).toBe(ms))

test('counts from its own beginning, where the system counts at all', () => {
  const read = new Throttling().read()
  expect(read === null || read >= 0).toBe(true)
})

/** A program whose objects outlive collections, so that V8 would enlarge the memory for new ones; it prints the largest size of that, in MiB. */
const GROWING = `
import { getHeapSpaceStatistics } from 'node:v8'
const { limitYoungMemory } = await import(process.argv[1])
const kept = []
let largest = 0
for (let round = 0; round < 100; round += 1) {
  for (let n = 0; n < 50_000; n += 1) kept[n] = { n, list: [round, n, {}] }
  if (process.argv[2] === 'limited') limitYoungMemory()
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
  largest = Math.max(largest, young.space_size / 2 ** 20)
}
console.log(largest)`

const largest = (kind: string, ...options: readonly string[]) =>
  Number(
    execFileSync(process.execPath, [
      '--no-warnings',
      ...options,
      '--input-type=module',
      '--eval',
      GROWING,
      new URL('../src/machine.ts', import.meta.url).href,
      kind,
    ]),
  )

test('memory for new objects stops growing, and what Node was told stays', () => {
  const free = largest('free')
  expect(free).toBeGreaterThan(32)
  expect(largest('limited')).toBe(32)
  expect(largest('limited', '--max-semi-space-size=64')).toBeGreaterThan(32)
})
