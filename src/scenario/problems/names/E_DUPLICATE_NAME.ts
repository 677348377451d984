import { namedSteps } from '../../lint/names.ts'
import { type ReportProblem, rule, stepsOf } from '../../lint/subject.ts'
import type { Path } from '../../read/source/source.ts'

/** A step, phase or flow: its name in the file, and in `otherwise` the name that burn gives it without one. */
interface NamedPart {
  readonly name: unknown
  readonly otherwise: string
  readonly path: Path
}

function reportDuplicates(kind: string, all: readonly NamedPart[], report: ReportProblem): void {
  const first = new Map<string, Path>()
  // Phases and flows that could not be read are empty slots, which forEach skips.
  all.forEach(({ name: given, otherwise, path: owner }) => {
    const name = typeof given === 'string' ? given : otherwise
    const path = typeof given === 'string' ? [...owner, 'name'] : owner
    const earlier = first.get(name)
    if (earlier === undefined) first.set(name, path)
    else {
      const message = `two ${kind}s are called ${JSON.stringify(name)}`
      report(typeof given === 'string' ? path : earlier, 'value', message, 'their numbers could not be told apart')
    }
  })
}

/** The lint rule (of `burn validate`) that reports two steps, two phases or two flows with the same name. */
export const E_DUPLICATE_NAME = rule('E_DUPLICATE_NAME', (subject, report) => {
  const { load = [], flows = [] } = subject.scenario
  // A step that could not be read may change the numbers in the names of others.
  const steps = namedSteps(stepsOf(subject)).filter(({ name }) => typeof name === 'string' || !subject.doubts.steps)
  const phases = load.map(({ name }, index) => ({ name, otherwise: `phase-${index + 1}`, path: ['load', index] }))
  reportDuplicates('step', steps, report)
  reportDuplicates('phase', phases, report)
  reportDuplicates(
    'flow',
    flows.map(({ name }, index) => ({ name, otherwise: '', path: ['flows', index] })),
    report,
  )
})
