/** Asks of a range of seeds what must hold; what fails names its seed and how to run it again. */
import { expect } from 'vitest'
import { contradictionIn } from '../../src/store/contradictions.ts'
import { ALL_CASES } from '../support/share.ts'
import { faultsOf, simulate } from './simulate.ts'

/** Every histogram of a result is unpacked to be compared, which takes as long as its run: of the ten thousand of the proofs a tenth. */
const READ_BACK_EVERY = ALL_CASES ? 10 : 1

/** @throws what does not hold of the first seed that fails */
export async function check(seed: number): Promise<void> {
  const again = `SIMULATOR_SEED=${seed} npx vitest run --project unit test/simulator`
  const run = await simulate(seed).catch((error: unknown) => {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n  ${again}`, { cause: error })
  })
  expect(faultsOf(run), again).toEqual([])
  if (seed % READ_BACK_EVERY === 0) expect(contradictionIn(run.result), again).toBeUndefined()
}

/** Seeds from `from` up to, and without, `to`. */
export async function checkRange(from: number, to: number): Promise<void> {
  for (let seed = from; seed < to; seed += 1) await check(seed)
}
