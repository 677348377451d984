/** What the preset of a target completes: protocol, address, and the place of its key. */
import type { AuthBlock } from '../../../auth/index.ts'
import { DEFAULT_PROTOCOL, protocolOfAddress } from '../../../connectors/index.ts'
import type { Connector } from '../../../connectors/wire/connector.ts'
import type { Preset } from '../../../dialects/parts/dialect.ts'
import { presetNamed, presets } from '../../../dialects/presets.ts'
import type { TargetBlock } from '../../schema/target.ts'
import { mapAt } from '../../schema/written-steps.ts'
import { completeAddress } from './address.ts'
import { completedUrl, pathOf } from './base-address.ts'
import { asAsked } from './streaming.ts'
import { UnusableTarget } from './unusable.ts'

/** The URL of the mock server that burn starts itself. Longer URLs such as `mock:/chat` begin with it. */
export const MOCK = 'mock:'

/** Returns the protocol of a target: its `protocol` key, else that of the scheme of its URL, else the preset's. */
export function protocolOf(block: TargetBlock): string {
  if (block.protocol) return block.protocol
  return protocolOfAddress(block.url ?? '') ?? presetOf(block)?.protocol ?? DEFAULT_PROTOCOL
}

function presetOf(block: TargetBlock): Preset | undefined {
  return block.preset === undefined ? undefined : presetNamed(block.preset)
}

/** Returns the preset that a target names, adapted to its `stream` key. Without one, the URL `mock:` gets the protocol's demo preset. */
export function chosenPreset(block: TargetBlock, own: unknown, connector: Connector): Preset | undefined {
  return asAsked(presetOf(block), block) ?? demoOf(block, own, connector)
}

/** What `mock:` alone means, unless the block says where to send what. */
function demoOf({ url, request }: TargetBlock, own: unknown, { place }: Connector): Preset | undefined {
  if (place?.mock === undefined || url !== MOCK || request !== undefined) return undefined
  return place.mock.unless.every((key) => mapAt(own, [])[key] === undefined) ? presetNamed(place.mock.preset) : undefined
}

/** Returns the URL of a target, completed by its preset. @throws UnusableTarget when it has neither a URL nor a preset */
export function urlOf(block: TargetBlock, protocol: string, preset: Preset | undefined): string {
  const url = block.url === undefined ? undefined : completeAddress(block.url, protocol)
  if (url === undefined && preset === undefined) {
    throw new UnusableTarget([], 'a target needs a url or a preset', 'url: http://127.0.0.1:8080/chat, or preset: openai-chat')
  }
  if (url === undefined) return preset?.url ?? ''
  if (url !== MOCK) return preset ? completedUrl(url, protocol, preset) : url
  return MOCK + (preset ? pathOf(preset.url) : '/chat')
}

/** Returns the usual path of a dialect's API: that of the preset `own`, else of the dialect's first preset; undefined if none. */
export function usualPathOf(dialect: string, own: Preset | undefined): string | undefined {
  const preset = own ?? Object.values(presets).find((one) => one.dialect === dialect)
  return preset === undefined || preset.dialect === 'generic' ? undefined : pathOf(preset.url).split('?')[0]
}

/** Returns the `auth` block of a target. The header for an API key comes from the preset, unless the block names another. */
export function authOf(block: TargetBlock, preset: Preset | undefined): AuthBlock | undefined {
  const { auth } = block
  if (auth?.type === 'apiKey' && preset?.auth.type === 'apiKey' && auth.name === 'x-api-key')
    return { ...auth, name: preset.auth.name }
  return auth
}
