/**
 * Thousands of drawn scenarios in virtual time. A seed that fails runs again with
 * `SIMULATOR_SEED=<seed> npx vitest run --project unit test/simulator`.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { faultsOf, simulate } from './simulate.ts'

const RUNS = 1000
const GROUPS = 10
const given = process.env.SIMULATOR_SEED

const groups = given === undefined ? Array.from({ length: GROUPS }, (_, i) => i) : []

/** What the machine, and the number of runs before, have no part in. */
const comparable = (run: Awaited<ReturnType<typeof simulate>>) => {
  const { environment: _, target: __, scenarioHash: ___, ...result } = run.result
  return createHash('sha256').update(JSON.stringify(result)).digest('hex')
}

async function check(seed: number): Promise<void> {
  const again = `SIMULATOR_SEED=${seed} npx vitest run --project unit test/simulator`
  const run = await simulate(seed).catch((error: unknown) => {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n  ${again}`, { cause: error })
  })
  expect(faultsOf(run), again).toEqual([])
}

test.each(groups)('counts, moments and ends hold in each tenth of 10,000 scenarios: %i', { timeout: 300_000 }, async (group) => {
  const size = RUNS / GROUPS
  for (let seed = group * size; seed < (group + 1) * size; seed += 1) await check(seed)
})

test('the same seed gives the same result', { timeout: 60_000 }, async () => {
  for (let seed = 0; seed < 50; seed += 1)
    expect(comparable(await simulate(seed)), `seed ${seed}`).toBe(comparable(await simulate(seed)))
})

test.runIf(given !== undefined)('the given seed', async () => {
  await check(Number(given))
})
