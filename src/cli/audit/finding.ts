/** The outcome of one check of an audit. */
import * as z from 'zod'

/** The schema of the outcome of one check of a target, as `burn audit --json` prints it. */
export const findingSchema = z.object({
  check: z.enum(['prompt-cache', 'reply-cache', 'stream', 'usage', 'whole-text', 'determinism', 'length']),
  state: z
    .enum(['passed', 'failed', 'undecided', 'unknown', 'info'])
    .describe(
      'undecided: the replies are too few or vary too much, which counts as a failure; unknown: the replies lack what the check needs',
    ),
  text: z.string().describe('What was found, in a sentence; texts of the target are escaped when they are printed'),
  hint: z.string().describe('What it means for a load test, and what to do; empty when there is nothing to do'),
  figures: z.record(z.string(), z.number().nullable()).describe('The figures of the check: times in ms, shares from 0 to 1'),
})

/** The outcome of one check of a target by `burn audit`, such as that the target caches prompts. */
export type AuditFinding = z.output<typeof findingSchema>

/**
 * Returns an object with the outcome of one check of `burn audit`: the name of the check, its outcome, a sentence and, if given, a hint and figures.
 */
export function finding(
  check: AuditFinding['check'],
  state: AuditFinding['state'],
  text: string,
  { hint = '', figures = {} }: Partial<Pick<AuditFinding, 'hint' | 'figures'>> = {},
): AuditFinding {
  return { check, state, text, hint, figures }
}

/** The outcomes of all checks of one target by `burn audit`. If the target could not be audited, `problems` says why and `findings` is empty. */
export interface TargetAudit {
  readonly target: string
  readonly protocol: string
  readonly dialect: string | null
  readonly step: string
  readonly messages: number
  readonly failed: number
  readonly findings: readonly AuditFinding[]
  readonly problems: readonly string[]
}
