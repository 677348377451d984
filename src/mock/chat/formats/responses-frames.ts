/** Makes the events of a streamed OpenAI Responses reply in order: items, their parts, deltas, and `done` events that repeat the content. */

import type { MockReply, ReplyUnit } from '../../persona/reply.ts'
import type { MockCall } from '../../persona/tools.ts'
import type { MockFrame } from './format.ts'

/**
 * Returns the final response object in the mock's reply to request number `k`, as in OpenAI's Responses API. `response` is the object with which the
 * reply began. The status is `completed`, or `incomplete` if the token limit was reached.
 */
export function endedResponse(reply: MockReply, response: object, k: number): { status: string; [field: string]: unknown } {
  const output = [
    ...shapesOf(reply, k).map((shape) => shape.item(shape.text)),
    ...reply.calls.map((call) => callItem(call, call.arguments)),
  ]
  const ended = { ...response, output, usage: usageOf(reply) }
  if (reply.finish !== 'length') return { ...ended, status: 'completed' }
  return { ...ended, status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
}

/**
 * Returns all events of the mock's streamed reply to request number `k`, in the format of OpenAI's Responses API: from `response.created` to
 * `response.completed` or `response.incomplete`. `response` is the object that the first events contain.
 */
export function responseFrames(reply: MockReply, response: object, k: number): MockFrame[] {
  const ended = endedResponse(reply, response, k)
  return [
    event('meta', 0, 'response.created', { response }),
    event('meta', 0, 'response.in_progress', { response }),
    ...shapesOf(reply, k).flatMap((shape, index) => itemFrames(shape, index)),
    ...callFrames(reply, shapesOf(reply, k).length),
    event('end', reply.endMs, `response.${ended.status}`, { response: ended }),
  ]
}

/** Returns the output item of a tool call. While the call is in progress, its arguments are ''. */
function callItem({ id, name }: MockCall, text: string): object {
  return {
    id: `fc_${id}`,
    type: 'function_call',
    status: text === '' ? 'in_progress' : 'completed',
    call_id: id,
    name,
    arguments: text,
  }
}

/** Returns the events of the tool calls in a reply. `first` is the index of the first call among the output items. */
function callFrames(reply: MockReply, first: number): MockFrame[] {
  return reply.calls.flatMap((call, index) => {
    const units = reply.units.filter((unit) => unit.call === index)
    const [begin = reply.endMs, end = reply.endMs] = [units[0]?.delayMs, units.at(-1)?.delayMs]
    const place = { item_id: `fc_${call.id}`, output_index: first + index }
    const item = { output_index: first + index }
    return [
      event('meta', begin, 'response.output_item.added', { ...item, item: callItem(call, '') }),
      ...units.map(({ text, delayMs }) =>
        event('unit', delayMs, 'response.function_call_arguments.delta', { ...place, delta: text }),
      ),
      event('meta', end, 'response.function_call_arguments.done', { ...place, arguments: call.arguments }),
      event('meta', end, 'response.output_item.done', { ...item, item: callItem(call, call.arguments) }),
    ]
  })
}

/** Returns the `usage` object of a reply; its output tokens include reasoning. */
function usageOf({ usage }: MockReply): object {
  const { cachedTokens = 0 } = usage
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: cachedTokens === null ? null : { cached_tokens: cachedTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
}

/** What is specific to one kind of output item: reasoning and message have the same events under different names. */
interface ItemShape {
  readonly id: string
  readonly units: readonly ReplyUnit[]
  readonly text: string
  readonly dueMs: number
  /** The start of the names of the events with the item's text, such as `response.output_text`. */
  readonly textEvent: string
  readonly partEvent: string
  readonly place: object
  readonly part: (text: string) => object
  /** Returns the output item with this text; with undefined, an item that is still in progress. */
  readonly item: (text: string | undefined) => object
}

function shapesOf(reply: MockReply, k: number): ItemShape[] {
  const thoughts = reply.reasoning === '' ? [] : [reasoningShape(reply, `rs_mock_${k}`)]
  return reply.calls.length > 0 ? thoughts : [...thoughts, messageShape(reply, `msg_mock_${k}`)]
}

function messageShape(reply: MockReply, id: string): ItemShape {
  const part = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] })
  const item = (text: string | undefined): object => ({
    id,
    type: 'message',
    status: text === undefined ? 'in_progress' : reply.finish === 'stop' ? 'completed' : 'incomplete',
    role: 'assistant',
    content: text === undefined ? [] : [part(text)],
  })
  const units = reply.units.filter((unit) => unit.kind === 'text')
  const names = { textEvent: 'response.output_text', partEvent: 'response.content_part', place: { content_index: 0 } }
  return { id, units, text: reply.text, dueMs: reply.endMs, ...names, part, item }
}

function reasoningShape(reply: MockReply, id: string): ItemShape {
  const part = (text: string): object => ({ type: 'summary_text', text })
  const item = (text: string | undefined): object => ({ id, type: 'reasoning', summary: text === undefined ? [] : [part(text)] })
  const units = reply.units.filter((unit) => unit.kind === 'reasoning')
  const names = {
    textEvent: 'response.reasoning_summary_text',
    partEvent: 'response.reasoning_summary_part',
    place: { summary_index: 0 },
  }
  return { id, units, text: reply.reasoning, dueMs: reply.endMs, ...names, part, item }
}

function itemFrames(shape: ItemShape, index: number): MockFrame[] {
  const { textEvent, partEvent, text } = shape
  const first = shape.units[0]?.delayMs ?? shape.dueMs
  const last = shape.units.at(-1)?.delayMs ?? shape.dueMs
  const item = { output_index: index }
  const at = { item_id: shape.id, ...item, ...shape.place }
  return [
    event('meta', first, 'response.output_item.added', { ...item, item: shape.item(undefined) }),
    event('meta', first, `${partEvent}.added`, { ...at, part: shape.part('') }),
    ...shape.units.map((unit) =>
      event('unit', unit.delayMs, `${textEvent}.delta`, { ...at, delta: unit.text, ...logprobs(unit) }),
    ),
    event('meta', last, `${textEvent}.done`, { ...at, text }),
    event('meta', last, `${partEvent}.done`, { ...at, part: shape.part(text) }),
    event('meta', last, 'response.output_item.done', { ...item, item: shape.item(text) }),
  ]
}

function logprobs(unit: ReplyUnit): object {
  return unit.kind === 'text' ? { logprobs: [] } : {}
}

/** Makes a frame whose event name is the same as the `type` in its data. */
function event(kind: MockFrame['kind'], dueMs: number, type: string, rest: object): MockFrame {
  return { kind, dueMs, event: type, data: ({ frames }) => ({ type, sequence_number: frames, ...rest }) }
}
