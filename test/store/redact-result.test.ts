import { expect, test } from 'vitest'
import { misfitOfResult } from '../../src/result/read.ts'
import { redactResult } from '../../src/store/redact-result.ts'
import { Redactor } from '../../src/text/secrets.ts'
import { errorGroup, fine } from '../report/results.ts'

test('secrets leave every text; numbers that look like one stay', () => {
  const redactor = new Redactor()
  redactor.add('hunter22')
  redactor.add('1700000000000')
  const leaky = {
    ...fine,
    notes: ['key hunter22'],
    errors: [errorGroup({ sample: 'bad key hunter22!' })],
    reason: 'aHVudGVyMjI=',
  }
  const clean = redactResult(leaky, redactor)
  expect(clean.notes).toEqual(['key [secret]'])
  expect(clean.errors[0]?.sample).toBe('bad key [secret]!')
  expect(JSON.stringify(clean)).not.toMatch(/hunter22|aHVudGVyMjI/)
  expect(clean.startTime).toBe(1_700_000_000_000)
  expect(misfitOfResult(clean)).toBeUndefined()
  expect(clean.total.distributions).toEqual(fine.total.distributions)
})

test('metrics without a secret are not copied, and those with one are', () => {
  const redactor = new Redactor()
  redactor.add('hunter22')
  const leaky = { ...fine, phases: [{ ...fine.total, phase: 'x', kind: 'hunter22' }] } as unknown as typeof fine
  const clean = redactResult(leaky, redactor)
  expect(clean.total.distributions.response_time).toBe(fine.total.distributions.response_time)
  expect(JSON.stringify(clean.phases)).toBe(JSON.stringify(leaky.phases).replace('hunter22', '[secret]'))
})
