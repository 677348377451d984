import { BUILT_IN } from '../../lint/built-in.ts'
import { rule, stepsOf } from '../../lint/subject.ts'
import type { Path } from '../../read/source/source.ts'
import { mapAt } from '../../schema/written-steps.ts'

/** The rule that warns of a variable with the name of a built-in one, such as `reply`, which it hides. */
export const W_RESERVED_NAME = rule('W_RESERVED_NAME', (subject, report) => {
  const ofSteps = stepsOf(subject).flatMap(({ path }): Path[] => [
    [...path, 'capture'],
    [...path, 'set'],
  ])
  for (const owner of [['vars'], ...ofSteps]) {
    for (const name of Object.keys(mapAt(subject.value, owner))) {
      if (name !== 'loop' && !Object.hasOwn(BUILT_IN, name)) continue
      const message = `the variable ${name} hides what burn keeps under this name`
      report([...owner, name], 'key', message, 'choose another name')
    }
  }
})
