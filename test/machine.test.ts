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

/**
 * A program whose objects outlive collections, so that V8 enlarges the memory for new ones; then it has V8 take memory back, and makes objects
 * again. Prints the size of that memory in MiB: the largest, after the quiet time, and the largest again.
 */
const GROWING = `
import { getHeapSpaceStatistics } from 'node:v8'
const { limitYoungMemory } = await import(process.argv[1])
const size = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size / 2 ** 20
function largest() {
  const kept = []
  let most = 0
  // Free memory that has grown beyond 48 MiB has shown what it does.
  for (let round = 0; round < 100 && most <= 48; round += 1) {
    for (let n = 0; n < 50_000; n += 1) kept[n] = { n, list: [round, n, {}] }
    if (process.argv[2] !== 'free') limitYoungMemory()
    most = Math.max(most, size())
  }
  return most
}
const first = largest()
while (process.argv[2] === 'limited' && size() > 8) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  gc()
}
console.log(JSON.stringify([first, size(), largest()]))`

function sizes(kind: string, ...options: readonly string[]): readonly number[] {
  const program = ['--input-type=module', '--eval', GROWING, new URL('../src/machine.ts', import.meta.url).href, kind]
  return JSON.parse(
    execFileSync(process.execPath, ['--no-warnings', '--expose-gc', ...options, ...program], { encoding: 'utf8' }),
  )
}

test('memory for new objects stops growing at 32 MiB, also after a quiet time in which V8 took some back', () => {
  // Sizes are doubled, but a page may come on top.
  const [free = 0] = sizes('free')
  expect(free).toBeGreaterThan(48)
  const [first = 0, quiet, again = 0] = sizes('limited')
  expect(quiet).toBeLessThan(32)
  for (const size of [first, again]) {
    expect(size).toBeGreaterThanOrEqual(32)
    expect(size).toBeLessThan(48)
  }
})

test('what Node was told about that memory stays', () => {
  expect(sizes('told', '--max-semi-space-size=64')[0]).toBeGreaterThan(48)
})
