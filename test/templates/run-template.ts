/** Runs a template against servers of the test's own: its waits cut out, its load made finite. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { startMock } from '../../src/mock/server.ts'
import { compileTarget } from '../../src/scenario/compile/target/target.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import type { Data, ScenarioTemplate } from '../../src/templates/template.ts'
import { startBroker } from '../servers/mqtt-broker.ts'
import { runScenario } from '../support/run.ts'
import { scenarioOf } from './named.ts'

/** Iterations of a template whose own load is made of time. */
const ITERATIONS = 6

/** How many messages the quick form of a template sends. */
export function expectedCount({ messages }: ScenarioTemplate): number {
  return messages.perIteration * (messages.iterations ?? ITERATIONS)
}

const WAITS = new Set(['delay', 'maxDelay', 'retryAfter', 'pause'])

/** No think time, and no waiting between tries. */
function hurried(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hurried)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    (WAITS.has(key) && typeof item === 'string') || key === 'delay' ? '1ms' : hurried(item),
  ])
  return Object.fromEntries(entries)
}

/** The scenario of a template, quick and with an end. */
export function quick(template: ScenarioTemplate): Data {
  const load = template.messages.iterations === undefined ? { load: [{ iterations: ITERATIONS, users: 2 }] } : {}
  return hurried({ seed: 'quick', ...scenarioOf(template), ...load }) as Data // a map stays a map
}

interface Origins {
  readonly mock: string
  readonly broker: string
  readonly other: string
}

/** The same target on one of the test's servers. */
function placed(target: Data, origins: Origins): Data {
  const { targets } = scenarioSchema.parse({ name: 't', targets: { target: unresolved(target) }, steps: [{ message: 'x' }] })
  if (!targets?.target) throw new Error('a target is missing')
  const { url, protocol } = compileTarget(targets.target)
  const { mock: _settings, ...rest } = target
  const path = url.source.replace(/^(?:mock:|[a-z]+:\/\/[^/]*)/, '')
  if (protocol === 'mqtt' && !url.source.startsWith('mock:')) return { ...rest, protocol, url: origins.broker + path }
  if (!url.source.startsWith('mock:')) return { ...rest, protocol, url: origins.other + path }
  return { ...rest, protocol, url: (protocol === 'websocket' ? origins.mock.replace('http', 'ws') : origins.mock) + path }
}

/** References to the environment are resolved by the reader of files, which a test of plain data has none of. */
function unresolved(target: Data): Data {
  return typeof target.url === 'string' ? { ...target, url: target.url.replace(/^\$\{env\.\w+:-(.*)\}$/, '$1') } : target
}

/** Answers every POST as Ollama completes a prompt. */
async function ollamaServer() {
  const seen: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      seen.push(body)
      response.end(
        '{"response":"yes","done":false}\n{"response":"","done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":1}\n',
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** Runs a scenario with all its targets on servers of the test: the mock with the settings that the target asks for, and a broker. */
export async function runPlaced(scenario: Data) {
  // a template has a target or `targets`
  const single = scenario.target as Data | undefined
  const mock = await startMock({ ...(single?.mock as Data | undefined), firstTokenMs: 0, gapMs: 0, tokens: 12 })
  const broker = await startBroker({
    onMessage({ topic, text, say }) {
      if (topic !== 'graphql/mutation') return
      const { uuids, serviceName } = JSON.parse(text)
      say('response/acknowledgement', JSON.stringify({ task_id: 't', status: 'PENDING', uuids, serviceName }))
    },
  })
  const other = await ollamaServer()
  onTestFinished(async () => {
    await mock.close()
    await broker.stop()
  })
  const origins = { mock: mock.url, broker: broker.url, other: other.url }
  const targets = Object.entries((scenario.targets ?? {}) as Data).map(([name, block]) => [name, placed(block as Data, origins)])
  const own = single ? { target: placed(single, origins) } : { targets: Object.fromEntries(targets) }
  // the schema checks it first of all
  const run = await runScenario({ ...scenario, ...own } as unknown as Parameters<typeof runScenario>[0])
  return { ...run, mock, broker, received: mock.stats().requests + broker.published.length + other.seen.length }
}
