import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'
import { ForeignFields } from '../common/fields.ts'
import { type LiteralNames, nameFrom } from '../common/literal.ts'
import { translateCondition } from './condition.ts'
import { type TemplateNames, translateText } from './template.ts'

interface FlowContext {
  readonly names: TemplateNames
  readonly stepNames: LiteralNames
  /** Think time after each message of a converted flow, in ms. */
  readonly delayMs: number
  /** The `capture` block to add to every message step of a converted flow; undefined for none. */
  readonly capture: Data | undefined
  readonly inLoop: boolean
}

/**
 * Converts the steps of a flow in a Krawall file. Such a step is an object `{ id, type, config }`, one that has the keys of `config` beside `id` and
 * `type`, or only the text of a message. One of another form or type is left out, with a note. `path` is the place of the list in the file, for the
 * notes.
 */
export function flowSteps(list: readonly unknown[], context: FlowContext, path: string): Data[] {
  return list.flatMap((entry, index) => stepOf(entry, context, `${path}.${index}`))
}

function stepOf(entry: unknown, context: FlowContext, path: string): Data[] {
  const { notes } = context.names
  if (typeof entry === 'string') return messageStep(entry, undefined, context)
  if (!isMap(entry)) {
    notes.push(`${path} is not a step, and was left out`)
    return []
  }
  const { id, type, next, config, ...beside } = entry
  if (next !== undefined && next !== null)
    notes.push(`${path}.next was left out: Krawall never followed it, the order is that of the list`)
  const fields = new ForeignFields({ ...beside, ...(isMap(config) ? config : {}) }, notes, path)
  const steps = build(String(type ?? 'message'), fields, typeof id === 'string' ? id : undefined, context)
  fields.finish()
  return steps
}

function build(type: string, fields: ForeignFields, id: string | undefined, context: FlowContext): Data[] {
  switch (type) {
    case 'message':
      return messageStep(fields.text('content', 'message', 'text') ?? '', fields.text('name', 'label') ?? id, context)
    case 'delay':
      return [{ delay: `${fields.number('durationMs', 'delayMs', 'duration') ?? context.delayMs}ms` }]
    case 'loop':
      return loopStep(fields, context)
    case 'conditional':
    case 'condition':
      return branchStep(fields, context)
    default:
      fields.note('type', `${type} is not known, and was left out`)
      return []
  }
}

function messageStep(text: string, name: string | undefined, context: FlowContext): Data[] {
  const { names, stepNames, delayMs, capture, inLoop } = context
  const own = name === undefined || nameFrom(name, '') === '' ? {} : { name: stepNames.take(name, 'message') }
  const step = { message: translateText(text, names, inLoop), ...own, ...(capture ? { capture } : {}) }
  return delayMs > 0 ? [step, { delay: `${delayMs}ms` }] : [step]
}

function loopStep(fields: ForeignFields, context: FlowContext): Data[] {
  const inner = fields.list('steps', 'bodySteps', 'body')
  const times = fields.number('iterations', 'times', 'count', 'repetitions') ?? 1
  const steps = flowSteps(inner, { ...context, inLoop: true }, fields.at('steps'))
  if (steps.length === 0) {
    fields.note('steps', 'is empty: the loop was left out')
    return []
  }
  return [{ loop: { times, steps } }]
}

function branchStep(fields: ForeignFields, context: FlowContext): Data[] {
  const written = fields.text('condition', 'if') ?? ''
  const condition = translateCondition(written)
  const then = flowSteps(fields.list('thenSteps', 'then', 'trueSteps'), context, fields.at('thenSteps'))
  const other = flowSteps(fields.list('elseSteps', 'else', 'falseSteps'), context, fields.at('elseSteps'))
  if (condition === undefined) {
    fields.note('condition', `"${written}" is not a known condition; Krawall took it for false, so only the other branch is kept`)
    return other
  }
  if (then.length === 0 && other.length === 0) {
    fields.note('thenSteps', 'is empty: the condition was left out')
    return []
  }
  if (then.length === 0) return [{ if: `!(${condition})`, then: other }]
  return [{ if: condition, then, ...(other.length > 0 ? { else: other } : {}) }]
}
