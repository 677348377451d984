import { expect, test } from 'vitest'
import { chatTarget } from '../../support/virtual.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { chatAt } from '../targets.ts'

test('a result is made without walking through the arrivals of the load again, however many they are', async () => {
  // Imported late: the schema must know the protocol `memory`.
  const { runScenario } = await import('../../../src/engine/run-scenario.ts')
  const { planOf } = await import('../../../src/scenario/compile.ts')
  const { scenarioSchema } = await import('../../../src/scenario/schema/schema.ts')
  const scenario = scenarioSchema.parse({
    name: 'walks',
    target: chatAt(chatTarget()),
    load: [{ rate: '100/s', for: '1s' }],
    steps: [{ message: 'x' }],
  })
  const plan = planOf(scenario, { file: null, baseDir: '.', seed: 's', secrets: [] })
  let walks = 0
  const phases = plan.phases.map((phase) => {
    const { load } = phase
    if (load.model !== 'open') return phase
    const arrivals: typeof load.arrivals = (random) => {
      walks += 1
      return load.arrivals(random)
    }
    return { ...phase, load: { ...load, arrivals } }
  })
  const clock = new VirtualClock()
  const { result } = await clock.drive(runScenario({ ...plan, phases }, { clock }))
  expect(result.total.counts.ok).toBe(100)
  expect(walks).toBe(1)
})
