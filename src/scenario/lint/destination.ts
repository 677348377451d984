/** Where on a server the steps go, for protocols that name it outside of the request: without it every attempt would connect, and fail. */
import type { PlannedTarget } from '../plan.ts'
import type { Finding } from '../read/finding.ts'
import type { Scenario } from '../schema/schema.ts'
import type { TargetBlock } from '../schema/target.ts'
import { mapAt, type WrittenStep } from '../schema/written-steps.ts'
import { compiled } from './preset.ts'
import { targetUses } from './target-uses.ts'

interface Rule {
  /** Keys of the protocol's block that name the place. */
  readonly keys: readonly string[]
  /** Whether the path of the address names it. */
  readonly named: (path: string) => boolean
  /** The part of a request that may name it itself; undefined when this request needs no place. */
  readonly own: (request: unknown) => Readonly<Record<string, unknown>> | undefined
  readonly message: string
  readonly hint: string
}

const RULES: Readonly<Record<string, Rule | undefined>> = {
  mqtt: {
    keys: ['topic'],
    named: (path) => path !== '' && path !== '/',
    own: (request) => (mapAt(request, []).publish === undefined ? undefined : mapAt(request, ['publish'])),
    message: 'no topic to publish to: the address has no path, and there is no mqtt.topic',
    hint: 'such as mqtt://127.0.0.1:1883/my/topic, or mqtt: { topic: my/topic } (--set target.mqtt.topic=my/topic)',
  },
  grpc: {
    keys: ['service', 'method'],
    named: (path) => /^\/[\w.]+\/\w+$/.test(path),
    own: (request) => mapAt(request, []),
    message: 'no method to call: the address names none, and there is no grpc.service and grpc.method',
    hint: 'such as grpc://127.0.0.1:50051/pkg.Service/Method, or grpc: { service: pkg.Service, method: Method }',
  },
}

/** Path of an address; that of a WebSocket is for its handshake, whatever runs over it. */
function pathOf(url: string): string {
  if (/^wss?:/i.test(url)) return ''
  return url.replace(/^mock:|^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '')
}

function lacks(step: WrittenStep['step'], rule: Rule, options: unknown): boolean {
  const own = step.message === undefined ? (step.request === undefined ? undefined : rule.own(step.request)) : {}
  if (own === undefined) return false
  return rule.keys.some((key) => own[key] === undefined && mapAt(options, [])[key] === undefined)
}

function findingOf(block: TargetBlock, target: PlannedTarget, steps: readonly WrittenStep[]): Finding[] {
  const rule = RULES[target.protocol]
  if (rule === undefined || target.url.variables.length > 0 || rule.named(pathOf(target.url.source))) return []
  if (!steps.some(({ step }) => lacks(step, rule, target.options))) return []
  const { message, hint } = rule
  return [{ code: 'E_NO_DESTINATION', path: block.url === undefined ? [] : ['url'], mark: 'value', message, hint }]
}

/** Targets whose address and options leave open where the steps go; `value` is the scenario as it was written. */
export function destinationFindings(scenario: Scenario, value: unknown): Finding[] {
  return targetUses(scenario, value).flatMap(({ block, base, steps }) => {
    const target = compiled(block)
    if (target === undefined) return []
    return findingOf(block, target, steps).map((finding) => ({ ...finding, path: [...base, ...finding.path] }))
  })
}
