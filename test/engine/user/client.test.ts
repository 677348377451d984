import { expect, test } from 'vitest'
import { TargetClient } from '../../../src/engine/user/client.ts'
import { Conversation } from '../../../src/engine/user/conversation.ts'
import { createRandom } from '../../../src/random.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'

/** Returns the addresses to which two users send, for a scenario with these parts. */
function addresses(target: object, more: object = {}, groups: readonly (object | undefined)[] = [undefined, undefined]) {
  const scenario = scenarioSchema.parse({
    name: 'n',
    target: { url: 'http://127.0.0.1/', ...target },
    steps: [{ message: 'Hi' }],
    ...more,
  })
  const plan = planOf(scenario, { baseDir: '.', written: scenario })
  const [planned] = plan.targets
  if (!planned) throw new Error('no target')
  return groups.map((headers, userId) => {
    const context = {
      userId,
      seed: 's',
      baseDir: '.',
      random: createRandom('s'),
      scope: () => ({ user: { id: userId } }),
      events: { opened: () => {}, openFailed: () => {}, lost: () => {}, reconnected: () => {}, closed: () => {} },
      group: headers && { ...plan.groups[0], headers: { static: true, variables: [], reads: [], render: () => headers } },
      conversation: new Conversation(plan.conversation),
      conversationPlan: plan.conversation,
      credentials: undefined,
      mockOrigin: undefined,
      relay: undefined,
    } as unknown as ConstructorParameters<typeof TargetClient>[1] // a group needs only its headers here
    return new TargetClient(planned, context).address()
  })
}

test('users share the address of a target that has nothing of theirs, so that its requests are prepared once', () => {
  const [first, second] = addresses({ headers: { 'x-a': 'b' }, query: { c: 'd' } })
  expect(first).toMatchObject({ url: 'http://127.0.0.1/', headers: { 'x-a': 'b' }, query: { c: 'd' } })
  expect(second).toBe(first)
})

test.each([
  ['templates', addresses({ headers: { 'x-user': '{{user.id}}' } })],
  ['cookies', addresses({}, { conversation: { cookies: true } })],
  ['headers of its group', addresses({}, {}, [{ 'x-group': 'a' }, { 'x-group': 'b' }])],
])('%s: each user has an address of its own', (_, [first, second]) => expect(second).not.toBe(first))

test('an address with values of its user is rendered for each', () => {
  const [first, second] = addresses({ headers: { 'x-user': '{{user.id}}' } })
  expect([first?.headers, second?.headers]).toEqual([{ 'x-user': 0 }, { 'x-user': 1 }])
})
