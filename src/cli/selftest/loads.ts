/** What the selftest sends over each protocol: the same short chat. */

import type { Plan } from '../../scenario/compile/plan.ts'
import { planRun } from '../../scenario/compile.ts'
import { validateScenario } from '../../scenario/validate.ts'

/** The mark of one request, by which what burn measured is found in the log of the target. */
export const MARK = /probe-[0-9a-f-]{36}/

const openai = { preset: 'openai-chat', model: 'demo' }

/** The target of each protocol at an address of the mock. Without `stream`, a reply comes in one piece. */
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

/** The protocols that are measured. `http` is one whole reply, `sse` the same in pieces. */
export const PROTOCOLS = Object.keys(TARGETS)

/** Returns the plan of one measurement: the chat over a protocol, with the phases of `load`. */
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
