/** A short part of `npm run bench -- starve`: a starved burn never says what the target did not see, and beside it the same load unstarved. */
import { expect, onTestFinished, test } from 'vitest'
import { LOADS } from '../bench/starve/loads.ts'
import { CONTROL, type Run, startBench } from '../bench/starve/starve.ts'
import { WAYS } from '../bench/starve/ways.ts'

const SECONDS = 2

const named = <T extends { readonly name: string }>(all: readonly T[], beginning: string): T => {
  const found = all.find(({ name }) => name.startsWith(beginning))
  if (!found) throw new Error(`nothing begins with "${beginning}"`)
  return found
}

test('stopped in slices, or once for long: no false pass', { timeout: 120_000 }, async () => {
  const bench = await startBench()
  onTestFinished(() => bench.end())
  const [closed, open] = [named(LOADS, 'closed, service_time'), named(LOADS, 'open 1000/s')]
  const control = [await bench.play(CONTROL, closed, SECONDS), await bench.play(CONTROL, open, SECONDS)]
  const starved: Run[] = []
  for (const way of [named(WAYS, 'stopped 45'), named(WAYS, 'one stop of 2 s')]) {
    starved.push(await bench.play(way, closed, SECONDS), await bench.play(way, open, SECONDS))
  }
  const described = [...control, ...starved].map(
    ({ way, load, result, finding }) => `${way}; ${load}: ${result.verdict}; ${finding.kind} ${finding.why}`,
  )
  console.log(described.join('\n'))
  expect([...control, ...starved].filter(({ finding }) => finding.kind === 'false pass')).toEqual([])
  // Both loads were starved, and every attempt is at the target: else the runs would say nothing.
  for (const { result } of starved) {
    expect(result.verdict).toBe('invalid')
    expect(result.total.counts.ok).toBeGreaterThan(0)
  }
  // The control is disturbed less than what was starved, however busy this machine is.
  const disturbed = (runs: readonly Run[]) => runs.map(({ result }) => result.generator.disturbedMs / result.durationMs)
  expect(Math.min(...disturbed(control))).toBeLessThan(Math.min(...disturbed(starved)))
})
