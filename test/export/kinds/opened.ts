/** What the tests of outputs for metrics share. */
import { onTestFinished } from 'vitest'
import { snapshotOf } from '../../../src/export/points/snapshot.ts'
import type { PlannedOutput } from '../../../src/export/send/output.ts'
import { atOnce } from '../../../src/pieces.ts'
import { RESULTS } from '../../report/results.ts'

export const SIGNAL = new AbortController().signal

/** The state of a run as it is exported. */
export const stateOf = (name: keyof typeof RESULTS) => atOnce(snapshotOf(RESULTS[name]))

/** Opens an output, and closes it after the test. */
export async function opened(planned: PlannedOutput, folder = '.') {
  const output = await planned.open(folder)
  onTestFinished(() => output.close?.())
  return output
}
