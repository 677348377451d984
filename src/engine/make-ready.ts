/** Prepares a run before anything is sent: calls the `initialize` hooks of plugins, and warms up the code. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { LocalError } from '../errors.ts'
import { hooksOf } from '../hooks/hooks.ts'
import type { Plan } from '../scenario/compile/plan.ts'
import type { Control } from './schedule/control.ts'
import { HookCalls } from './user/hooks/hook-calls.ts'
import { IterationClock } from './user/iteration-clock.ts'
import { warmUp } from './warm-up.ts'

/** Longest wait for one plugin's `initialize`, in ms. */
const INITIALIZE_LIMIT_MS = 30_000

/**
 * Prepares a run before its load: calls the plugins' hook `initialize` and then, for a large load, sends the plan's requests to stand-ins in this
 * process, so that V8 compiles the code. Resolves with the plugins' hooks; undefined when there are none. `origins` are the addresses of embedded
 * mock servers, by target.
 * @throws LocalError when a hook fails
 */
export async function makeReady(
  plan: Plan,
  origins: ReadonlyMap<string, string>,
  control: Control,
): Promise<HookCalls | undefined> {
  const hooks = await openHooks(plan, control)
  await warmUp(plan, origins, control)
  return hooks
}

/**
 * Calls `initialize` of the plugins and resolves with their hooks; undefined when no plugin has any. Ends early when the run is stopped.
 * @throws LocalError when one fails
 */
async function openHooks(plan: Plan, control: Control): Promise<HookCalls | undefined> {
  const plugins = hooksOf(plan.plugins.map((name) => realpathSync(resolve(plan.baseDir, name))))
  if (plugins.length === 0) return undefined
  const calls = new HookCalls(plugins)
  const targets = plan.targets.map(({ name, protocol }) => ({ name, protocol }))
  const clock = new IterationClock(control)
  const untilStopped = { waitFor: (thing: Promise<void>) => clock.waitFor(thing, 'stopped') }
  const about = { name: plan.name, seed: plan.seed, folder: plan.baseDir, targets }
  const { problem } = await calls.ask('initialize', () => about, INITIALIZE_LIMIT_MS, untilStopped)
  if (problem !== undefined) throw new LocalError(problem, 'nothing was sent: mend the plugin, or run without it')
  return calls
}
