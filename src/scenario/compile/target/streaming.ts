/** Compiles the keys `stream`, by which replies come whole or in pieces, and `maxTokens`, the length of replies. */
import type { Connector } from '../../../connectors/wire/connector.ts'
import type { Dialect, Preset } from '../../../dialects/parts/dialect.ts'
import { presets } from '../../../dialects/presets.ts'
import { type AskedLength, askedLengthOf } from '../../../payloads/lengths.ts'
import type { TargetBlock } from '../../schema/target.ts'
import { UnusableTarget } from './unusable.ts'

const overSocket = presets['openai-responses-ws']

/**
 * Returns the distribution or template from which each message gets its own reply length (`maxTokens`, in tokens). Undefined when the length is a
 * fixed number or not set.
 */
export function replyTokensOf({ maxTokens }: TargetBlock): AskedLength | undefined {
  return maxTokens === undefined || typeof maxTokens === 'number' ? undefined : askedLengthOf(maxTokens)
}

/**
 * Returns the preset (a known API) of a target as the target's key `stream` asks for it: with `stream: false`, its URL is the address at which the
 * API sends whole replies. A preset that has no such address is returned unchanged.
 */
export function asAsked(preset: Preset | undefined, { stream }: TargetBlock): Preset | undefined {
  return stream === false && preset?.wholeUrl !== undefined ? { ...preset, url: preset.wholeUrl } : preset
}

/**
 * Checks that a target can do what its key `stream` asks for.
 * @throws UnusableTarget when the address, the protocol or the API format always streams, or never does
 */
export function checkStream({ stream }: TargetBlock, connector: Connector, dialect: Dialect, url: string): void {
  if (stream === undefined) return
  const refusal = (message: string, hint: string) => new UnusableTarget(['stream'], message, hint)
  const { name: dialectName } = dialect
  if (stream && dialect.isTextless) throw refusal(`replies of the API format ${dialectName} are never streamed`, 'leave it out')
  if (!stream && connector.neverWhole) throw refusal(connector.neverWhole.message, connector.neverWhole.hint)
  if (!stream && dialectName === overSocket.dialect && connector.protocol === overSocket.protocol)
    throw refusal('over a WebSocket the Responses API always streams', 'leave it out, or use preset openai-responses over HTTP')
  if (dialectName !== 'gemini') return
  if (!stream && /:streamGenerateContent\b/.test(url))
    throw refusal(
      'the address asks for a stream: :streamGenerateContent',
      'end the path of url with :generateContent, without alt=sse',
    )
  if (stream && /:generateContent\b/.test(url))
    throw refusal('the address asks for a whole reply: :generateContent', 'end url with :streamGenerateContent?alt=sse')
}
