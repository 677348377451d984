/** Calls the hooks of plugins in order, and counts and measures the calls. An error of a hook ends only its own call. */
import { after, LONGEST_TIMER_MS, now } from '../../../clock.ts'
import { HOOKS, type HookName, type PluginHooks } from '../../../hooks/hooks.ts'
import type { HookSummary } from '../../../result/schema.ts'
import type { Woken } from '../../schedule/control.ts'

/** The function with which a user waits for a hook (function of a plugin) to finish, at most until the run or the iteration ends. */
export interface HookClock {
  waitFor(thing: Promise<void>, until?: 'cancelled' | 'stopped'): Promise<Woken>
}

/** The outcome of calling one hook, such as `beforeSend`, of all plugins. `problem` says what went wrong; undefined when all calls succeeded. */
export interface HookEnd {
  readonly woken: Woken
  readonly problem: string | undefined
}

/** One hook of one plugin, with the number and duration of its calls so far. */
interface HookEntry {
  readonly plugin: string
  readonly hook: HookName
  readonly call: (about: object) => unknown
  calls: number
  failed: number
  totalMs: number
  longestMs: number
  /** How long calls of the hook have blocked burn, in ms: until they returned a value or a promise. */
  blockedMs: number
  /** What went wrong at the first failed call of the hook, in words; undefined while none failed. */
  problem: string | undefined
}

const DONE: HookEnd = { woken: 'due', problem: undefined }

/**
 * Calls the hooks of all plugins in a run, and measures how long they take. Plugins with a lower priority are called first; plugins with the same
 * priority in the order in which they are named.
 */
export class HookCalls {
  private readonly entries: ReadonlyMap<HookName, readonly HookEntry[]>

  constructor(plugins: readonly PluginHooks[]) {
    const ordered = plugins.toSorted((a, b) => a.priority - b.priority)
    this.entries = new Map(HOOKS.map((hook) => [hook, ordered.flatMap((plugin) => entriesOf(plugin, hook))]))
  }

  /** Returns true when any plugin has this hook. */
  has(hook: HookName): boolean {
    return this.of(hook).length > 0
  }

  /** Calls a hook of all plugins without waiting for promises that it returns; their outcome is only counted. */
  notify(hook: HookName, about: object): void {
    for (const entry of this.of(hook)) {
      const from = now()
      entry.calls += 1
      try {
        const returned = called(entry, about, from)
        if (isThenable(returned)) void this.settleLater(entry, from, returned)
        else settle(entry, from, nothing(returned))
      } catch (error) {
        settle(entry, from, thrown(error))
      }
    }
  }

  private async settleLater(entry: HookEntry, from: number, returned: PromiseLike<unknown>): Promise<void> {
    try {
      settle(entry, from, nothing(await returned))
    } catch (error) {
      settle(entry, from, thrown(error))
    }
  }

  /**
   * Calls a hook of all plugins, one after the other, until one fails. Each gets the argument that `aboutFor` returns for its plugin, and may take
   * `limitMs`. The wait ends early when the iteration or the run of `clock` ends. Never rejects.
   */
  async ask(hook: HookName, aboutFor: (plugin: string) => object, limitMs: number, clock: HookClock): Promise<HookEnd> {
    for (const entry of this.of(hook)) {
      const end = await this.askOne(entry, aboutFor(entry.plugin), limitMs, clock)
      if (end !== DONE) return end
    }
    return DONE
  }

  private async askOne(entry: HookEntry, about: object, limitMs: number, clock: HookClock): Promise<HookEnd> {
    const from = now()
    entry.calls += 1
    let problem: string | undefined
    let woken: Woken = 'due'
    try {
      const returned = called(entry, about, from)
      if (isThenable(returned)) woken = await within(limitMs, returned, clock)
      else problem = nothing(returned)
    } catch (error) {
      problem = error instanceof Wrong ? error.message : thrown(error)
    }
    settle(entry, from, problem)
    if (problem === undefined && woken === 'due') return DONE
    return { woken, problem: problem && `the plugin ${entry.plugin}: ${entry.hook} ${problem}` }
  }

  /** Returns the counts of hook calls so far; undefined when no hook was called. */
  read(): HookSummary[] | undefined {
    const called = [...this.entries.values()].flat().filter(({ calls }) => calls > 0)
    if (called.length === 0) return undefined
    return called.map(({ plugin, hook, calls, failed, totalMs, longestMs, blockedMs, problem }) => ({
      plugin,
      hook,
      calls,
      failed,
      totalMs,
      longestMs,
      blockedMs,
      ...(problem !== undefined && { problem }),
    }))
  }

  private of(hook: HookName): readonly HookEntry[] {
    return this.entries.get(hook) ?? []
  }
}

/** The error for a hook that did something wrong after it had returned a promise, such as taking too long. */
class Wrong extends Error {}

function entriesOf({ plugin, named }: PluginHooks, hook: HookName): HookEntry[] {
  const call = named[hook]
  return call ? [{ plugin, hook, call, calls: 0, failed: 0, totalMs: 0, longestMs: 0, blockedMs: 0, problem: undefined }] : []
}

/** Calls a hook and returns what it returns. The call blocks burn, and its duration is added to `blockedMs`. @throws what the hook throws */
function called(entry: HookEntry, about: object, from: number): unknown {
  try {
    return entry.call(about)
  } finally {
    entry.blockedMs += now() - from
  }
}

function settle(entry: HookEntry, from: number, problem: string | undefined): void {
  const tookMs = now() - from
  entry.totalMs += tookMs
  entry.longestMs = Math.max(entry.longestMs, tookMs)
  if (problem === undefined) return
  entry.failed += 1
  entry.problem ??= problem
}

/** Waits for a promise that a hook has returned, for at most `limitMs`. @throws Wrong when the hook does something wrong; what the hook has thrown */
async function within(limitMs: number, returned: PromiseLike<unknown>, clock: HookClock): Promise<Woken> {
  let stop = () => {}
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new Wrong(`did not end within ${Math.round(limitMs)} ms`))
    stop = after(Math.min(Math.ceil(limitMs), LONGEST_TIMER_MS), fail)
  })
  const done = Promise.resolve(returned).then((value) => {
    const problem = nothing(value)
    if (problem !== undefined) throw new Wrong(problem)
  })
  try {
    return await clock.waitFor(Promise.race([done, late]))
  } finally {
    stop()
  }
}

/** Largest number of characters that are kept of what a hook has thrown. */
const MAX_THROWN = 200

/** Describes what a hook has thrown. Converting it to text may itself throw, which is caught. */
function thrown(error: unknown): string {
  try {
    return `threw: ${error instanceof Error ? error.message : String(error)}`.slice(0, MAX_THROWN)
  } catch {
    return 'threw a value that cannot be shown'
  }
}

/** Says in words that a hook must not return a value; undefined when it returned none. */
function nothing(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const what =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
  return `returned ${what}: it changes what it was given, and returns nothing`
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
