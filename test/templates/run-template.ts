/** Runs a template against a mock of the test's own: its waits cut out, its load made finite. */
import { onTestFinished } from 'vitest'
import { startMock } from '../../src/mock/server.ts'
import { compileTarget } from '../../src/scenario/compile-target.ts'
import { type Scenario, scenarioSchema } from '../../src/scenario/schema.ts'
import { templateScenario } from '../../src/templates/render.ts'
import type { Data, Template } from '../../src/templates/template.ts'
import { runScenario } from '../support/run.ts'

/** Iterations of a template whose own load is made of time. */
export const ITERATIONS = 6

/** No think time, and no waiting between tries. */
function hurried(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hurried)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    (key === 'delay' || key === 'maxDelay') && typeof item === 'string' ? '1ms' : hurried(item),
  ])
  return Object.fromEntries(entries)
}

/** The scenario of a template, quick and with an end. */
export function quick(template: Template): Data {
  const load = template.messages.iterations === undefined ? { load: [{ iterations: ITERATIONS, users: 2 }] } : {}
  return hurried({ ...templateScenario(template), ...load, thresholds: [] }) as Data // a map stays a map
}

/** An address on the mock in place of `mock:…`. */
function addressed(target: Data, origin: string): Data {
  const { targets } = scenarioSchema.parse({ name: 't', targets: { target }, steps: [{ message: 'x' }] }) as Scenario
  const block = targets?.target
  if (!block?.url?.startsWith('mock:')) return target
  const { url, protocol } = compileTarget(block)
  const { mock: _settings, ...rest } = target
  return { ...rest, url: url.source.replace('mock:', protocol === 'websocket' ? origin.replace('http', 'ws') : origin) }
}

/** Every target of the scenario on one mock, with the mock settings of the first. */
export async function runOnMock(scenario: Data) {
  const first = scenario.target as Data | undefined // a template has a target or `targets`
  const settings = { ...(first?.mock as Data | undefined), firstTokenMs: 0, gapMs: 0, tokens: 12 }
  const mock = await startMock(settings)
  onTestFinished(() => mock.close())
  const placed = first
    ? { ...scenario, target: addressed(first, mock.url) }
    : { ...scenario, targets: Object.fromEntries(Object.entries(scenario.targets as Data).map(([name, block]) => [name, addressed(block as Data, mock.url)])) }
  // The schema checks it first of all.
  const run = await runScenario(placed as Parameters<typeof runScenario>[0])
  return { ...run, mock }
}
