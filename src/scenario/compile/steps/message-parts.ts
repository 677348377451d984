/** Compiles messages that consist of parts: texts, images, sounds and files. */
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

/** Media types by file name extension. */
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

/** An attachment whose content or address is not read yet. */
type PartFacts = Omit<Attachment, 'source'> & { readonly from: string; readonly isAddress: boolean }

const SILENCE = /^silence:(.*)$/s

/** Longest silence that a message can contain, in ms: its sound is as large as the largest file. */
const MAX_SILENCE_MS = 240_000

/**
 * Returns the length in ms of the silence that an audio part asks for by `from: silence:2s`. Undefined for any other source; NaN for an invalid
 * length or one that is too long.
 */
export function silenceMs(from: string): number | undefined {
  const written = SILENCE.exec(from)?.[1]
  if (written === undefined) return undefined
  const ms = parseDuration(written) ?? Number.NaN
  return ms > 0 && ms <= MAX_SILENCE_MS ? ms : Number.NaN
}

/**
 * Returns how an attachment's address begins if burn cannot send it: its scheme, such as `ftp://` or `data:`, or `//`. Undefined for a file path and
 * for http(s).
 */
export function otherScheme(from: string): string | undefined {
  return /^(?!https?:\/\/)(?:data:|[a-z][a-z0-9+.-]+:\/\/|\/\/)/i.exec(from)?.[0].toLowerCase()
}

/**
 * Returns the kind, the name and the media type of a message part (undefined when it is not known), and where its content comes from; undefined for a
 * part that is text.
 */
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

/** The keys of a message step that say what is sent: the message (a text, or a list of parts) and the tools. */
export type MessageBlock = ToolBlock & { readonly message: string | readonly PartBlock[] }

/** A function that returns the content of a file named at a path of the scenario; undefined when it cannot be read. */
type ReadFile = (file: string, path: Path) => Buffer | undefined

/**
 * Compiles a message step of a scenario to what the run needs of it: the message (its templates, or its parts with the content of their files) and
 * the tools. `path` is the place of the step in the scenario, for errors. A part is left out when its file cannot be read, which `read` has reported,
 * or when its path or address cannot be used, which a lint rule reports.
 */
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
    return content === undefined ? [] : [{ attachment: { ...attachment, source: sourceOf(content, facts) } }]
  })
}

/** The content of a file as requests carry it, made once: each attempt with the part sends it. */
function sourceOf(content: Buffer, { mediaType = '', from }: PartFacts): Attachment['source'] {
  const source = { base64: content.toString('base64'), from }
  return mediaType.startsWith('text/') ? { ...source, text: content.toString('utf8') } : source
}
