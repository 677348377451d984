/** The fields of a journal line that are needed, besides the text, to send a message again: its parts, its tools, and the tool calls of its reply. */
import { createHash } from 'node:crypto'
import type { Attachment, Turn } from '../../dialects/parts/dialect.ts'
import type { ReplyRecord } from '../../reply-record.ts'
import type { JournalEntry } from './entry.ts'

type MessageFields = Pick<JournalEntry, 'parts' | 'tools' | 'toolCalls' | 'callsAnswered' | 'toolRound'>
type JournalPart = NonNullable<JournalEntry['parts']>[number]

const MOST_CALLS = 128

/**
 * A message that was sent, the tools that it offered, how many rounds of their calls were answered before it in its step, the reply, and whether the
 * scenario answers the calls of the reply.
 */
interface SentMessage {
  readonly message: Turn | undefined
  readonly tools: readonly { readonly name: string }[] | undefined
  readonly toolRound: number
  readonly callsAnswered: boolean
  readonly reply: Pick<ReplyRecord, 'toolCallCount' | 'toolCalls'>
}

/**
 * Returns the fields of a journal line about the message of an attempt and the tool calls in its reply, at most 128 of them. Fields without content
 * are left out, and so are the parts of the message when the attempt sends results of tool calls.
 */
export function messageFields({ message, tools, toolRound, callsAnswered, reply }: SentMessage): MessageFields {
  const calls = reply.toolCallCount === 0 ? [] : reply.toolCalls.slice(0, MOST_CALLS)
  return {
    ...(message?.parts && toolRound === 0 && { parts: message.parts.map(partOf) }),
    ...(tools && { tools: tools.map(({ name }) => name) }),
    ...(calls.length > 0 && { toolCalls: calls.map(({ name, arguments: given }) => ({ name, arguments: given })) }),
    ...(callsAnswered && { callsAnswered }),
    ...(toolRound > 0 && { toolRound }),
  }
}

function partOf(part: string | Attachment): JournalPart {
  if (typeof part === 'string') return { text: part }
  const { kind, mediaType, source } = part
  const type = mediaType === undefined ? {} : { type: mediaType }
  if ('url' in source) return { [kind]: source.url, ...type }
  return { [kind]: source.from ?? part.name, ...type, sha256: hashOf(source) }
}

/** The hashes of contents, each computed once: attempts share what planning has read. */
const hashes = new WeakMap<object, string>()

function hashOf(source: { readonly base64: string }): string {
  const known = hashes.get(source) ?? hashOfContent(source.base64)
  hashes.set(source, known)
  return known
}

/**
 * Returns the SHA-256, in hexadecimal, of the content of a message part (such as an image), which is given in Base64. A run's journal holds it in
 * place of the content.
 */
export function hashOfContent(base64: string): string {
  return createHash('sha256').update(base64, 'base64').digest('hex')
}
