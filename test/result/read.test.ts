import { expect, test } from 'vitest'
import { misfitOfResult } from '../../src/result/read.ts'
import { fine } from '../report/results.ts'

test.each<[string, unknown, string | undefined]>([
  ['a result', fine, undefined],
  ['one with a key of later', { ...fine, colour: 'red' }, undefined],
  ['nothing', undefined, '(the whole)'],
  ['a list', [], '(the whole)'],
  ['a seed that is a number', { ...fine, seed: 5 }, 'seed'],
  ['a part far inside', { ...fine, total: { ...fine.total, counts: { ...fine.total.counts, ok: '5' } } }, 'total.counts.ok'],
])('%s: %s', (_, value, path) => expect(misfitOfResult(value)).toBe(path))
