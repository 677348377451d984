/** Which results are the parts of one run, and which are refused. */
import { expect, test } from 'vitest'
import { partsAmong } from '../../src/merge/belonging.ts'
import type { Result } from '../../src/result/schema.ts'
import { FULL } from '../result/full.ts'

function part(name: string, index: number, more: Partial<Result>, run = 'one') {
  const status = more.status ?? 'completed'
  const shard = { index, of: 3, ...(status === 'running' ? {} : { run }) }
  return { name, result: { ...FULL, shard, ...more, status } satisfies Result }
}

test('a checkpoint that names no run does not hide that the others are of two runs', () => {
  const killed = part('killed', 0, { status: 'running' })
  const [own, other] = [part('own', 1, {}), part('other', 2, {}, 'two')]
  expect(() => partsAmong([killed, own, other])).toThrow('other does not belong to own: another BURN_RUN_ID (two, not one)')
  expect(() => partsAmong([own, killed, other])).toThrow('another BURN_RUN_ID')
  expect(partsAmong([killed, own, part('third', 2, {})])).toMatchObject({ missing: [0] })
})

test('two results of a shard that was stopped twice are refused, as two complete ones are', () => {
  const stopped = (name: string, runId: string) => part(name, 0, { status: 'aborted', runId })
  const [first, second] = [stopped('first', 'a'), stopped('second', 'b')]
  const twice = 'shard 1/3 is there 2 times, with different contents: first, second'
  expect(() => partsAmong([first, second])).toThrow(twice)
  expect(partsAmong([first, stopped('copy', 'a')]).notes).toEqual(['shard 1/3: first is left out (the same result again)'])
  const complete = part('complete', 0, {})
  expect(partsAmong([first, complete, second]).parts).toEqual([complete])
})
