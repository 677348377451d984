/** Tags of a scenario, from where they are written to the slices of the result. */
import { expect, test } from 'vitest'
import type { Result } from '../../../src/result/schema.ts'
import { chatTarget, runScenario, runVirtual } from '../../support/virtual.ts'
import { chatAt, localMock } from '../targets.ts'

const FAST = { firstTokenMs: 0, gapMs: 0, tokens: 1 }
const slices = ({ tags }: Result) => Object.fromEntries(Object.entries(tags).map(([tag, { counts }]) => [tag, counts.ok]))

test('a step has the tags of its target, its user, its flow and its own; the nearest wins', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'inherit',
    target: { ...chatAt(mock), tags: { region: 'eu', level: 'target', v: 2 } },
    groups: { paid: { tags: { level: 'group', tier: '{{user.group}}' } } },
    load: [{ iterations: 3, users: 1 }],
    flows: [
      {
        name: 'buy',
        tags: { level: 'flow', intent: 'buy' },
        steps: [{ message: 'a' }, { message: 'b', tags: { level: 'step', intent: 'ask' } }],
      },
    ],
  })
  expect(slices(result)).toEqual({
    'region=eu': 6,
    'v=2': 6,
    'tier=paid': 6,
    'level=flow': 3,
    'level=step': 3,
    'intent=buy': 3,
    'intent=ask': 3,
  })
  expect(result.notes).toEqual([])
})

test('values come from variables as they are when the attempt is made, and thresholds select by them', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'values',
    target: chatAt(mock),
    load: [{ iterations: 4, users: 1 }],
    steps: [
      { set: { tier: '{{#if iteration.index}}gold{{else}}silver{{/if}}' } },
      { message: 'a', name: 'open', tags: { tier: '{{tier}}' } },
      { message: 'b' },
    ],
    thresholds: ['ok{tier=gold} == 3', 'ok{tier=silver,step=open} == 1', 'ok{tier=tin} > 0'],
  })
  expect(slices(result)).toEqual({ 'tier=silver': 1, 'tier=gold': 3 })
  expect(result.thresholds.map(({ state }) => state).slice(0, 3)).toEqual(['passed', 'passed', 'no_samples'])
})

test('values without end are folded, counted, and the result says so', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'endless',
    target: chatAt(mock),
    load: [{ iterations: 60, users: 1 }],
    steps: [{ message: 'a', tags: { id: '{{iteration.index}}' } }],
  })
  expect(Object.keys(result.tags)).toHaveLength(51)
  expect(result.tags['id=(other)']?.counts.ok).toBe(10)
  expect(result.warnings).toEqual({ tag_values: 10 })
  expect(result.notes).toEqual([
    'tag id has more values than are told apart (50 of a tag, 100 in all): 10 attempts are counted under (other)',
  ])
})

test('a value that cannot be rendered fails its attempt, which is still one', async () => {
  const mock = await localMock(FAST)
  const { result } = await runScenario({
    name: 'fault',
    target: chatAt(mock),
    steps: [{ message: 'a', tags: { id: '{{div 1 iteration.index}}' } }, { message: 'b' }],
  })
  expect(result.total.counts).toMatchObject({ planned: 2, ok: 1, failed: 1 })
  expect(result.errors.map((group) => group.class)).toEqual(['local_template'])
  expect(result.tags).toEqual({})
  expect(mock.log()).toHaveLength(1)
})

test('a warm-up and setup take no place of values that count', async () => {
  const mock = await localMock(FAST)
  const tags = { id: '{{iteration.index}}' }
  const { result } = await runScenario({
    name: 'warm',
    target: { ...chatAt(mock), tags: { at: 'all' } },
    setup: [{ message: 's', tags }],
    load: [
      { iterations: 60, users: 1, warmup: true },
      { iterations: 2, users: 1 },
    ],
    steps: [{ message: 'a', tags }],
  })
  expect(slices(result)).toEqual({ 'at=all': 2, 'id=60': 1, 'id=61': 1 })
  expect(result.warnings).toEqual({})
})

test('an arrival that is dropped counts under the tags that are known without a user', async () => {
  const { result } = await runVirtual({
    name: 'dropped',
    target: { ...chatAt(chatTarget({ firstTokenMs: 300 })), tags: { region: 'eu', who: '{{user.id}}' } },
    load: [{ rate: '50/s', for: '200ms', maxUsers: 1, whenFull: 'drop' }],
    steps: [{ message: 'a' }],
  })
  expect(result.total.counts).toMatchObject({ dropped: 9, ok: 1 })
  expect(result.tags['region=eu']?.counts).toMatchObject({ dropped: 9, ok: 1 })
  expect(result.tags['who=0']?.counts).toMatchObject({ dropped: 0, ok: 1 })
})
