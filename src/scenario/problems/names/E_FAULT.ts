import { nearest } from '../../../language/suggest.ts'
import { impossibleDrifts } from '../../lint/calls.ts'
import { namedSteps } from '../../lint/names.ts'
import { rule } from '../../lint/subject.ts'
import { targetNames } from '../../lint/targets.ts'
import { listAt, loadSteps, mapAt } from '../../schema/written-steps.ts'

const DRIFT_HINT = 'a gRPC message has the fields of its .proto file alone: remove one, set another, or give one another value'

/**
 * The lint rule (of `burn validate`) that reports items of `faults` for targets that the scenario does not have or for steps that the load does not
 * have (setup and teardown are no part of it), and drifts (changes of a message's JSON) that fit none of the requests which they may change.
 */
export const E_FAULT = rule('E_FAULT', (subject, report) => {
  const { value, doubts } = subject
  const entries = listAt(value, ['faults']).map((_, index) => ['faults', index])
  if (entries.length === 0) return
  for (const { path, why } of impossibleDrifts(subject))
    report([...path, 'drift'], 'value', `no call that this may hit can take the change: ${why}`, DRIFT_HINT)
  const steps = namedSteps(loadSteps(value)).flatMap(({ name, otherwise }) => [typeof name === 'string' ? name : otherwise])
  const targets = targetNames(subject)
  const hintFor = (name: string, known: readonly string[]) => {
    const near = nearest(name, known)
    return near === undefined ? `one of ${known.slice(0, 10).join(', ')}` : `did you mean ${JSON.stringify(near)}?`
  }
  for (const path of entries) {
    const { target } = mapAt(value, path)
    if (typeof target === 'string' && targets.length > 0 && !targets.includes(target) && !doubts.mayBeNamed(target))
      report([...path, 'target'], 'value', `there is no target ${JSON.stringify(target)}`, hintFor(target, targets))
    if (doubts.steps) continue
    listAt(value, [...path, 'steps']).forEach((name, index) => {
      if (typeof name !== 'string' || steps.includes(name)) return
      const message = `the load has no step ${JSON.stringify(name)}`
      report([...path, 'steps', index], 'value', message, hintFor(name, steps))
    })
  }
})
