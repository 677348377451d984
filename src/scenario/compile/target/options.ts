/** Compiles the settings of a target that only its protocol understands. */
import { runsOverAnother } from '../../../connectors/index.ts'
import type { Connector } from '../../../connectors/wire/connector.ts'
import type { Preset } from '../../../dialects/parts/dialect.ts'
import { isMap } from '../../../text/json.ts'
import { pathOf } from './base-address.ts'
import { UnusableTarget } from './unusable.ts'

/**
 * Returns the protocol settings of a target: its own (such as its `http:` block), in which those that are missing, or equal to the default, come from
 * its preset (a known API).
 * @throws UnusableTarget when required settings are missing
 */
export function optionsOf(own: unknown, url: string, preset: Preset | undefined, connector: Connector): unknown {
  return withPlace(ownOptions(own, preset, connector), url, preset, connector)
}

/**
 * Returns the protocol's block of a target. Where the schema has filled in a default because the file lacks a key, the preset's value takes its
 * place.
 */
function ownOptions(own: unknown, preset: Preset | undefined, connector: Connector): unknown {
  if (isMap(own) && preset?.options === undefined) return own
  const { success, data: ofPreset, error } = connector.options.safeParse(preset?.options ?? {})
  if (!success) {
    const { path = [], message } = error.issues[0] ?? {}
    const keys = [connector.protocol, ...path].join('.')
    throw new UnusableTarget([], `a target of ${connector.protocol} needs settings: ${keys}: ${message}`, `write ${keys}: …`)
  }
  if (!isMap(own) || !isMap(ofPreset)) return own ?? ofPreset
  const defaults = new Map(Object.entries(connector.options.parse({}) ?? {}))
  const leftOut = Object.entries(ofPreset).filter(([key]) => {
    const value: unknown = new Map(Object.entries(own)).get(key)
    return JSON.stringify(value) === JSON.stringify(defaults.get(key))
  })
  return { ...own, ...Object.fromEntries(leftOut) }
}

/** Adds the topic or method of the preset to the options, if the path of the address cannot name it because it belongs to the protocol underneath. */
function withPlace(options: unknown, url: string, preset: Preset | undefined, connector: Connector): unknown {
  if (preset?.protocol !== connector.protocol || !runsOverAnother(connector, url) || typeof options !== 'object') return options
  return { ...connector.place?.ofPath(pathOf(preset.url)), ...options }
}
