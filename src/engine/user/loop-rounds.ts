import { TemplateError } from '../../language/template/template.ts'
import type { Random } from '../../random.ts'
import type { LoopStep } from '../../scenario/compile/plan.ts'
import type { Variables } from './variables.ts'

/** Returns how many rounds a loop makes: its `times` or, without `times`, its `max`. @throws TemplateError when `times` renders to no whole number */
export function roundsOf({ times, max }: LoopStep, scope: Variables, random: Random): number {
  if (typeof times !== 'object') return times ?? max
  const text = times.render(scope, random)
  const count = Number(text)
  if (Number.isInteger(count) && count >= 0 && text.trim() !== '') return count
  throw new TemplateError(`loop.times is "${text.slice(0, 40)}", expected a whole number`, { line: 1, column: 1 })
}

/** Gives a variable the value back that it had before the loop. If `value` is undefined, the variable is removed. */
export function restore(scope: Variables, name: string, value: unknown): void {
  if (value === undefined) delete scope[name]
  else scope[name] = value
}
