/**
 * A hundred drawn scenarios in virtual time, five hundred in `npm run proofs`, and test/proofs has nine and a half thousand more. A seed that fails runs again with
 * `SIMULATOR_SEED=<seed> npx vitest run --project unit test/simulator`.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { drawn } from '../support/share.ts'
import { check, checkRange } from './check.ts'
import '../support/virtual.ts'
import { simulate } from './simulate.ts'

const given = process.env.SIMULATOR_SEED
const HUNDREDS = given === undefined ? Array.from({ length: drawn(5) }, (_, i) => i * 100) : []

/** What the machine, and the number of runs before, have no part in. */
async function fingerprint(seed: number): Promise<string> {
  const { environment: _, target: __, scenarioHash: ___, ...result } = (await simulate(seed)).result
  return createHash('sha256').update(JSON.stringify(result)).digest('hex')
}

test.each(HUNDREDS)(
  'counts, moments, deadlines and ends hold in a hundred scenarios from seed %i on',
  { timeout: 120_000 },
  (from) => checkRange(from, from + 100),
)

test('the same seed gives the same result', { timeout: 60_000 }, async () => {
  for (let seed = 0; seed < drawn(50); seed += 1) expect(await fingerprint(seed), `seed ${seed}`).toBe(await fingerprint(seed))
})

test.runIf(given !== undefined)('the given seed', () => check(Number(given)))
