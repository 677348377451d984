import { TargetError } from '../../errors.ts'
import type { ToolCall } from '../../reply-record.ts'
import type { Attachment, ChatOptions, Dialect, Turn } from './dialect.ts'
import { asObject, type JsonObject, parseJson } from './json.ts'

/** A conversation without its system messages, and the text of these, for APIs that have another field for it. */
interface SplitTurns {
  /** The texts of all system messages, joined by empty lines; undefined when there are none. */
  readonly system: string | undefined
  readonly rest: readonly Turn[]
}

/** Splits a conversation into the text of its system messages and its other messages, for APIs that take the system prompt separately. */
export function splitSystem(turns: readonly Turn[]): SplitTurns {
  const system = turns.filter((turn) => turn.role === 'system')
  return {
    system: system.length === 0 ? undefined : system.map((turn) => turn.content).join('\n\n'),
    rest: turns.filter((turn) => turn.role !== 'system'),
  }
}

/**
 * Joins the messages of a conversation to one text, for APIs that take a single prompt. One message stays as it is; several become one line each,
 * which begins with the role.
 */
export function asPrompt(turns: readonly Turn[]): string {
  return turns.length === 1 ? (turns[0]?.content ?? '') : turns.map((turn) => `${turn.role}: ${turn.content}`).join('\n')
}

/** Joins a whole conversation to one prompt text, for APIs without roles: the system prompt, an empty line, then the other messages. */
export function wholePrompt(turns: readonly Turn[]): string {
  const { system, rest } = splitSystem(turns)
  return system === undefined ? asPrompt(rest) : `${system}\n\n${asPrompt(rest)}`
}

/**
 * Returns the messages of a conversation as objects with exactly the members `role` and `content`. `content` is the text or, for a message that
 * consists of parts, such as a text and an image, the list of parts.
 */
export function plainTurns(
  turns: readonly Turn[],
  part?: Dialect['part'],
  text = textPart,
): { role: string; content: unknown }[] {
  return turns.map((turn) => ({ role: turn.role, content: turn.parts ? partsOf(turn, part, text) : turn.content }))
}

/** Returns a text as a part of a message, in the form that most APIs have: `{ type: 'text', text }`. */
const textPart = (text: string): JsonObject => ({ type: 'text', text })

/**
 * Converts the parts of a message to the form in which an API expects them: each text by the function `text`, each attachment by the dialect's
 * method `part`. A message without parts gives one text.
 * @throws TargetError when the API does not accept an attachment
 */
export function partsOf(turn: Turn, part: Dialect['part'], text: (text: string) => JsonObject): JsonObject[] {
  return (turn.parts ?? [turn.content]).map((one) => (typeof one === 'string' ? text(one) : attached(one, part)))
}

/**
 * Converts the attachments of a message to the form of an API, by the dialect's method `part`; an empty list when the message has none.
 * @throws TargetError when the API does not accept an attachment
 */
export function attachmentsOf(turn: Turn, part: Dialect['part']): JsonObject[] {
  return (turn.parts ?? []).flatMap((one) => (typeof one === 'string' ? [] : [attached(one, part)]))
}

function attached(attachment: Attachment, part: Dialect['part']): JsonObject {
  const made = part?.(attachment) ?? TEXTS_ONLY
  if (typeof made === 'string') throw new TargetError('local_request', 'send', `${attachment.name}: the API takes ${made}`)
  return made
}

/** The words "texts only", with which an error message ends when a request has an attachment but the API accepts only text. */
export const TEXTS_ONLY = 'texts only'

/** Returns the address of an attachment for use in a request: the attachment's own URL, or a `data:` URL with its content (RFC 2397). */
export function addressOf({ source, mediaType }: Attachment): string {
  return 'url' in source ? source.url : `data:${mediaType ?? 'application/octet-stream'};base64,${source.base64}`
}

/**
 * Converts one turn of a conversation to messages in the format of OpenAI's chat API, which other APIs use too. Most turns give one message; a turn
 * with tool results gives one for each result.
 */
export function chatMessages(turn: Turn, part?: Dialect['part']): JsonObject[] {
  const { calls, results, content } = turn
  if (results) return results.map(({ call, text }, at) => ({ role: 'tool', tool_call_id: callId(call, at), content: text }))
  if (!calls) return plainTurns([turn], part)
  const made = calls.map((call, at) => ({
    id: callId(call, at),
    type: 'function',
    function: { name: call.name, arguments: call.arguments || '{}' },
  }))
  return [{ role: 'assistant', content: content === '' ? null : content, tool_calls: made }]
}

/** Converts the tools that the model may call to the format of OpenAI's chat API, which other APIs use too; undefined when there are no tools. */
export function functionTools(tools: ChatOptions['tools']): JsonObject[] | undefined {
  return tools?.map((tool) => ({ type: 'function', function: tool }))
}

/** Returns the id of a tool call in a reply; when the server gave none, an id made from the position of the call in the reply. */
export function callId(call: ToolCall, index: number): string {
  return call.id ?? `call_${index}`
}

/** Returns the arguments of a tool call in a reply as an object; an empty object when they are not a JSON object. */
export function callArguments(call: ToolCall): JsonObject {
  const parsed = parseJson(call.arguments)
  return (parsed.ok ? asObject(parsed.value) : undefined) ?? {}
}

/** Returns the texts of a message that will be sent, one for each of the message's parts that is a text. */
export function textsOf(turn: Turn): string[] {
  return (turn.parts ?? [turn.content]).filter((part) => typeof part === 'string')
}
