/**
 * Loads plugins (`--plugin file.mjs`), which add a protocol, hooks, or both. A plugin is code: it is loaded only when the command line names it, or
 * allows the plugins that scenarios name.
 */
import { Console } from 'node:console'
import { realpathSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import type * as zod from 'zod'
import type { Connector } from '../../../connectors/wire/connector.ts'
import { readErrorText, TargetError, UsageError } from '../../../errors.ts'
import { hooksIn, type PluginHooks, registerHooks } from '../../../hooks/hooks.ts'
import { terminalSafe } from '../../../text/escape.ts'
import { knownSecrets } from '../../output/known-secrets.ts'
import { rememberPlugin } from '../../output/plugin-fault.ts'
import { checkedFacts, type RefusalOf } from './facts.ts'
import { messageOf, PluginGuard } from './guard.ts'

export { messageOf }

/** The version of the plugin interface. It is raised by changes after which older plugins no longer work. */
const API_VERSION = 1

/** The keys of a target, which a plugin must not use as the name of its protocol. */
const TARGET_KEYS =
  'preset url protocol dialect model stream maxTokens temperature modelSeed body request response headers query auth tls timeouts pricing mock tags'

const FUNCTIONS = ['fromMessage', 'fromStep', 'open'] as const

/**
 * Loads plugin files, and registers the connectors (implementations of protocols) and hooks that they export. The default export of a file is a
 * connector, `{ hooks }` or both in one object, or a function of `{ apiVersion, z, TargetError, log }` that returns one of these. Call it before
 * anything imports the scenario schema.
 * @throws UsageError that names the file and what is wrong with it
 */
export async function loadPlugins(files: readonly string[]): Promise<void> {
  for (const file of new Set(files.map((name) => resolve(name)))) await loadPlugin(file)
}

async function loadPlugin(file: string): Promise<void> {
  const refusal = (what: string, cause?: unknown) =>
    new UsageError(`--plugin ${file}: ${what}`, 'README.md, "A protocol of your own", shows a whole plugin', { cause })
  const made = await defaultOf(file).catch((error: unknown) => {
    throw refusal(messageOf(error), error)
  })
  const [{ registerConnector }, z] = await Promise.all([import('../../../connectors/index.ts'), import('zod')])
  const hooks = hooksOf(made, file, refusal)
  // A plugin with hooks usually adds no protocol.
  if (hooks === undefined || (made as Partial<Connector>).protocol !== undefined) {
    const taken = registerConnector(new PluginGuard(file).connector(connectorOf(made, z, refusal)))
    if (taken !== undefined) throw refusal(taken)
  }
  if (hooks) registerHooks(hooks, realpathSync(file), true)
}

/**
 * Imports a plugin file and resolves with its default export or, if that is a function, with what it returns. @throws Error for a missing file,
 * and whatever the plugin's code throws
 */
export async function defaultOf(file: string): Promise<unknown> {
  try {
    // Checked first, because Node's message for a missing file talks about its module loader.
    if (!statSync(file).isFile()) throw Object.assign(new Error('it is no file'), { code: 'EISDIR' })
    rememberPlugin(file)
  } catch (error) {
    throw new Error(readErrorText(error), { cause: error })
  }
  globalThis.console = pluginConsole()
  const [{ default: made }, z] = await Promise.all([
    import(pathToFileURL(file).href) as Promise<{ default?: unknown }>,
    import('zod'),
  ])
  return typeof made === 'function' ? await made({ apiVersion: API_VERSION, z, TargetError, log }) : made
}

/** Makes the console for plugins. It prints on stderr, because stdout belongs to the command, and masks secrets. */
function pluginConsole(): Console {
  const lines = new Writable({
    decodeStrings: false,
    write(text, _, done) {
      log(String(text).replace(/\n$/, ''))
      done()
    },
  })
  return new Console(lines)
}

/** Prints a line of a plugin on stderr, with secrets masked. */
function log(text: unknown): void {
  process.stderr.write(`${terminalSafe(knownSecrets.redact(String(text)))}\n`)
}

/** Returns the hooks in a plugin's default export; undefined when it has none. @throws UsageError for invalid hooks */
function hooksOf(made: unknown, file: string, refusal: RefusalOf): PluginHooks | undefined {
  try {
    const { hooks } = Object(made) as { hooks?: unknown }
    return hooks === undefined ? undefined : hooksIn(hooks, basename(file))
  } catch (error) {
    throw refusal(messageOf(error), error)
  }
}

/** Returns the connector in a plugin's default export after checking every part of it. @throws UsageError */
function connectorOf(made: unknown, z: typeof zod, refusal: RefusalOf): Connector {
  try {
    const wrong = problemWith(made)
    if (wrong !== undefined) throw refusal(wrong)
    const connector = { ...(made as Connector), schemes: schemesIn((made as Connector).schemes) }
    return { ...connector, ...checkedFacts({ ...connector }, z, refusal) }
  } catch (error) {
    throw error instanceof UsageError ? error : refusal(messageOf(error), error)
  }
}

/** Returns why a value is not a connector; undefined when it is one. */
function problemWith(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null)
    return 'its default export is not a connector, has no `hooks`, and is no function that returns either'
  const { protocol, schemes, options, request, ...rest } = made as Partial<Connector>
  if (typeof protocol !== 'string' || !/^[a-z][a-z0-9_]{0,30}$/.test(protocol))
    return '`protocol` has to be a name of small letters, digits and _'
  if (TARGET_KEYS.split(' ').includes(protocol)) return `\`protocol\`: "${protocol}" is a key of every target`
  if (
    typeof schemes !== 'object' ||
    schemes === null ||
    !Object.keys(schemesIn(schemes)).every((scheme) => /^[a-z][a-z0-9+.-]*:$/.test(scheme))
  )
    return '`schemes` has to be a list of URL schemes such as "lines:", or { "lines:": { port: 7000 } }'
  for (const [name, type] of Object.entries({ options, request }))
    if (typeof type?.safeParse !== 'function') return `\`${name}\` has to be a zod type (the function gets \`z\`)`
  const missing = FUNCTIONS.find((name) => typeof rest[name] !== 'function')
  return missing === undefined ? undefined : `\`${missing}\` has to be a function`
}

/** Returns the URL schemes of a plugin as a record from scheme to settings; a plugin may also give a plain list of schemes. */
function schemesIn(schemes: Connector['schemes']): Connector['schemes'] {
  return Array.isArray(schemes) ? Object.fromEntries(schemes.map((scheme) => [String(scheme), {}])) : schemes
}
