import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { resultJsonSchema } from '../../src/result/json-schema.ts'
import { misfitOfResult } from '../../src/result/read.ts'
import { RESULTS } from '../report/results.ts'

const validate = new Ajv2020({ strict: false }).compile(resultJsonSchema())

test.each(Object.entries(RESULTS))('%s fits for a program as it does for burn', (_, result) => {
  const stored: unknown = JSON.parse(JSON.stringify(result))
  expect([validate(stored), misfitOfResult(stored)]).toEqual([true, undefined])
})

test('what burn does not read, the schema refuses', () => {
  const { fine } = RESULTS
  for (const broken of [
    { ...fine, total: null },
    { ...fine, verdict: 'great' },
    { ...fine, seed: 5 },
  ]) {
    expect(validate(broken)).toBe(false)
    expect(misfitOfResult(broken)).toBeDefined()
  }
})

test('it says which draft it is of, and what it is', () => {
  expect(resultJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'burn result',
    type: 'object',
  })
})
