import { expect, test } from 'vitest'
import { Conversation, estimateTokens } from '../../src/engine/user/conversation.ts'

const PLAN = {
  system: undefined,
  keepTurns: Number.POSITIVE_INFINITY,
  maxTokens: Number.POSITIVE_INFINITY,
  maxMessages: Number.POSITIVE_INFINITY,
  id: undefined,
  cookies: false,
  resetEachIteration: true,
} as const

function conversationOf(plan: Partial<Record<'keepTurns' | 'maxTokens' | 'maxMessages', number>>, rounds: number): Conversation {
  const conversation = new Conversation({ ...PLAN, ...plan })
  for (let i = 0; i < rounds; i += 1) conversation.remember({ role: 'user', content: `question ${i}` }, `answer ${i}`)
  return conversation
}

const sent = (conversation: Conversation, system?: string) =>
  conversation.withMessage(system, { role: 'user', content: 'now' }).map(({ role, content }) => `${role[0]}:${content}`)

test.each([
  [{}, 2, ['u:question 0', 'a:answer 0', 'u:question 1', 'a:answer 1', 'u:now'], 0],
  [{ keepTurns: 0 }, 2, ['u:now'], 0],
  [{ keepTurns: 2 }, 2, ['u:question 1', 'a:answer 1', 'u:now'], 0],
  [{ maxMessages: 3 }, 2, ['u:question 1', 'a:answer 1', 'u:now'], 2],
  [{ maxMessages: 4 }, 2, ['u:question 1', 'a:answer 1', 'u:now'], 2],
  [{ maxMessages: 1 }, 2, ['u:now'], 4],
  [{ maxTokens: 1 }, 2, ['u:now'], 4],
  // 1 for "now", 3 each for the turns: the last two fit into 7.
  [{ maxTokens: 7 }, 2, ['u:question 1', 'a:answer 1', 'u:now'], 2],
  [{ maxTokens: 9 }, 2, ['u:question 1', 'a:answer 1', 'u:now'], 2],
])('%j after %i rounds', (plan, rounds, turns, trimmed) => {
  const conversation = conversationOf(plan, rounds)
  expect(sent(conversation)).toEqual(turns)
  expect(conversation.trimmed).toBe(trimmed)
})

test('the system prompt is always sent, and counts against the window', () => {
  expect(sent(conversationOf({ maxTokens: 7 }, 2), 'be nice')).toEqual(['s:be nice', 'u:now'])
})

test('a new conversation remembers nothing of the last', () => {
  const conversation = conversationOf({}, 2)
  conversation.reset()
  expect(sent(conversation)).toEqual(['u:now'])
})

test.each([
  ['', 0],
  ['abcd', 1],
  ['abcde', 2],
])('%j is about %i tokens', (text, tokens) => expect(estimateTokens(text)).toBe(tokens))

test('calls of tools and their results count as tokens of the conversation, as they do against the window', () => {
  const conversation = new Conversation(PLAN)
  const call = { name: 'weather', arguments: 'a'.repeat(40) }
  const message = { role: 'user', content: 'now' } as const
  conversation.keepCalls(message, 'look', [call])
  conversation.answerCalls([{ call, text: 'b'.repeat(80) }])
  conversation.remember(message, 'fine')
  // 1 for each text, 10 for the arguments, 20 for the result.
  expect(conversation.tokens).toBe(33)
  conversation.reset()
  expect(conversation.tokens).toBe(0)
})

test('a message copies no turn of a history without calls of tools: it is sent with all of them', () => {
  const conversation = conversationOf({}, 3)
  const turns = conversation.withMessage(undefined, { role: 'user', content: 'now' })
  expect(turns.slice(0, -1).every((turn, index) => turn === conversation.history[index])).toBe(true)
})

test('calls of tools are sent in front of the answer that came after them, and are gone with a new conversation', () => {
  const conversation = conversationOf({ maxTokens: 100 }, 1)
  const message = { role: 'user', content: 'now' } as const
  const call = { name: 'look', arguments: '{}' }
  conversation.keepCalls(message, '', [call])
  conversation.answerCalls([{ call, text: 'found' }])
  conversation.remember(message, 'done')
  conversation.beginStep()
  const roles = () => conversation.withMessage(undefined, message).map(({ role, calls, results }) => calls ?? results ?? role)
  const results = [{ call, text: 'found' }]
  expect(roles()).toEqual(['user', 'assistant', 'user', [call], results, 'assistant', 'user'])
  conversation.reset()
  expect(roles()).toEqual(['user'])
})
