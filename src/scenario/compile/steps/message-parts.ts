/** The parts of a message that has several: texts, and images, sounds and files that are read once. */
import { basename } from 'node:path'
import type { Attachment } from '../../../dialects/parts/dialect.ts'
import { silentWav } from '../../../payloads/silence.ts'
import { parseDuration } from '../../../text/units.ts'
import type { Path } from '../../read/source/source.ts'
import { ATTACHMENT_KINDS, type PartBlock } from '../../schema/step/parts.ts'
import type { ToolBlock } from '../../schema/step/tools.ts'
import type { MessageContent, PlannedPart, PlannedTools } from '../planned-message.ts'
import type { Texts } from '../texts.ts'
import { compileTools } from './tools.ts'

/** The media types of files by the end of their names. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  webm: 'audio/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
}

/** An attachment whose content or address is still to come. */
type PartFacts = Omit<Attachment, 'source'> & { readonly from: string; readonly isAddress: boolean }

const SILENCE = /^silence:(.*)$/s

/** The longest silence, in ms: as large as the largest file. */
const MAX_SILENCE_MS = 240_000

/** Returns the length of the silence, in ms, that the source of a sound asks for: `silence:2s`. Undefined for any other; NaN for one that cannot be made. */
export function silenceMs(from: string): number | undefined {
  const written = SILENCE.exec(from)?.[1]
  if (written === undefined) return undefined
  const ms = parseDuration(written) ?? Number.NaN
  return ms > 0 && ms <= MAX_SILENCE_MS ? ms : Number.NaN
}

/** Returns the scheme of an address that burn does not send, such as `ftp:` or `data:`; undefined for a path and for an address over HTTP. */
export function otherScheme(from: string): string | undefined {
  return /^(?!https?:\/\/)(?:data:|[a-z][a-z0-9+.-]+:\/\/|\/\/)/i.exec(from)?.[0].toLowerCase()
}

/** Returns kind, name and media type of a part of a message, and where its content comes from; undefined for a part of text. */
export function partFacts(block: PartBlock): PartFacts | undefined {
  const kind = ATTACHMENT_KINDS.find((one) => block[one] !== undefined)
  const from = kind && block[kind]
  if (kind === undefined || from === undefined) return undefined
  const isAddress = /^(?:https?:\/\/|\{\{)/i.test(from)
  const name = basename(isAddress ? from.replace(/[?#].*$/, '') : from)
  if (kind === 'audio' && silenceMs(from) !== undefined)
    return { kind, from, isAddress: false, name: 'silence.wav', mediaType: 'audio/wav' }
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return { kind, from, isAddress, name, mediaType: block.type ?? MEDIA_TYPES[ending] }
}

/** The keys of a message step that say what it sends. */
export type MessageBlock = ToolBlock & { readonly message: string | readonly PartBlock[] }

/** Returns the content of the file that the scenario names at a path; undefined when it cannot be read. */
type ReadFile = (file: string, path: Path) => Buffer | undefined

/** Compiles what the message step at `path` sends. A part whose file cannot be read is left out. */
export function compileMessage(
  step: MessageBlock,
  path: Path,
  texts: Texts,
  read: ReadFile,
): { readonly content: MessageContent; readonly tools: PlannedTools | undefined } {
  const { message } = step
  const at = [...path, 'message']
  const content = typeof message === 'string' ? texts.template(message, at) : compileParts(message, at, texts, read)
  return { content, tools: compileTools(step, path, texts) }
}

function compileParts(blocks: readonly PartBlock[], path: Path, texts: Texts, read: ReadFile): PlannedPart[] {
  return blocks.flatMap((block, index): PlannedPart[] => {
    const facts = partFacts(block)
    if (facts === undefined) return [{ text: texts.template(block.text ?? '', [...path, index, 'text']) }]
    const { from, isAddress, ...attachment } = facts
    const at = [...path, index, facts.kind]
    if (isAddress) return [{ attachment, url: texts.template(from, at) }]
    if (from.includes('{{') || otherScheme(from) !== undefined) return []
    const silence = facts.kind === 'audio' ? silenceMs(from) : undefined
    const content = silence === undefined ? read(from, at) : silentWav(silence || 0)
    return content === undefined ? [] : [{ attachment: { ...attachment, source: { base64: content.toString('base64') } } }]
  })
}
