import { BUILT_IN, IN_TRACE } from '../../lint/built-in.ts'
import { playsTrace } from '../../lint/reads.ts'
import { rule, stepsOf } from '../../lint/subject.ts'
import type { Path } from '../../read/source/source.ts'
import { mapAt } from '../../schema/written-steps.ts'

/**
 * The lint rule (of `burn validate`) that warns of a variable or data file that hides a built-in variable, such as `reply`, by having the same name.
 */
export const W_RESERVED_NAME = rule('W_RESERVED_NAME', (subject, report) => {
  const { value } = subject
  const traced = playsTrace(value) ? IN_TRACE : {}
  const ofSteps = stepsOf(subject).flatMap(({ path }): Path[] => [
    [...path, 'capture'],
    [...path, 'set'],
  ])
  for (const owner of [['vars'], ['data'], ...ofSteps]) {
    const isData = owner[0] === 'data'
    for (const name of Object.keys(mapAt(value, owner))) {
      if (name !== 'loop' && !Object.hasOwn(BUILT_IN, name) && !Object.hasOwn(traced, name)) continue
      const message = isData
        ? `the rows of the data file ${name} and what burn keeps under this name hide each other`
        : `the variable ${name} hides what burn keeps under this name`
      report([...owner, name], 'key', message, 'choose another name')
    }
  }
})
