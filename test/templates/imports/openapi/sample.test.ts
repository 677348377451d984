import { describe, expect, test } from 'vitest'
import type { Data } from '../../../../src/templates/template.ts'
import { open } from './converted.ts'

/** The value that is made up for a schema. */
function sample(schema: unknown, more: Data = {}): { value: unknown; notes: readonly string[] } {
  const { requests, notes } = open(
    { '/': { post: { requestBody: { content: { 'application/json': { schema: { properties: { v: schema } } } } } } } },
    more,
  )
  return { value: (requests[0] as { json: Data }).json.v, notes }
}

describe('values within bounds', () => {
  test.each([
    [{ type: 'integer', minimum: 0, exclusiveMinimum: true }, 1],
    [{ type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true }, 0.5],
    [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    [{ type: 'integer', exclusiveMinimum: 3 }, 4],
    [{ type: 'integer', minimum: 2.5 }, 3],
    [{ type: 'integer', maximum: -4 }, -4],
    [{ type: 'integer', exclusiveMaximum: 0 }, -1],
    [{ type: 'integer', minimum: 7, multipleOf: 5 }, 10],
    [{ type: 'integer', minimum: 10, exclusiveMinimum: true, multipleOf: 5 }, 15],
    [{ type: 'number', minimum: 0.25, multipleOf: 0.1 }, 0.3],
    [{ type: 'number', multipleOf: 0.01, maximum: 0.5 }, 0.5],
    [{ type: 'integer', minimum: -9223372036854776000, maximum: 9223372036854776000 }, 1],
    [{ minimum: 5 }, 5],
    [{ type: 'string', minLength: 9 }, 'examplexx'],
    [{ type: 'string', maxLength: 3 }, 'exa'],
    [{ type: 'string', format: 'date', maxLength: 4 }, 'exam'],
    [{ type: 'string', pattern: '^[A-Z]{3}$' }, 'EXA'],
    [{ type: 'string', pattern: '^\\d{5}$' }, '12345'],
    [{ type: 'string', pattern: '^[a-z]{2}(-[A-Z]{2})?$', minLength: 5 }, 'en-US'],
    [{ type: 'array', minItems: 3, items: { type: 'integer', minimum: 4 } }, [4, 4, 4]],
    [{ type: 'array', minItems: 2, uniqueItems: true, items: { type: 'string' } }, ['example', 'example2']],
    [{ type: 'array', minItems: 2, uniqueItems: true, items: { enum: ['a', 'b', 'c'] } }, ['a', 'b']],
    [{ type: ['null', 'string'] }, 'example'],
    [{ type: 'string', nullable: true, enum: [null, 'x'] }, 'x'],
    [
      { type: 'object', required: ['a', 'b'], properties: { a: { const: 1 } } },
      { a: 1, b: 'example' },
    ],
    [{ type: 'object', properties: { a: { const: 1 } }, anyOf: [{ required: ['a'] }] }, { a: 1 }],
    [
      { oneOf: [{ type: 'null' }, { properties: { k: { default: 2 } } }], properties: { a: { const: 1 } } },
      { a: 1, k: 2 },
    ],
    [{ allOf: [{ type: 'string' }, { minLength: 9 }] }, 'examplexx'],
  ])('%j', (schema, value) => {
    const one = sample(schema)
    expect([one.value, one.notes]).toEqual([value, []])
  })

  test.each([
    [{ type: 'string', pattern: '^(?!x)q{7}$' }, 'the pattern ^(?!x)q{7}$ is not honoured'],
    [{ type: 'string', pattern: '^ZZ-\\d{9}$' }, 'is not honoured'],
    [{ type: 'integer', minimum: 5, maximum: 4 }, 'no number fits'],
  ])('%j is told', (schema, note) => {
    expect(sample(schema).notes.join('\n')).toContain(note)
  })

  test('a choice is named as the document names it', () => {
    const schemas = { Cat: { properties: { kind: { type: 'string' }, lives: { const: 9 } } } }
    const choice = {
      oneOf: [{ $ref: '#/components/schemas/Cat' }],
      discriminator: { propertyName: 'kind', mapping: { cat: '#/components/schemas/Cat' } },
    }
    expect(sample(choice, { components: { schemas } }).value).toEqual({ kind: 'cat', lives: 9 })
  })

  test('a number that no file can hold is sent as it is written', () => {
    const content = { 'application/json': { schema: { properties: { seed: { default: -9223372036854775000 } } } } }
    const { requests } = open({ '/': { post: { requestBody: { content } } } })
    expect(requests[0]).toMatchObject({ body: '{"seed":-9223372036854775000}', headers: { 'content-type': 'application/json' } })
  })
})
