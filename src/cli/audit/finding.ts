/** What an audit found out about one property of a target. */
import * as z from 'zod'

/** The schema of one finding of an audit, as `burn audit --json` prints it. */
export const findingSchema = z.object({
  check: z.enum(['prompt-cache', 'reply-cache', 'stream', 'usage', 'whole-text', 'determinism', 'length']),
  state: z
    .enum(['passed', 'failed', 'undecided', 'unknown', 'info'])
    .describe(
      'undecided: too few or too scattered replies, which is a failure; unknown: the target does not give what it takes to say',
    ),
  text: z.string().describe('What was found, in a sentence; texts of the target are escaped when they are printed'),
  hint: z.string().describe('What it means for a load test, and what to do; empty when there is nothing to do'),
  figures: z.record(z.string(), z.number().nullable()).describe('The figures behind it: times in ms, shares from 0 to 1'),
})

/** One finding of an audit. */
export type AuditFinding = z.output<typeof findingSchema>

/** Makes a finding; hint and figures may be left out. */
export function finding(
  check: AuditFinding['check'],
  state: AuditFinding['state'],
  text: string,
  { hint = '', figures = {} }: Partial<Pick<AuditFinding, 'hint' | 'figures'>> = {},
): AuditFinding {
  return { check, state, text, hint, figures }
}

/** The audit of one target. `problems` say why it could not be audited; then there are no findings. */
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
