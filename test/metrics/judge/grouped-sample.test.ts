import { expect, test } from 'vitest'
import { GroupedSample } from '../../../src/metrics/judge/grouped-sample.ts'
import type { QualityFlag } from '../../../src/metrics/quality/measure.ts'

const FLAGS: readonly QualityFlag[] = ['loop', 'stuck', 'truncated', 'refusal', 'wrongLanguage', 'sameAnswer', 'sharedAnswer']
const flagsOf = (flagged: readonly QualityFlag[]) => ({
  flags: Object.fromEntries(FLAGS.map((flag) => [flag, flagged.includes(flag)])) as Record<QualityFlag, boolean>,
})

/** Of 1,000 replies every 250th is of the step `rare`, every 200th is cut off, and of those every 400th is a loop as well. */
const REPLIES = Array.from({ length: 1000 }, (_, n) => ({
  n,
  reply: { step: n % 250 === 249 ? 'rare' : 'usual', prompt: `p${n}`, text: `t${n}`, earlier: [] },
  flagged: [...(n % 200 === 0 ? (['truncated'] as const) : []), ...(n % 400 === 0 ? (['loop'] as const) : [])],
}))

function drawn(order = REPLIES, perGroup = 4, size = 20) {
  const sample = new GroupedSample(size, perGroup, 's')
  for (const { n, reply } of order) sample.offerReply([n], reply.step, () => reply)
  for (const { n, reply, flagged } of order) sample.offerMeasured([n], reply, flagsOf(flagged))
  return sample.draw()
}

const textsOf = ({ sample, groups }: ReturnType<typeof drawn>, group: string) =>
  groups.find(({ by, name }) => `${by} ${name}` === group)?.at.map((at) => sample[at]?.text)

test('of each step and each flag some are drawn, as many as there are when these are few', () => {
  const all = drawn()
  expect(all).toMatchObject({ drawn: 20, of: 1000 })
  const counts = all.groups.map(({ by, name, replies, at }) => [`${by} ${name}`, replies, Math.min(at.length, 4)])
  expect(counts).toEqual([
    ['flag loop', 3, 3],
    ['flag none', 995, 4],
    ['flag truncated', 5, 4],
    ['step rare', 4, 4],
    ['step usual', 996, 4],
  ])
  expect(textsOf(all, 'step rare')?.toSorted()).toEqual(['t249', 't499', 't749', 't999'])
  expect(textsOf(all, 'flag loop')?.toSorted()).toEqual(['t0', 't400', 't800'])
  // Nothing twice: what is in two groups is asked about once.
  expect(new Set(all.sample.map(({ text }) => text)).size).toBe(all.sample.length)
  expect(all.sample.length).toBeLessThanOrEqual(20 + 4 + 4 + 3)
})

test('the sample of all is the one without groups, and groups have what it has of them', () => {
  const all = drawn()
  expect(drawn(REPLIES, 0).sample).toEqual(all.sample.slice(0, 20))
  const places = new Set(all.groups.filter(({ by }) => by === 'step').flatMap(({ at }) => at.filter((place) => place < 20)))
  expect(places.size).toBe(20)
})

test('a group has no more than the sample of all: a small sample stays small', () => {
  const { sample, drawn: all, groups } = drawn(REPLIES, 4, 2)
  expect(all).toBe(2)
  expect(groups.find(({ name }) => name === 'rare')?.at.length).toBe(2)
  expect(sample.length).toBeLessThanOrEqual(2 + 2 * 3)
})

test('the order of arrival changes nothing', () => {
  expect(drawn(REPLIES.toReversed())).toEqual(drawn())
})

test.each([2, 3, 7])('what %i processes draw of their replies becomes what one process draws', (count) => {
  const parts = Array.from({ length: count }, (_, index) => {
    const own = new GroupedSample(20, 4, 's')
    const replies = REPLIES.filter(({ n }) => n % count === index)
    for (const { n, reply } of replies) own.offerReply([n], reply.step, () => reply)
    for (const { n, reply, flagged } of replies) own.offerMeasured([n], reply, flagsOf(flagged))
    return own
  })
  const [whole, ...others] = parts
  for (const other of others) whole?.addShare(structuredClone(other.share))
  expect(whole?.draw()).toEqual(drawn())
})

test('each reply of a group can be drawn', () => {
  const seen = new Set<string | undefined>()
  for (let seed = 0; seed < 40; seed += 1) {
    const sample = new GroupedSample(1, 1, String(seed))
    for (const { n, reply, flagged } of REPLIES) sample.offerMeasured([n], reply, flagsOf(flagged))
    const { sample: found, groups } = sample.draw()
    seen.add(found[groups.find(({ name }) => name === 'truncated')?.at[0] ?? -1]?.text)
  }
  expect(seen).toEqual(new Set(['t0', 't200', 't400', 't600', 't800']))
})
