/** `stream: false`, kept or refused: no target takes it and streams all the same. */
import type { Preset } from '../../dialects/dialect.ts'
import type { TargetBlock } from '../schema/target.ts'
import { TargetFault } from './target-fault.ts'

/** The preset as it is for whole replies, where that is another address. */
export function asAsked(preset: Preset | undefined, { stream }: TargetBlock): Preset | undefined {
  return stream === false && preset?.wholeUrl !== undefined ? { ...preset, url: preset.wholeUrl } : preset
}

/** What strict servers want to see first when the reply is to be one document. */
export function acceptOf({ stream }: TargetBlock, protocol: string): Record<string, string> {
  return stream === false && protocol === 'http' ? { accept: 'application/json, text/event-stream;q=0.5, */*;q=0.1' } : {}
}

/** @throws TargetFault when the address, or the protocol, says otherwise */
export function checkStream({ stream }: TargetBlock, protocol: string, dialectName: string, url: string): void {
  if (stream === undefined) return
  const fault = (message: string, hint: string) => new TargetFault(['stream'], message, hint)
  if (!stream && protocol === 'sse') throw fault('protocol sse is a stream: there are no whole replies', 'set protocol: http')
  if (!stream && protocol === 'websocket' && dialectName === 'openai-responses')
    throw fault('over a WebSocket the Responses API always streams', 'leave it out, or use preset openai-responses over HTTP')
  if (dialectName !== 'gemini') return
  if (!stream && /:streamGenerateContent\b/.test(url))
    throw fault(
      'the address asks for a stream: :streamGenerateContent',
      'end the path of url with :generateContent, without alt=sse',
    )
  if (stream && /:generateContent\b/.test(url))
    throw fault('the address asks for a whole reply: :generateContent', 'end url with :streamGenerateContent?alt=sse')
}
