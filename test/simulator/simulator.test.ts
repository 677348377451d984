/**
 * A hundred drawn scenarios in virtual time, five hundred in `npm run proofs`, and test/proofs has nine and a half thousand more. A seed that fails runs again with
 * `SIMULATOR_SEED=<seed> npx vitest run --project unit test/simulator`.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { drawn } from '../support/share.ts'
import { check, checkRange } from './check.ts'
import '../support/virtual.ts'
import { type Change, simulate } from './simulate.ts'

const given = process.env.SIMULATOR_SEED
const HUNDREDS = given === undefined ? Array.from({ length: drawn(5) }, (_, i) => i * 100) : []

/** What the machine, and the number of runs before, have no part in; `never`: without what a result says of faults that hit nothing. */
async function fingerprint(seed: number, never?: Change): Promise<string> {
  const run = await simulate(seed, never)
  const { environment: _, target: __, scenarioHash: ___, ...result } = run.result
  const { faults: ____, ...rest } = result
  const seen = never ? { ...rest, notes: result.notes.filter((note) => !note.startsWith('fault ')) } : result
  return createHash('sha256')
    .update(JSON.stringify([seen, run.target.requests]))
    .digest('hex')
}

const without: Change = ({ faults: _, ...scenario }) => scenario
const neverDrawn: Change = ({ faults = [{ delay: '9ms' }], ...scenario }) => ({
  ...scenario,
  faults: (faults as object[]).map((fault) => ({ ...fault, probability: '0%' })),
})

test.each(HUNDREDS)(
  'counts, moments, deadlines and ends hold in a hundred scenarios from seed %i on',
  { timeout: 120_000 },
  (from) => checkRange(from, from + 100),
)

test('the same seed gives the same result', { timeout: 60_000 }, async () => {
  for (let seed = 0; seed < drawn(50); seed += 1) expect(await fingerprint(seed), `seed ${seed}`).toBe(await fingerprint(seed))
})

test('faults that are never drawn change nothing', { timeout: 60_000 }, async () => {
  for (let seed = 0; seed < drawn(50); seed += 1)
    expect(await fingerprint(seed, neverDrawn), `seed ${seed}`).toBe(await fingerprint(seed, without))
})

test.runIf(given !== undefined)('the given seed', () => check(Number(given)))
