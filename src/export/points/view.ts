/** Prepares a result for the table of exported metrics: its steps, limited in number, with the attributes that conventions require. */
import { createHash } from 'node:crypto'
import type { Result, StepMetrics } from '../../result/schema.ts'
import { isMap } from '../../text/json.ts'
import type { Attributes, RunView } from './point.ts'

/** The largest number of steps that are exported one by one; steps beyond it are exported together. */
const MAX_STEPS = 50
const OTHER_STEPS = 'other'
/** The longest value of an attribute, in characters. */
const MAX_VALUE = 200
const HASH_DIGITS = 8

/** OpenTelemetry's names of AI providers, by dialect. Whoever offers an API counts as the provider that the API comes from. */
const PROVIDERS: Readonly<Record<string, string>> = {
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
  ollama: 'ollama',
}

/** The value that OpenTelemetry's conventions use for something unknown. */
const UNKNOWN_VALUE = '_OTHER'

/** Prepares a result for export: limits the number of steps, and adds the attributes that OpenTelemetry's conventions require. */
export function viewOf(result: Result): RunView {
  const isApart = ({ name }: StepMetrics, i: number) =>
    result.steps.length <= MAX_STEPS || (i < MAX_STEPS - 1 && name !== OTHER_STEPS)
  const apart = result.steps.filter(isApart)
  const together = result.steps.filter((step, i) => !isApart(step, i))
  const names = new Set(apart.map(({ name }) => name))
  const stepName = (name: string) => (together.length === 0 || names.has(name) ? shortened(name) : OTHER_STEPS)
  const facts = factsOf(result)
  const steps = apart.map((step) => ({
    attributes: { 'burn.step': shortened(step.name) },
    groups: [step],
    http: facts.http && { ...facts.http, 'http.request.method': facts.methodOf(step) },
    genAi: step.kind === 'message' ? facts.genAi : undefined,
  }))
  const others = { attributes: { 'burn.step': OTHER_STEPS }, groups: together, http: undefined, genAi: undefined }
  return { result, steps: together.length === 0 ? steps : [...steps, others], stepName }
}

/**
 * Returns the value of an attribute, shortened to at most `most` characters. A longer value is cut and ends with `…` and a hash of the whole value,
 * so that different values that begin alike stay different.
 */
export function shortened(value: string, most: number = MAX_VALUE): string {
  if (value.length <= most) return value
  const hash = createHash('sha256').update(value).digest('hex').slice(0, HASH_DIGITS)
  return `${value.slice(0, most - HASH_DIGITS - 1).toWellFormed()}…${hash}`
}

interface Facts {
  readonly http: Attributes | undefined
  readonly genAi: Attributes | undefined
  readonly methodOf: (step: StepMetrics) => string
}

/** Returns what is known about the target of a run that has only one. With several targets, a result does not state which one a step uses. */
function factsOf({ target: targets, configuration }: Result): Facts {
  const [target] = targets
  let methods: ReadonlyMap<string, string> | undefined
  const methodOf = ({ name, kind }: StepMetrics) => {
    if (kind === 'message') return 'POST'
    // Searched only when needed, because a scenario of messages alone names no methods.
    methods ??= methodsIn(configuration?.scenario)
    return methods.get(name) ?? UNKNOWN_VALUE
  }
  if (target === undefined || targets.length > 1) return { http: undefined, genAi: undefined, methodOf }
  const server = serverOf(target.url)
  const provider = PROVIDERS[target.dialect ?? '']
  const written = configuration?.scenario.target
  const model = isMap(written) && typeof written.model === 'string' ? { 'gen_ai.request.model': shortened(written.model) } : {}
  return {
    // Only HTTP targets state the client library.
    http: target.client === undefined ? undefined : server,
    genAi:
      provider === undefined
        ? undefined
        : { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': provider, ...model, ...server },
    methodOf,
  }
}

function serverOf(url: string): Attributes {
  if (!URL.canParse(url)) return {}
  const { hostname, port, protocol } = new URL(url)
  const usual = /s:$/.test(protocol) ? '443' : '80'
  return { 'server.address': shortened(hostname || protocol.slice(0, -1)), ...(hostname && { 'server.port': port || usual }) }
}

/** Returns the HTTP methods that the steps of a scenario name, by the step's name. */
function methodsIn(written: unknown, found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (Array.isArray(written)) for (const item of written) methodsIn(item, found)
  if (!isMap(written)) return found
  const { name, request } = written
  if (typeof name === 'string' && isMap(request)) {
    const method = typeof request.method === 'string' ? request.method.toUpperCase() : request.body === undefined ? 'GET' : 'POST'
    found.set(name, /^[A-Z]{1,20}$/.test(method) ? method : UNKNOWN_VALUE)
  }
  for (const item of Object.values(written)) if (typeof item === 'object') methodsIn(item, found)
  return found
}
