/** Hooks of plugins: functions that burn calls beside the attempts of a run. */

/** The names of all hooks (functions of a plugin that a run calls), in the order in which a run calls them. */
export const HOOKS = ['initialize', 'onConnect', 'beforeSend', 'afterReceive', 'onError', 'onDisconnect'] as const
/** The name of a hook, a function of a plugin that a run calls, such as `beforeSend`. */
export type HookName = (typeof HOOKS)[number]

/** The priority of the hooks of a plugin that sets none. Hooks with a lower priority are called first. */
export const DEFAULT_PRIORITY = 100

/** The hooks of one plugin (functions that a run calls, such as `beforeSend`), with the priority that orders them among those of other plugins. */
export interface PluginHooks {
  /** The path of the plugin's file, as it is written in results. */
  readonly plugin: string
  readonly priority: number
  /** The functions of the plugin, by the hook that calls them. They are foreign code: a function may throw, return anything, or never end. */
  readonly named: Readonly<Partial<Record<HookName, (about: object) => unknown>>>
}

/** The hooks that were added, by the file of their plugin. `ofAll` is true for hooks that apply to every scenario of this process. */
const registered = new Map<string, { readonly hooks: PluginHooks; readonly ofAll: boolean }>()

/**
 * Registers the hooks of the plugin in the file `path`, a path without symbolic links. With `ofAll`, the hooks apply to every scenario; otherwise
 * only to scenarios that name the file. Does nothing for a file that is registered already.
 */
export function registerHooks(hooks: PluginHooks, path: string, ofAll = false): void {
  if (!registered.has(path)) registered.set(path, { hooks, ofAll })
}

/**
 * Returns the hooks that apply to a run: first those registered for all scenarios, then those of the plugin files `paths`, which the scenario names.
 * @throws Error for a file that was not registered by `registerHooks`
 */
export function hooksOf(paths: readonly string[]): PluginHooks[] {
  const missing = paths.find((path) => !registered.has(path))
  if (missing !== undefined) throw new Error(`the plugin ${missing} was not loaded`)
  const named = new Set(paths)
  const all = [...registered].filter(([path, { ofAll }]) => ofAll && !named.has(path))
  return [...all.map(([, { hooks }]) => hooks), ...[...named].flatMap((path) => registered.get(path)?.hooks ?? [])]
}

/** Removes all registered hooks, so that those of an earlier command in this process do not apply to the next command. */
export function forgetHooks(): void {
  registered.clear()
}

/**
 * Reads the export `hooks` of a plugin file: an object with functions under the names in `HOOKS`, such as `beforeSend`, and optionally a `priority`.
 * `plugin` is the name under which results list the file.
 * @throws Error that says what is wrong with the object
 */
export function hooksIn(value: unknown, plugin: string): PluginHooks {
  if (typeof value !== 'object' || value === null) throw new Error('`hooks` has to be an object of functions')
  // A loop over its entries would miss methods when the object is an instance of a class.
  const own = value as Readonly<Record<string, unknown>>
  const { priority = DEFAULT_PRIORITY } = own
  if (typeof priority !== 'number' || !Number.isFinite(priority)) throw new Error('`hooks.priority` has to be a number')
  const strange = Object.keys(own).find((name) => typeof own[name] === 'function' && !HOOKS.some((hook) => hook === name))
  if (strange !== undefined) throw new Error(`\`hooks.${strange}\`: there is no such hook; there are ${HOOKS.join(', ')}`)
  const named: Partial<Record<HookName, (about: object) => unknown>> = {}
  for (const name of HOOKS) {
    const hook = own[name]
    if (hook === undefined) continue
    if (typeof hook !== 'function') throw new Error(`\`hooks.${name}\` has to be a function`)
    named[name] = (about) => hook.call(own, about)
  }
  if (Object.keys(named).length === 0) throw new Error(`\`hooks\` has no hook; there are ${HOOKS.join(', ')}`)
  return { plugin, priority, named }
}
