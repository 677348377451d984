/** Generated payloads in the formats of Stream Testbench. They depend only on the block, the user's random stream and the time. */
import { compileTree } from '../language/template/template.ts'
import { renameFields, spell, wrap } from './envelope.ts'
import { nameOf, type PayloadSpec } from './schema.ts'
import { generators, NEST_NAMES, type PayloadContext, type PayloadType } from './types.ts'

export { corpusText } from './corpus.ts'
export { type AskedLength, type LengthSpec, type Lengths, lengthsOf } from './lengths.ts'
export { type GeneratedPrompt, PromptMaker, type PromptSpec } from './prompt.ts'
export { type PayloadSpec, payloadSchema } from './schema.ts'
export type { PayloadContext } from './types.ts'

/** A compiled `payload:` block of a step, which generates the JSON bodies of the step's messages. */
export interface Payload {
  /** Names of the variables that the templates in data of type CUSTOM use. */
  readonly variables: readonly string[]
  /** Returns the next payload, a JSON object. Throws TemplateError when a template in CUSTOM data cannot be rendered. */
  make(context: PayloadContext): Record<string, unknown>
}

/**
 * Compiles a validated `payload:` block of a step to a generator of payloads. If the block names a `payloadFile`, the caller must already have copied
 * the fields of that file into the block's key `custom`.
 * @throws TemplateError for a template that cannot be compiled
 */
export function compilePayload(spec: PayloadSpec): Payload {
  const custom = compileTree(spec.custom ?? {})
  const spelling = spec.case ?? (spec.envelope === 'graphql' ? 'camel' : 'snake')
  const pick = picker(spec)
  const flavour = { graphql: spec.envelope === 'graphql' }
  const fieldsOf = (type: PayloadType, context: PayloadContext): Record<string, unknown> => {
    if (type !== 'CUSTOM') return renameFields(generators[type](context, flavour), spelling)
    // rendering the strings of a JSON map gives a JSON map again
    return custom.render(context.scope, context.random, () => context.wallNowMs) as Record<string, unknown>
  }
  const nest = spec.nest ?? spec.envelope !== 'raw'
  const placed = (type: PayloadType, context: PayloadContext) => {
    const fields = fieldsOf(type, context)
    return nest ? { [spell(NEST_NAMES[type], spelling)]: fields } : fields
  }
  return {
    variables: custom.variables,
    make(context) {
      const data: Record<string, unknown> = {}
      for (const type of pick(context)) Object.assign(data, placed(type, context))
      return wrap(data, spec, spelling, context)
    },
  }
}

/** Returns a function that chooses the kinds of data for each payload: all, the next in turn, or one at random by weight. */
function picker({ types, mode }: PayloadSpec): (context: PayloadContext) => readonly PayloadType[] {
  const names = types.map(nameOf)
  if (mode === 'merge') return () => names
  if (mode === 'rotate') return ({ index }) => names.slice(index % names.length, (index % names.length) + 1)
  const weights = types.map((entry) => (typeof entry === 'string' ? 1 : entry.weight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return ({ random }) => {
    let left = random.next() * total
    const index = weights.findIndex((weight) => {
      left -= weight
      return left < 0
    })
    // Rounding may leave a small rest behind the last weight.
    return index < 0 ? names.slice(-1) : names.slice(index, index + 1)
  }
}
