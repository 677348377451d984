/** `--plugin file.mjs`: protocols that burn does not know. A file is code of the user's own: only the command line names one, never a scenario. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Connection, Connector } from '../../connectors/wire/connector.ts'
import { type FailurePhase, TargetError, UsageError } from '../../errors.ts'

/** Changes when a plugin written for an older burn would no longer work. */
const API_VERSION = 1

/** Keys of a target that a protocol's own block would hide. */
const TARGET_KEYS =
  'preset url protocol dialect model stream maxTokens temperature modelSeed body request response headers query auth tls timeouts pricing mock tags'

const FUNCTIONS = ['fromMessage', 'fromStep', 'open'] as const

/**
 * Loads each file and registers what its default export gives: a connector, or a function of `{ apiVersion, z, TargetError }` that
 * returns one. Has to run before anything imports the scenario's schema.
 * @throws UsageError that names the file and what is wrong with it
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

/** What keeps a value from being a connector; undefined when nothing does. */
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

/** A plugin may list its schemes alone, without what is known of them. */
function schemesIn(schemes: Connector['schemes']): Connector['schemes'] {
  return Array.isArray(schemes) ? Object.fromEntries(schemes.map((scheme) => [String(scheme), {}])) : schemes
}

/** A plugin that throws is a fault of this side, counted as `local_plugin`; it neither ends the run nor is blamed on the target. */
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
      // The attempt has its outcome already; a line that cannot even be left is not used again.
      broken = true
    }
  }
  return {
    send(request, exchange) {
      const failed = (error: unknown) => exchange.fail('local_plugin', 'send', messageOf(error))
      try {
        // One that was written as an async function rejects instead.
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
