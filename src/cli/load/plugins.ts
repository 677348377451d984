/** `--plugin file.mjs` adds a protocol. A plugin is code, so only the command line may name one, never a scenario. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Connection, Connector } from '../../connectors/wire/connector.ts'
import { type FailurePhase, TargetError, UsageError } from '../../errors.ts'

/** Version of the plugin interface; raised when plugins for an older burn would stop working. */
const API_VERSION = 1

/** Keys of a target; a plugin must not use one of them as the name of its protocol. */
const TARGET_KEYS =
  'preset url protocol dialect model stream maxTokens temperature modelSeed body request response headers query auth tls timeouts pricing mock tags'

const FUNCTIONS = ['fromMessage', 'fromStep', 'open'] as const

/**
 * Loads plugin files and registers their connectors. The default export is a connector, or a function of `{ apiVersion, z, TargetError }`
 * that returns one. Must run before anything imports the scenario schema. @throws UsageError that names the file and its fault
 */
export async function loadPlugins(files: readonly string[]): Promise<void> {
  for (const file of new Set(files.map((name) => resolve(name)))) await loadPlugin(file)
}

async function loadPlugin(file: string): Promise<void> {
  const fault = (what: string, cause?: unknown) =>
    new UsageError(`--plugin ${file}: ${what}`, 'README.md, "A protocol of your own", shows a whole plugin', { cause })
  const made = await importFrom(file).catch((error: unknown) => {
    throw fault(error instanceof Error ? error.message : String(error), error)
  })
  const wrong = faultOf(made)
  if (wrong !== undefined) throw fault(wrong)
  const { registerConnector } = await import('../../connectors/index.ts')
  const taken = registerConnector(guarded(made as Connector))
  if (taken !== undefined) throw fault(taken)
}

async function importFrom(file: string): Promise<unknown> {
  const [{ default: made }, z] = await Promise.all([
    import(pathToFileURL(file).href) as Promise<{ default?: unknown }>,
    import('zod'),
  ])
  return typeof made === 'function' ? await made({ apiVersion: API_VERSION, z, TargetError }) : made
}

/** Why a value is not a connector; undefined when it is one. */
function faultOf(made: unknown): string | undefined {
  if (typeof made !== 'object' || made === null) return 'its default export is not a connector, and no function that returns one'
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

/** The schemes of a plugin as a record; a plugin may give a plain list of names. */
function schemesIn(schemes: Connector['schemes']): Connector['schemes'] {
  return Array.isArray(schemes) ? Object.fromEntries(schemes.map((scheme) => [String(scheme), {}])) : schemes
}

/** A connector whose exceptions fail the attempt as `local_plugin`: they neither end the run nor count against the target. */
function guarded(connector: Connector): Connector {
  return {
    ...connector,
    schemes: schemesIn(connector.schemes),
    fromMessage: (body, address, options) => guard('send', () => connector.fromMessage(body, address, options)),
    fromStep: (step, address, options) => guard('send', () => connector.fromStep(step, address, options)),
    async open(options, context) {
      try {
        return guardedConnection(await connector.open(options, context))
      } catch (error) {
        if (error instanceof TargetError) throw error
        context.events.openFailed('local_plugin')
        throw ownFault('connect', error)
      }
    },
  }
}

function guardedConnection(connection: Connection<unknown>): Connection<unknown> {
  let broken = false
  const leave = async (act: () => unknown) => {
    try {
      await act()
    } catch {
      // The attempt has its outcome already; a connection whose `leave` throws is not used again.
      broken = true
    }
  }
  return {
    send(request, exchange) {
      const failed = (error: unknown) => exchange.fail('local_plugin', 'send', messageOf(error))
      try {
        // A `send` written as an async function rejects instead of throwing.
        Promise.resolve<unknown>(connection.send(request, exchange)).catch(failed)
      } catch (error) {
        failed(error)
      }
    },
    cancel: (exchange) => void leave(() => connection.cancel(exchange)),
    close: () => leave(() => connection.close()),
    get gone() {
      return broken || connection.gone === true
    },
  }
}

function guard<T>(phase: FailurePhase, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof TargetError ? error : ownFault(phase, error)
  }
}

const ownFault = (phase: FailurePhase, error: unknown) =>
  new TargetError('local_plugin', phase, messageOf(error), { cause: error })

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
