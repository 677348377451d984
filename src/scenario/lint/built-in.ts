/** The variables that burn itself sets, with their members. A test compares this table with the variables of a run. */

/**
 * What is known about the members (fields) of a variable, so that validation can report a template that reads one which does not exist. A variable of
 * form `text` (a text) or `value` (such as a number) has no members, one of form `open` may have any, and a map gives the form of each member.
 */
export type Shape = 'text' | 'value' | 'open' | { readonly [member: string]: Shape }

/**
 * The variables that burn sets for every step, such as `user`, by name, with the form of their values. `message` is set only after a message was
 * sent.
 */
export const BUILT_IN: Readonly<Record<string, Shape>> = {
  user: { id: 'value', number: 'value', group: 'text' },
  vu: 'value',
  iteration: { index: 'value', count: 'value', ofUser: 'value' },
  model: 'text',
  run: { name: 'text', seed: 'text' },
  reply: {
    text: 'text',
    reasoning: 'text',
    status: 'value',
    headers: 'open',
    ok: 'value',
    error: 'text',
    finish: 'text',
    tokens: 'value',
    inputTokens: 'value',
    ttftMs: 'value',
    serviceMs: 'value',
    responseMs: 'value',
    json: 'open',
  },
  conversation: {
    id: 'text',
    messageCount: 'value',
    messageIndex: 'value',
    tokens: 'value',
    trimmed: 'value',
    lastUser: 'text',
    lastAssistant: 'text',
    history: 'text',
  },
  message: 'text',
}

/** The variables that burn sets only for steps inside a loop, by name, with the form of their values. */
export const IN_LOOP: Readonly<Record<string, Shape>> = {
  loop: { index: 'value', count: 'value', first: 'value', last: 'value' },
  index: 'value',
}

/** The variable that burn sets only in `toolReply`, with what is known about its value. */
const IN_TOOL_REPLY: Readonly<Record<string, Shape>> = { tool: { name: 'text', arguments: 'open' } }

/**
 * The variable `trace`, with the form of its value. burn sets it only in a scenario whose load replays a trace (a file of recorded requests and their
 * times).
 */
export const IN_TRACE: Readonly<Record<string, Shape>> = {
  trace: {
    index: 'value',
    round: 'value',
    session: 'text',
    turn: 'value',
    first: 'value',
    last: 'value',
    atMs: 'value',
    prompt: 'text',
    answer: 'text',
    inputTokens: 'value',
    outputTokens: 'value',
    model: 'text',
    row: 'open',
  },
}

/** Maps the names of variables in other tools, and in older scenario files, to the variable or template helper to use instead. */
export const OLD_NAMES: Readonly<Record<string, string>> = {
  messageIndex: 'conversation.messageIndex',
  messageCount: 'conversation.messageCount',
  conversationId: 'conversation.id',
  tokenCount: 'conversation.tokens',
  history: 'conversation.history',
  lastUserMessage: 'conversation.lastUser',
  lastAssistantMessage: 'conversation.lastAssistant',
  lastResponse: 'reply.text',
  response: 'reply.text',
  status: 'reply.status',
  latency: 'reply.responseMs',
  repetitionIndex: 'iteration.ofUser',
  sessionId: 'user.id',
  timestamp: 'isoTimestamp',
}

/**
 * Returns what is wrong when a template or condition reads a member that a built-in variable does not have, such as `reply.bodi`: the first wrong
 * member, the value in which it was looked for (`owner`), and the members which that value has. Undefined when all members exist, and for other
 * variables.
 */
export function unknownMember({
  name,
  rest,
  inTemplate,
}: {
  readonly name: string
  readonly rest: readonly string[]
  readonly inTemplate: boolean
}): { readonly owner: string; readonly member: string; readonly members: readonly string[] } | undefined {
  let shape = shapeOf(name)
  let owner = name
  for (const member of rest) {
    if (shape === undefined || shape === 'open') return undefined
    const inner: Shape | undefined = typeof shape === 'object' ? own(shape, member) : undefined
    if (inner === undefined) {
      // Templates can read the length and single letters of a text; expressions have functions for that.
      if (inTemplate && shape === 'text' && /^(length|\d+)$/.test(member)) return undefined
      return { owner, member, members: typeof shape === 'object' ? Object.keys(shape) : [] }
    }
    shape = inner
    owner = `${owner}.${member}`
  }
  return undefined
}

/** Returns the members of a built-in variable that is a map, such as `iteration`; undefined for any other variable. */
export function membersOf(name: string): readonly string[] | undefined {
  const shape = shapeOf(name)
  return typeof shape === 'object' ? Object.keys(shape) : undefined
}

const shapeOf = (name: string): Shape | undefined =>
  own(BUILT_IN, name) ?? own(IN_LOOP, name) ?? own(IN_TRACE, name) ?? own(IN_TOOL_REPLY, name)

function own(shapes: Readonly<Record<string, Shape>>, name: string): Shape | undefined {
  return Object.hasOwn(shapes, name) ? shapes[name] : undefined
}
