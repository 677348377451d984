import { compareApart } from '../apart.ts'
import type { ComparedRun } from '../compared-run.ts'
import type { Comparison } from '../comparison.ts'
import type { CompareChoices } from '../gates.ts'
import { compareInTurns, compareTogether } from '../together.ts'

/**
 * How the runs of a live comparison are made: at the same time (`interleaved`), in turns A, B, B, A (`abba`), or one after the other
 * (`sequential`).
 */
export type LiveMode = 'interleaved' | 'abba' | 'sequential'

/**
 * Compares the runs of sides A and B of a live comparison with the method for its mode. Only the mode `abba` has several runs of each side.
 * Undefined when A or B has no run, because the comparison was stopped.
 */
export function compareByMode(
  mode: LiveMode,
  a: readonly ComparedRun[],
  b: readonly ComparedRun[],
  choices: CompareChoices & { readonly runNoise?: number },
): Comparison | undefined {
  const [one, other] = [a[0], b[0]]
  if (!one || !other) return undefined
  if (mode === 'abba') return compareInTurns(a, b, choices)
  return mode === 'sequential' ? compareApart(one, other, choices, 'sequential') : compareTogether(one, other, choices)
}
