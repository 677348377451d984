/** The forecast of a scenario on a machine that is always the same. */
import { type Assumptions, type Forecast, forecast } from '../../../src/cli/plan/forecast.ts'
import { planOf as compiledPlan } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'

export const MACHINE = { openFiles: 1024, localPorts: 28_000, memoryBytes: 8 * 2 ** 30, heapBytes: 4 * 2 ** 30 }

export const ASSUMED: Assumptions = { replyMs: 1000, prices: undefined }

export function planOf(own: Readonly<Record<string, unknown>>, assumed: Partial<Assumptions> = {}, machine = MACHINE): Forecast {
  const scenario = scenarioSchema.parse({ name: 't', target: { url: 'http://127.0.0.1/' }, steps: [{ message: 'hi' }], ...own })
  const plan = compiledPlan(scenario, { file: null, baseDir: '.', seed: 'x', secrets: [] })
  return forecast(plan, { ...ASSUMED, ...assumed }, { machine, urls: ['http://127.0.0.1/'], data: [] })
}
