/** Prints what an audit found. */
import { makePen, type Pen } from '../../report/text/pen.ts'
import { terminalSafe } from '../../text/escape.ts'
import { renderOptionsFor } from '../output/console.ts'
import type { AuditFinding, TargetAudit } from './finding.ts'

const LABEL_COLUMNS = 15

/**
 * Prints the audit of one target on stdout: its findings one below the other, with what to do below those that need it. Why it could not be audited
 * goes to stderr. `color` as --no-color has it.
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
