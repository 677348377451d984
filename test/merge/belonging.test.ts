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
