/**
 * `burn audit`: checks whether a target's figures can be trusted: finds caches, streams that arrive all at once, and token counts that do not fit the
 * replies.
 */
import type { Command } from 'commander'
import { EXIT, UsageError } from '../../errors.ts'
import { targetsOf } from '../../scenario/schema/target.ts'
import { findRun } from '../../store/find-run.ts'
import { readResults } from '../../store/read-result.ts'
import { safeJson } from '../../text/escape.ts'
import { parseCount } from '../../text/units.ts'
import { loadNamedPlugins } from '../load/plugin/of-scenarios.ts'
import { loadSubject, type PingFlags, timeoutOf } from '../ping/subject.ts'
import { auditTarget } from './audit-target.ts'
import { MIN_PAIRS } from './faster.ts'
import type { TargetAudit } from './finding.ts'
import { printAudit } from './render.ts'
import { lastingMocks } from './replies.ts'

/** The values of the flags of `burn audit`, with those of `burn run`. */
type AuditFlags = PingFlags & { readonly pairs: string; readonly reference?: string; readonly allowCache?: boolean }

/** The largest value of `--pairs`: the statistics of the differences are exact up to this number. */
const MAX_PAIRS = 200

/**
 * Runs `burn audit` on a scenario, an address or a known API. Returns 0 when all checks pass, 1 when a check fails or cannot be decided, 3 when a
 * target could not be audited, and 130 after Ctrl-C. @throws UsageError, ScenarioError, InputError
 */
export async function auditCommand(subject: string | undefined, command: Command): Promise<number> {
  const flags = command.opts<AuditFlags>()
  const choices = choicesOf(flags)
  const patience = new AbortController()
  const onInterrupt = () => patience.abort()
  process.once('SIGINT', onInterrupt)
  const all = loadSubject(subject, flags, command)
  await loadNamedPlugins(all, flags)
  const mocks = lastingMocks()
  const audits: TargetAudit[] = []
  try {
    for (const loaded of all)
      for (const target of Object.keys(targetsOf(loaded.scenario))) {
        if (patience.signal.aborted) break
        const message = flags.message?.[0]
        const audit = await auditTarget(loaded, { ...choices, target, message, startMock: mocks.start, signal: patience.signal })
        // An audit that Ctrl-C interrupted has no outcome.
        if (patience.signal.aborted) break
        audits.push(audit)
        if (!flags.json) printAudit(audit, flags.color)
      }
  } finally {
    await mocks.close()
  }
  process.off('SIGINT', onInterrupt)
  if (flags.json) process.stdout.write(`${safeJson({ targets: audits }, 2)}\n`)
  return patience.signal.aborted ? EXIT.sigint : codeOf(audits)
}

function choicesOf(flags: AuditFlags) {
  const { pairs: text, reference, allowCache = false } = flags
  const timeoutMs = timeoutOf(flags)
  // The first pair fills the cache.
  const pairs = parseCount(text, MIN_PAIRS + 1, MAX_PAIRS)
  if (pairs === undefined) throw new UsageError(`--pairs ${text}: expected a whole number from ${MIN_PAIRS + 1} to ${MAX_PAIRS}`)
  const steps = reference === undefined ? undefined : readResults(findRun(reference)).flatMap((result) => result.steps)
  return { pairs, timeoutMs, allowCache, reference: steps }
}

function codeOf(audits: readonly TargetAudit[]): number {
  if (audits.length === 0 || audits.some(({ problems }) => problems.length > 0)) return EXIT.couldNotTest
  const isBad = audits.some(({ findings }) => findings.some(({ state }) => state === 'failed' || state === 'undecided'))
  return isBad ? EXIT.verdictFailed : EXIT.ok
}
