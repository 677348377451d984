/** Prints the outcome of an audit. */
import { makePen, type Pen } from '../../report/text/pen.ts'
import { terminalSafe } from '../../text/escape.ts'
import { renderOptionsFor } from '../output/console.ts'
import type { AuditFinding, TargetAudit } from './finding.ts'

const LABEL_COLUMNS = 15

/**
 * Prints what `burn audit` found out about one target on stdout: a line for each check and, where needed, a hint below it. The reasons why a target
 * could not be audited go to stderr. `color` is false for --no-color.
 */
export function printAudit(audit: TargetAudit, color: boolean): void {
  const { target, protocol, dialect, step, messages, failed, findings, problems } = audit
  const speaks = dialect === null ? protocol : `${dialect} over ${protocol}`
  const lost = failed === 0 ? '' : `, ${failed} failed`
  const title = `audit of ${target}, step ${step} (${speaks}): ${messages} messages, one at a time${lost}`
  const pen = makePen(renderOptionsFor(process.stdout, color))
  const lines = findings.flatMap(({ check, state, text, hint }) => [
    ...pen.wrap(`  ${markOf(state, pen)} ${check.replaceAll('-', ' ').padEnd(LABEL_COLUMNS)}`, terminalSafe(text)),
    ...(hint === '' ? [] : pen.wrap(`${' '.repeat(LABEL_COLUMNS + 4)}${pen.marks.arrow} `, terminalSafe(hint))),
  ])
  process.stdout.write(`${[...pen.wrap('', pen.safe(title)), '', ...lines, ''].join('\n')}\n`)
  for (const problem of problems) process.stderr.write(`burn: ${pen.safe(problem)}\n`)
}

function markOf(state: AuditFinding['state'], { marks, good, bad, warn, dim }: Pen): string {
  if (state === 'passed') return good(marks.pass)
  if (state === 'failed') return bad(marks.fail)
  return state === 'undecided' ? warn('?') : dim(marks.dash)
}
