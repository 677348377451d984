import { expect, test } from 'vitest'
import { checkedLimits, limitTexts } from '../../../src/cli/monitor/limits.ts'
import type { HealthSummary, WatchedMachine } from '../../../src/result/schema.ts'

const LIMITS = { maxCpu: 0.8, maxMemory: 0.8, minAvailability: 0.95, asked: new Set<never>() }

/** What the bounds say of a machine with these peaks, and of a health check with this availability. */
function said(cpu: number, memory: number, availability = 1): string[] {
  const gauges = { cpu: { max: cpu }, memory: { max: memory } }
  const machine = { host: 'db', from: null, gauges } as unknown as WatchedMachine
  const health = [{ name: 'api', availability }] as unknown as HealthSummary[]
  return limitTexts(checkedLimits([{ machine, isKnown: true }], health, LIMITS))
}

test.each([
  [0.49, 0.49, 1, ['good: CPU and memory stayed below 50%']],
  [0.5, 0.49, 1, []],
  [0.8, 0.8, 0.95, []],
  [0.81, 0.3, 1, ['CPU peak of db: 81%, expected at most 80%']],
  [0.3, 0.81, 1, ['memory peak of db: 81%, expected at most 80%']],
  [0.3, 0.3, 0.94, ['availability of api: 94%, expected at least 95%']],
])('CPU peak %f, memory peak %f, availability %f: %j', (cpu, memory, availability, texts) => {
  expect(said(cpu, memory, availability)).toEqual(texts)
})
