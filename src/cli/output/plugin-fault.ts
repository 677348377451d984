/** Errors out of the code of a plugin, wherever they end up: a fault of this side that names the plugin, never a bug in burn. */
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError, LocalError, ScenarioError, UsageError } from '../../errors.ts'

/** The folder of burn's own code: where it was built to, or its sources. */
const OWN = fileURLToPath(new URL(import.meta.url.endsWith('/cli/output/plugin-fault.ts') ? '../..' : '.', import.meta.url))

const loaded: string[] = []

/** Remembers the file of a plugin that is about to be loaded. */
export function rememberPlugin(file: string): void {
  loaded.push(realpathSync(file))
}

/** The error as a fault of the plugin whose code threw it; undefined for all others. */
export function pluginFault(error: unknown): LocalError | undefined {
  if (loaded.length === 0 || [UsageError, LocalError, InputError, ScenarioError].some((kind) => error instanceof kind))
    return undefined
  // An error that has no frame of burn's comes from a socket or a timer of the plugin's, or from code that the plugin imports.
  const frame = frameOf(error)
  if (frame.includes(OWN)) return undefined
  const file = loaded.find((one) => frame.includes(`${dirname(one)}/`)) ?? loaded[0]
  const message = error instanceof Error ? error.message : String(error)
  const hint =
    'a plugin has to catch what its sockets and timers throw, and to tell the exchange with fail(class, phase, message)'
  return new LocalError(`--plugin ${file}: its code threw: ${message}`, hint, { cause: error })
}

/** Where an error was thrown: the innermost frame that is neither of Node itself nor of a package; empty when there is none. */
function frameOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !/\bnode:/.test(line))
  return frames.find((line) => line.includes(OWN) || !line.includes('/node_modules/')) ?? ''
}
