/** Finds what the preset of a target completes: protocol, address, and the header for its API key. */
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

/** The URL of the embedded mock server, which burn starts itself. A path may follow it, as in `mock:/chat`. */
export const MOCK = 'mock:'

/**
 * Returns the protocol of a target: the value of its key `protocol`, or else the protocol that its URL's scheme or its preset (a known API) implies,
 * or else `http`.
 */
export function protocolOf(block: TargetBlock): string {
  if (block.protocol) return block.protocol
  return protocolOfAddress(block.url ?? '') ?? presetOf(block)?.protocol ?? DEFAULT_PROTOCOL
}

function presetOf(block: TargetBlock): Preset | undefined {
  return block.preset === undefined ? undefined : presetNamed(block.preset)
}

/**
 * Returns the preset (a known API) that the block of a target names. With `stream: false`, it has the address at which the API sends whole replies,
 * if there is such an address. Without a preset, returns undefined; but for MQTT at the URL `mock:` the preset that fits the mock, if the block does
 * not say what to send.
 */
export function chosenPreset(block: TargetBlock, own: unknown, connector: Connector): Preset | undefined {
  return asAsked(presetOf(block), block) ?? demoOf(block, own, connector)
}

/** Returns the preset that the URL `mock:` stands for, unless the target itself says what to send and where. */
function demoOf({ url, request }: TargetBlock, own: unknown, { place }: Connector): Preset | undefined {
  if (place?.mock === undefined || url !== MOCK || request !== undefined) return undefined
  return place.mock.unless.every((key) => mapAt(own, [])[key] === undefined) ? presetNamed(place.mock.preset) : undefined
}

/**
 * Returns the URL of a target. What the target leaves out, such as the path, comes from its preset (a known API); `mock:` without a path or preset
 * becomes `mock:/chat`.
 * @throws UnusableTarget when it has neither a URL nor a preset
 */
export function urlOf(block: TargetBlock, protocol: string, preset: Preset | undefined): string {
  const url = block.url === undefined ? undefined : completeAddress(block.url, protocol)
  if (url === undefined && preset === undefined) {
    throw new UnusableTarget([], 'a target needs a url or a preset', 'url: http://127.0.0.1:8080/chat, or preset: openai-chat')
  }
  if (url === undefined) return preset?.url ?? ''
  if (url !== MOCK) return preset ? completedUrl(url, protocol, preset) : url
  return MOCK + (preset ? pathOf(preset.url) : '/chat')
}

/**
 * Returns the URL path, without query, at which APIs of a format (`dialect`) usually lie. It comes from `own`, the target's preset (a known API);
 * without one, from the first preset of that format. Undefined when there is no such preset, or its format is `generic`.
 */
export function usualPathOf(dialect: string, own: Preset | undefined): string | undefined {
  const preset = own ?? Object.values(presets).find((one) => one.dialect === dialect)
  return preset === undefined || preset.dialect === 'generic' ? undefined : pathOf(preset.url).split('?')[0]
}

/**
 * Returns the `auth` block of a target; undefined without one. If the header for the API key is the default, `x-api-key`, the header of the target's
 * preset (a known API) takes its place.
 * @throws UnusableTarget when the block asks for a signature that the target's protocol does not support
 */
export function authOf(block: TargetBlock, preset: Preset | undefined, connector: Connector): AuthBlock | undefined {
  const { auth } = block
  checkSigned(auth, connector)
  if (auth?.type === 'apiKey' && preset?.auth.type === 'apiKey' && auth.name === 'x-api-key')
    return { ...auth, name: preset.auth.name }
  return auth
}

function checkSigned(auth: AuthBlock | undefined, { signs, protocol }: Connector): void {
  const isNested = auth?.type === 'identities'
  const scheme = isNested ? auth.use?.type : auth?.type
  if (scheme !== 'aws-sigv4' || signs) return
  const path = isNested ? ['auth', 'use', 'type'] : ['auth', 'type']
  throw new UnusableTarget(path, `requests over ${protocol} are not signed`, 'aws-sigv4 signs requests over http and sse')
}
