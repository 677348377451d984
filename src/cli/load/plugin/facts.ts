/**
 * Checks the properties of a plugin's connector other than its three main functions: wrong types and thrown exceptions become errors that name the
 * property.
 */
import type * as zod from 'zod'
import { FAILURE_KINDS, LocalError, TargetError, UsageError } from '../../../errors.ts'

/**
 * A function that returns the error to report for a plugin that cannot be used. `what` says what is wrong with the plugin; the message also names
 * its file.
 */
export type RefusalOf = (what: string, cause?: unknown) => UsageError

/**
 * Checks the properties of a connector (a plugin's implementation of a protocol), which the plugin's author wrote, and returns them. Functions among
 * them are wrapped, so that the values they return are checked too. `refusal` makes the error for a property of the wrong type.
 * @throws UsageError
 */
export function checkedFacts(
  facts: Readonly<Record<string, unknown>>,
  z: typeof zod,
  refusal: RefusalOf,
): Record<string, unknown> {
  const types = typesOf(z, refusal)
  const given = Object.entries(facts).filter(([name, value]) => Object.hasOwn(types, name) && value !== undefined)
  return parsed(z.looseObject(types).partial(), Object.fromEntries(given), '', refusal)
}

function typesOf(z: typeof zod, refusal: RefusalOf) {
  const texts = z.array(z.string())
  const map = z.record(z.string(), z.unknown())
  const textMap = z.record(z.string(), z.string())
  const text = z.string().optional()
  const size = z.number().nonnegative()
  const asked = (name: string, type: zod.ZodType) =>
    z
      .custom<FactFunction>((value) => typeof value === 'function', 'it has to be a function')
      .transform((own) => checkedFunction(own, name, type, refusal))
  const misfits = z.array(
    z.looseObject({ of: z.enum(['place', 'body']), path: z.array(z.union([z.string(), z.number()])), message: z.string() }),
  )
  return {
    schemes: z.record(z.string(), z.looseObject({ port: z.int().min(1).max(65_535).optional(), proxies: texts.optional() })),
    over: texts,
    aliases: textMap,
    lasting: z.boolean(),
    messages: z.boolean(),
    methods: z.boolean(),
    whole: textMap,
    neverWhole: z.looseObject({ message: z.string(), hint: z.string() }),
    files: z.array(z.looseObject({ path: texts, kind: z.enum(['file', 'folder']) })),
    place: z.looseObject({
      keys: texts,
      message: z.string(),
      hint: z.string(),
      ofPath: asked('place.ofPath', map.optional()),
      own: asked('place.own', map.optional()),
      pathProblem: asked('place.pathProblem', text).optional(),
      mock: z.looseObject({ preset: z.string(), unless: texts }).optional(),
    }),
    sample: z.looseObject({ step: map, url: text, target: asked('sample.target', map).optional() }),
    checks: asked(
      'checks',
      z.looseObject({ ofStep: asked('checks().ofStep', misfits), ofMessage: asked('checks().ofMessage', misfits) }),
    ),
    kindsOf: asked('kindsOf', z.array(z.enum(FAILURE_KINDS))),
    secrets: asked('secrets', texts),
    headerProblem: asked('headerProblem', text),
    requestOf: asked('requestOf', map.optional()),
    clientId: asked('clientId', text),
    sockets: asked('sockets', size),
    unchosenPool: asked('unchosenPool', size.optional()),
    prepare: asked('prepare', z.unknown()),
    health: asked('health', z.string()),
  }
}

type FactFunction = (...args: unknown[]) => unknown

/** Wraps a plugin's function so that its results are checked. UsageError, LocalError and TargetError that it throws pass through unchanged. */
function checkedFunction(own: FactFunction, name: string, type: zod.ZodType, refusal: RefusalOf): FactFunction {
  const thrown = (error: unknown) => {
    if (error instanceof UsageError || error instanceof LocalError || error instanceof TargetError) return error
    return refusal(`\`${name}\` threw: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  const settled = (value: unknown) => parsed(type, value, name, refusal)
  return function (this: unknown, ...args) {
    let value: unknown
    try {
      value = own.apply(this, args)
    } catch (error) {
      throw thrown(error)
    }
    if (!(value instanceof Promise)) return settled(value)
    return value.then(settled, (error: unknown) => {
      throw thrown(error)
    })
  }
}

function parsed<T>(type: zod.ZodType<T>, value: unknown, name: string, refusal: RefusalOf): T {
  const { success, data, error } = type.safeParse(value)
  if (success) return data
  const { path, message } = error.issues[0] ?? { path: [], message: 'it does not fit' }
  const what = [name, ...path.map(String)].filter((part) => part !== '').join('.')
  throw refusal(`\`${what}\`: ${message}`)
}
