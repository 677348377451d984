/** Recognises errors that the code of a plugin throws, so that they are reported as errors of the plugin, not as bugs of burn. */
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError, LocalError, ScenarioError, UsageError } from '../../errors.ts'

/** The folder of burn's own code, which is either the built program or the sources. */
const OWN = fileURLToPath(new URL(import.meta.url.endsWith('/cli/output/plugin-fault.ts') ? '../..' : '.', import.meta.url))

const loaded: string[] = []
/** How the message of zod's error begins when a schema would have to wait. Its class has another name in the built program. */
const ASYNC_ERROR = 'Encountered Promise during synchronous parse'
const ASYNC_HINT = 'leave out `async` in its `refine` and `transform`, and asynchronous checks'

/** Registers the file of a plugin before it is loaded, so that `pluginError` recognises errors from its code. */
export function rememberPlugin(file: string): void {
  loaded.push(realpathSync(file))
}

/** Forgets the plugins of earlier commands in this process, so that `pluginError` ascribes no more errors to them. */
export function forgetPlugins(): void {
  loaded.length = 0
}

/** Returns the error to report for `error` when the code of a plugin threw it; undefined when it comes from other code. */
export function pluginError(error: unknown): LocalError | UsageError | undefined {
  if (loaded.length === 0 || [UsageError, LocalError, InputError, ScenarioError].some((kind) => error instanceof kind))
    return undefined
  // Only the schema of a plugin can be asynchronous. zod itself throws this error, so that the stack does not name the plugin.
  if (error instanceof Error && error.message.startsWith(ASYNC_ERROR))
    return new UsageError(`--plugin ${loaded.join(', ')}: its schema is asynchronous, and burn checks at once`, ASYNC_HINT, {
      cause: error,
    })
  // Without a stack frame of burn, the error comes from a socket or timer of the plugin, or from code that it imports.
  const frame = frameOf(error)
  if (frame.includes(OWN)) return undefined
  const file = loaded.find((one) => frame.includes(`${dirname(one)}/`)) ?? loaded[0]
  const message = error instanceof Error ? error.message : String(error)
  const hint =
    'a plugin has to catch what its sockets and timers throw, and to tell the exchange with fail(class, phase, message)'
  return new LocalError(`--plugin ${file}: its code threw: ${message}`, hint, { cause: error })
}

/** Returns the stack frame in which an error was thrown: the innermost one outside of Node and packages; '' when there is none. */
function frameOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !/\bnode:/.test(line))
  return frames.find((line) => line.includes(OWN) || !line.includes('/node_modules/')) ?? ''
}
