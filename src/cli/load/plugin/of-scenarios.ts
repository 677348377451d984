/** Loads the plugins that scenarios name (key `plugins`), if the command line allows it, because plugins are code. */
import { realpathSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { UsageError } from '../../../errors.ts'
import { hooksIn, registerHooks } from '../../../hooks/hooks.ts'
import type { LoadedScenario } from '../load-scenario.ts'
import type { RunFlags } from '../run-flags.ts'
import { defaultOf, messageOf } from './load-plugins.ts'

/**
 * Loads the hooks of the plugins that scenarios name. @throws UsageError when neither --allow-plugins nor --plugin allows such a plugin, and
 * when one cannot be used
 */
export async function loadNamedPlugins(
  loaded: readonly LoadedScenario[],
  { allowPlugins, plugin = [] }: Pick<RunFlags, 'allowPlugins' | 'plugin'>,
): Promise<void> {
  const allowed = new Set(plugin.map((file) => realpathSync(file)))
  for (const { plan } of loaded) {
    const files = plan.plugins.map((name) => resolve(plan.baseDir, name))
    const others = plan.plugins.filter((_, index) => !allowed.has(realpathSync(files[index] ?? '')))
    if (others.length > 0 && !allowPlugins) throw refusal(plan.file, others)
    for (const file of files) await loadHooks(file)
  }
}

function refusal(scenario: string | null, names: readonly string[]): UsageError {
  const what = `${scenario ?? 'the scenario'} names plugins (${names.join(', ')}): they are code, which runs with your rights`
  return new UsageError(what, 'read them, and allow them with --allow-plugins')
}

async function loadHooks(file: string): Promise<void> {
  const refused = (what: string, cause?: unknown) =>
    new UsageError(`plugins: ${file}: ${what}`, 'README.md, "Hooks of your own"', { cause })
  try {
    const { hooks, protocol } = Object(await defaultOf(file)) as { hooks?: unknown; protocol?: unknown }
    // The scenario schema, which contains all protocols, was built before this plugin is loaded.
    if (protocol !== undefined) throw refused(`it brings the protocol ${String(protocol)}, which only --plugin can add`)
    registerHooks(hooksIn(hooks, basename(file)), realpathSync(file))
  } catch (error) {
    throw error instanceof UsageError ? error : refused(messageOf(error), error)
  }
}
