import { mapAt } from '../../scenario/schema/written-steps.ts'
import type { JsonDraft } from '../../text/json.ts'
import type { LoadedScenario } from './load-scenario.ts'

const OVERLAYS = new Set(['include', 'profiles', 'environments'])

/** Returns the scenario of a run as plain data: files, profile, environment and flags merged, and only the targets of this run. */
export function mergedScenario(loaded: LoadedScenario): JsonDraft {
  const merged = Object.entries(loaded.raw).filter(([key]) => !OVERLAYS.has(key))
  return { ...Object.fromEntries(merged), ...changedByBatch(loaded) }
}

/** Returns the keys that differ from the file because the scenario was split into one run per target; empty when it was not. */
function changedByBatch({ raw, scenario }: LoadedScenario): Record<string, unknown> {
  const { targets } = raw
  if (scenario.name === raw.name || typeof targets !== 'object' || targets === null) return {}
  const own = Object.entries(targets).filter(([name]) => Object.hasOwn(scenario.targets ?? {}, name))
  return { name: scenario.name, targets: Object.fromEntries(own), ...judgeFrom(raw.judge, targets) }
}

/** Returns the judge with its target written out, because `targets` of this run may not contain it. */
function judgeFrom(judge: unknown, targets: object): Record<string, unknown> {
  const { target } = mapAt(judge, [])
  return typeof target === 'string' ? { judge: { ...mapAt(judge, []), target: mapAt(targets, [target]) } } : {}
}
