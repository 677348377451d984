/** The scenario that the selftest runs over each protocol: always the same short chat. */

import type { Plan } from '../../scenario/compile/plan.ts'
import { planRun } from '../../scenario/compile.ts'
import { validateScenario } from '../../scenario/validate.ts'

/**
 * A regular expression for the unique text that `burn selftest` puts into each request. This text links an exchange that burn measured to its
 * request in the log of the mock server.
 */
export const MARK = /probe-[0-9a-f-]{36}/

const openai = { preset: 'openai-chat', model: 'demo' }

/** Makes the `target` block for each protocol, given host and port of the mock server. Without `stream`, a reply arrives in one piece. */
const TARGETS: Readonly<Record<string, (host: string) => object>> = {
  http: (host) => ({ ...openai, url: `http://${host}/v1/chat/completions`, stream: false }),
  sse: (host) => ({ ...openai, url: `http://${host}/v1/chat/completions` }),
  websocket: (host) => ({
    protocol: 'websocket',
    url: `ws://${host}/ws/chat`,
    stream: true,
    body: { stream: true },
    response: { delta: '$.delta', finish: '$.finish', end: { path: '$.done' } },
    websocket: { reply: { match: { correlate: { send: '$.id' } } } },
  }),
  grpc: (host) => ({
    protocol: 'grpc',
    url: `grpc://${host}`,
    grpc: { service: 'burn.chat.v1.ChatService', method: 'StreamMessage' },
    request: { messagePath: '$.message' },
    response: { delta: '$.delta', end: { path: '$.done' } },
  }),
  mqtt: (host) => ({
    protocol: 'mqtt',
    url: `mqtt://${host}`,
    mqtt: { topic: 'chat/in', qos: 0, reply: { topic: 'chat/out/%c', correlation: { send: 'id', receive: 'id' } } },
  }),
}

/** The names of the protocols that a selftest measures. `http` gets each reply as a whole, `sse` the same reply as a stream. */
export const PROTOCOLS = Object.keys(TARGETS)

/** The properties of a target that decide how its replies arrive: its protocol, its API format, and whether replies are streamed. */
export type PlannedReplies = Pick<Plan['targets'][number], 'protocol' | 'dialectName'> & {
  readonly chat: { readonly stream: boolean }
}

/**
 * Returns the protocol whose figures in a selftest apply to a target. For targets of `http` and `sse`, this depends on the replies: `sse` when they
 * are streamed, `http` when they are not. For all others, it is the target's own protocol.
 */
export function measuredAs({ protocol, dialectName, chat }: PlannedReplies): string {
  if (protocol === 'http') return chat.stream ? 'sse' : 'http'
  // Without an API format, burn does not ask the target for a reply in one piece.
  return protocol === 'sse' && !chat.stream && dialectName !== 'generic' ? 'http' : protocol
}

/**
 * Returns the plan of one measurement of `burn selftest`: a chat over `protocol` with the local target at `host` (host and port), with the phases in
 * `load`.
 */
export function planFor(protocol: string, host: string, load: readonly object[]): Plan {
  const scenario = {
    name: `selftest-${protocol}`,
    target: TARGETS[protocol]?.(host),
    load,
    graceful: '3s',
    steps: [{ message: 'probe-{{uuid}}' }],
  }
  const read = validateScenario(JSON.stringify(scenario), 'selftest.json')
  if (!read.scenario || !read.plan) throw new Error(read.problems.map(({ message }) => message).join('; '))
  return planRun(read.scenario, read.plan, { file: null, seed: 'selftest', secrets: [] })
}
