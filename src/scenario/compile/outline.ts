import type { OutlineLine } from '../../result/schema.ts'
import { formatMs } from '../../text/units.ts'
import type { LoopStep, Plan, PlannedStep } from './plan.ts'

/** Largest number of lines of an outline, so that a generated scenario does not make every checkpoint long. */
const MAX_LINES = 300
/** Largest length of a text in an outline, in characters. */
const MAX_TEXT = 200

/**
 * Returns the outline of a compiled scenario for its result: one line for each step in order, without the contents of messages and requests, and one
 * line for each block of steps, such as setup, a named flow or `else`. Lines beyond the 300th are left out.
 */
export function outlineOf({ flows, setup, teardown }: Pick<Plan, 'flows' | 'setup' | 'teardown'>): OutlineLine[] {
  const total = flows.reduce((sum, { weight }) => sum + weight, 0)
  const named = flows.flatMap(({ name, weight, steps }) =>
    name === undefined
      ? linesOf(steps, 0)
      : [{ depth: 0, kind: 'flow' as const, text: short(name), weight: weight / total }, ...linesOf(steps, 1)],
  )
  return [...around('setup', setup), ...named, ...around('teardown', teardown)].slice(0, MAX_LINES)
}

function around(kind: 'setup' | 'teardown', steps: readonly PlannedStep[]): OutlineLine[] {
  return steps.length === 0 ? [] : [{ depth: 0, kind, text: '' }, ...linesOf(steps, 1)]
}

function linesOf(steps: readonly PlannedStep[], depth: number): OutlineLine[] {
  return steps.flatMap((step) => stepLines(step, depth))
}

function stepLines(step: PlannedStep, depth: number): OutlineLine[] {
  switch (step.kind) {
    case 'message':
      return [{ depth, kind: step.kind, text: step.name }]
    case 'request':
      return [{ depth, kind: step.leaves ? 'disconnect' : 'request', text: step.name }]
    case 'delay':
      return [{ depth, kind: step.kind, text: '' }]
    case 'set':
      return [{ depth, kind: step.kind, text: '' }]
    case 'loop':
      return [{ depth, kind: step.kind, text: short(boundsOf(step)) }, ...linesOf(step.steps, depth + 1)]
    case 'if': {
      const otherwise = linesOf(step.else, depth + 1)
      const other: OutlineLine[] = otherwise.length === 0 ? [] : [{ depth, kind: 'else', text: '' }, ...otherwise]
      return [{ depth, kind: step.kind, text: short(step.condition.source) }, ...linesOf(step.then, depth + 1), ...other]
    }
  }
}

/** Describes the limits of a loop in words: "3 times, while x < 2". */
function boundsOf({ times, condition, forMs }: LoopStep): string {
  const parts = [
    times === undefined ? undefined : `${timesText(times)} times`,
    condition && `while ${condition.source}`,
    forMs === undefined ? undefined : `for ${formatMs(forMs)}`,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

function timesText(times: NonNullable<LoopStep['times']>): string {
  if (typeof times === 'number') return String(times)
  return 'draw' in times ? times.words : times.source
}

function short(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text
}
