/** Calls of gRPC against the protos that are at hand: a service, method or field that they do not have would fail every attempt. */
import { localMethod, localProtos, messageMisfits } from '../../connectors/grpc/check.ts'
import type { GrpcOptions } from '../../connectors/grpc/options.ts'
import type { Method, Protos } from '../../connectors/grpc/protos.ts'
import { encodeGeneric } from '../../dialects/generic/encode.ts'
import { LocalError } from '../../errors.ts'
import type { Finding } from '../read/finding.ts'
import { type Path, pathText } from '../read/source.ts'
import type { Scenario } from '../schema/schema.ts'
import type { TargetBlock } from '../schema/target.ts'
import { mapAt, type WrittenMap, type WrittenStep } from '../schema/written-steps.ts'
import { compiled } from './preset.ts'
import { targetUses } from './target-uses.ts'

/** What a target says of where its calls go. */
interface Site {
  readonly block: TargetBlock
  readonly base: Path
  readonly protos: Protos
  readonly options: GrpcOptions
  readonly service: string | undefined
  readonly method: string | undefined
}

/** Calls that do not fit; `value` is the scenario as it was written. */
export function grpcFindings(scenario: Scenario, value: unknown, baseDir: string): Finding[] {
  return targetUses(scenario, value).flatMap(({ block, base, steps }) => targetFindings(block, base, baseDir, steps))
}

function targetFindings(block: TargetBlock, base: Path, baseDir: string, steps: readonly WrittenStep[]): Finding[] {
  const target = compiled(block)
  if (target?.protocol !== 'grpc') return []
  // the connector's own block, which its schema has read
  const options = target.options as GrpcOptions
  try {
    const protos = localProtos(options, baseDir)
    const [, service, method] = /^[a-z:]+\/\/[^/]+\/([\w.]+)\/(\w+)$/i.exec(target.url.source) ?? []
    const named = { service: options.service ?? service, method: options.method ?? method }
    const site: Site = { block, base, protos, options, ...named }
    const talks = steps.some(({ step }) => step.message !== undefined)
    return [...steps.flatMap((step) => stepFindings(step, site)), ...(talks ? conversationFindings(site) : [])]
  } catch (error) {
    if (!(error instanceof LocalError)) throw error
    // a file that is not there is told with the other files
    if (/ENOENT/.test(error.message)) return []
    return [{ code: 'E_FILE', path: [...base, 'grpc', 'proto'], mark: 'value', message: error.message, hint: error.hint }]
  }
}

function stepFindings({ path, step }: WrittenStep, site: Site): Finding[] {
  if (step.request === undefined) return []
  const request = mapAt(step.request, [])
  const at = [...path, 'request']
  const found = methodOf(site, request.service ?? site.service, request.method ?? site.method)
  if (typeof found === 'string') return [unknownMethod(found, at, request)]
  if (!found) return []
  if (Array.isArray(request.messages))
    return request.messages.flatMap((message, index) => misfits(found, message, [...at, 'messages', index]))
  return request.message === undefined ? [] : misfits(found, request.message, [...at, 'message'])
}

/** The messages that conversations send: the mapping's structure, with a text at the place of the message. */
function conversationFindings(site: Site): Finding[] {
  const { block, base } = site
  const foreign = block.preset !== undefined || (block.dialect !== undefined && block.dialect !== 'generic')
  const found = methodOf(site, site.service, site.method)
  if (typeof found === 'string') return [unknownMethod(found, [...base, 'grpc'], {})]
  if (!found || foreign) return []
  const mapping = block.request === undefined ? {} : { request: block.request }
  const body = encodeGeneric(
    [{ role: 'user', content: '{{message}}' }],
    { stream: false, ...(block.body === undefined ? {} : { body: block.body }) },
    mapping,
  )
  const structure = [...base, 'request', 'structure']
  return misfits(found, body, []).map((finding) =>
    has(mapAt(block.request, []).structure, finding.path)
      ? { ...finding, path: [...structure, ...finding.path] }
      : {
          ...finding,
          path: [...base, block.request === undefined ? 'grpc' : 'request'],
          mark: 'key',
          message: `a message of the conversation: ${pathText(finding.path)}: ${finding.message}`,
        },
  )
}

/** The method, why there is none, or undefined when nobody knows yet. */
function methodOf({ protos, options }: Site, service: unknown, method: unknown): Method | string | undefined {
  return isKnown(service) && isKnown(method) ? localMethod(protos, options, service, method) : undefined
}

function isKnown(name: unknown): name is string {
  return typeof name === 'string' && !name.includes('{{')
}

function unknownMethod(message: string, path: Path, request: WrittenMap): Finding {
  const key = request.method !== undefined ? 'method' : request.service !== undefined ? 'service' : undefined
  return { code: 'E_GRPC_METHOD', path: key === undefined ? path : [...path, key], mark: 'value', message }
}

function misfits(method: Method, message: unknown, at: Path): Finding[] {
  return messageMisfits(method, message).map(({ path, text }) => ({
    code: 'E_GRPC_MESSAGE',
    path: [...at, ...path],
    mark: text.includes('no such field') ? 'key' : 'value',
    message: text,
    hint: `the call takes ${method.request.fullName.slice(1)}, as its proto has it`,
  }))
}

function has(value: unknown, path: Path): boolean {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return false
    inner = Reflect.get(inner, step)
  }
  return value !== undefined
}
