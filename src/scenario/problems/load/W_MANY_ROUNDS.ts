import { rule, stepsOf } from '../../lint/subject.ts'
import { mapAt } from '../../schema/written-steps.ts'

const MANY_ROUNDS = 100_000

/**
 * The lint rule (of `burn validate`) that warns of a loop that may run more than 100,000 times in one iteration, by the numbers `times` or `max` in
 * the file. For nested loops, the numbers are multiplied.
 */
export const W_MANY_ROUNDS = rule('W_MANY_ROUNDS', (subject, report) => {
  for (const { step, path, rounds } of stepsOf(subject)) {
    if (step.loop === undefined) continue
    const { times, max } = mapAt(step, ['loop'])
    const own = typeof times === 'number' ? times : typeof max === 'number' ? max : 1
    if (rounds * own <= MANY_ROUNDS) continue
    const message = `up to ${rounds * own} rounds in one iteration, the loops around this one multiplied`
    report([...path, 'loop'], 'value', message, 'set max, or fewer times')
  }
})
