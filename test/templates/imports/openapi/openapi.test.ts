import { describe, expect, test } from 'vitest'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'
import { convert, steps } from '../converted.ts'

describe('OpenAPI', () => {
  const document = `
openapi: 3.0.3
info: { title: "Pet chat: v1", version: "1" }
servers: [ { url: "https://{host}/api", variables: { host: { default: h.example } } } ]
security: [ { key: [] } ]
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    Pet:
      type: object
      required: [ name ]
      properties:
        id: { type: string, format: uuid, readOnly: true }
        name: { type: string, minLength: 9 }
        age: { type: integer, minimum: 3 }
        weight: { type: number, exclusiveMinimum: 1 }
        kind: { enum: [ cat, dog ] }
        born: { type: string, format: date-time }
        tags: { type: array, items: { type: string, example: nice } }
        friend: { $ref: "#/components/schemas/Pet" }
        either: { oneOf: [ { type: "null" }, { type: boolean } ] }
        all: { allOf: [ { properties: { a: { default: 1 } } }, { properties: { b: { const: 2 } } } ] }
paths:
  /pets/{petId}:
    parameters: [ { name: petId, in: path, required: true, schema: { type: integer } } ]
    get:
      operationId: getPet
      parameters:
        - { name: fields, in: query, required: true, example: "a,b" }
        - { name: optional, in: query, schema: { type: string } }
        - { name: X-Trace, in: header, required: true, schema: { type: string, format: uuid } }
      responses: { "200": {}, "404": {} }
  /pets:
    post:
      summary: Add a pet / or two
      requestBody: { content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } }
      responses: { "201": {}, "202": {} }
  /raw:
    post:
      requestBody: { content: { image/png: {} } }
      responses: { default: {} }
`

  test('each operation becomes a step', () => {
    const one = convert(document)
    expect(one.format).toBe('openapi')
    expect(one.scenario).toMatchObject({
      name: 'Pet chat v1',
      target: { url: 'https://h.example', auth: { type: 'apiKey', name: 'X-Key', in: 'header', value: '${env.TARGET_API_KEY}' } },
    })
    expect(steps(one)[0]).toEqual({
      request: { method: 'GET', path: '/api/pets/1', query: { fields: 'a,b' }, headers: { 'x-trace': '{{uuid}}' } },
      name: 'getPet',
      expect: [{ status: 200 }],
    })
    expect(steps(one)[2]).toEqual({ request: { method: 'POST', path: '/api/raw' }, name: 'POST api raw' })
    expect(one.notes).toEqual([
      'POST https://h.example/api/raw: a body of type image/png has no sample, and was left out',
      'optional parameters without an example are left out: optional',
      'security scheme key: set TARGET_API_KEY in the environment',
    ])
  })

  test('bodies fit their schemas, also when these hold themselves', () => {
    const [, add] = steps(convert(document)) as { name: string; expect: unknown; request: { json: Data } }[]
    expect(add?.name).toBe('Add a pet or two')
    expect(add?.expect).toEqual([{ status: [201, 202] }])
    expect(add?.request.json).toMatchObject({
      name: 'examplexx',
      age: 3,
      weight: 2,
      kind: 'cat',
      born: '{{isoTimestamp}}',
      tags: ['nice'],
      either: true,
      all: { a: 1, b: 2 },
      friend: { name: 'examplexx', friend: { name: 'examplexx' } },
    })
    expect(add?.request.json).not.toHaveProperty('id')
  })

  test.each([
    ['{"swagger":"2.0","paths":{}}', 'Swagger 2.0'],
    ['{"openapi":"3.0.0","paths":{}}', 'no operations'],
  ])('%s is refused', (text, why) => {
    expect(() => convertText(text)).toThrow(why)
  })
})
