/** What requests hold beside the message of their step: the remembered conversation and the verbosity, as the target receives them. */
import { expect, test } from 'vitest'
import type { Mock } from '../../src/mock/server.ts'
import { runScenario } from '../support/run.ts'
import { chatAt, localMock } from './targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 2 }
const turnsSent = (mock: Mock): { role: string; content: string }[][] => mock.log().map(({ body }) => JSON.parse(body).messages)
const saidByUsers = (mock: Mock) =>
  turnsSent(mock).map((turns) => turns.filter(({ role }) => role === 'user').map(({ content }) => content))

test.each([
  ['never', [['a'], ['a', 'b'], ['a', 'b', 'a'], ['a', 'b', 'a', 'b']]],
  ['iteration', [['a'], ['a', 'b'], ['a'], ['a', 'b']]],
] as const)('conversation.reset: %s', async (reset, said) => {
  const mock = await localMock(FAST)
  await runScenario({
    name: 'reset',
    target: chatAt(mock),
    load: [{ iterationsPerUser: 2, users: 1 }],
    conversation: { reset },
    steps: [{ message: 'a' }, { message: 'b' }],
  })
  expect(saidByUsers(mock)).toEqual(said)
})

test('with reset never a user still remembers its own conversation alone', async () => {
  const mock = await localMock(FAST)
  await runScenario({
    name: 'own',
    target: chatAt(mock),
    load: [{ iterationsPerUser: 3, users: 4 }],
    conversation: { reset: 'never' },
    steps: [{ message: 'u{{user.id}}' }],
  })
  for (const said of saidByUsers(mock)) expect(new Set(said).size).toBe(1)
  expect(
    saidByUsers(mock)
      .map((said) => said.length)
      .sort(),
  ).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
})

test.each([
  ['minimal', 'Why? Answer in one short sentence.'],
  ['normal', 'Why?'],
  ['verbose', 'Why? Please explain in detail, with examples.'],
  [
    'extreme',
    'Why? Please give the longest and most detailed answer you can, with examples, background, alternatives and a summary at the end.',
  ],
  [{ suffix: ' (user {{user.id}})' }, 'Why? (user 0)'],
] as const)('verbosity %j', async (verbosity, expected) => {
  const mock = await localMock(FAST)
  const { attempts } = await runScenario({ name: 'words', target: chatAt(mock), verbosity, steps: [{ message: 'Why?' }] })
  expect(saidByUsers(mock)).toEqual([[expected]])
  // The journal shows what was sent.
  expect(attempts[0]?.prompt).toBe(expected)
})
