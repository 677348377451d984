import { expect, test } from 'vitest'
import { convert } from './converted.ts'

test('Swagger 2.0 is read as what it would be in version 3', () => {
  const { target, requests, notes } = convert({
    swagger: '2.0',
    host: 'h.example',
    basePath: '/v2',
    schemes: ['http', 'https'],
    consumes: ['application/json'],
    securityDefinitions: { key: { type: 'apiKey', name: 'api_key', in: 'header' } },
    security: [{ key: [] }],
    definitions: { Pet: { type: 'object', properties: { name: { type: 'string', example: 'Rex' } } } },
    parameters: { limit: { name: 'limit', in: 'query', type: 'integer', required: true, minimum: 5 } },
    paths: {
      '/pets': {
        parameters: [{ $ref: '#/parameters/limit' }],
        get: {
          parameters: [
            {
              name: 'tags',
              in: 'query',
              required: true,
              type: 'array',
              items: { enum: ['a'] },
              collectionFormat: 'multi',
              minItems: 2,
            },
          ],
        },
        post: { parameters: [{ name: 'body', in: 'body', schema: { $ref: '#/definitions/Pet' } }], responses: { 201: {} } },
      },
      '/pets/{id}': {
        post: {
          consumes: ['application/x-www-form-urlencoded'],
          parameters: [
            { name: 'id', in: 'path', required: true, type: 'string', format: 'uuid' },
            { name: 'status', in: 'formData', type: 'string', enum: ['sold'] },
          ],
        },
      },
      '/photo': { post: { parameters: [{ name: 'file', in: 'formData', type: 'file' }] } },
    },
  })
  expect(target).toEqual({
    url: 'https://h.example',
    auth: { type: 'apiKey', name: 'api_key', in: 'header', value: '${env.TARGET_API_KEY}' },
  })
  expect(requests).toEqual([
    { method: 'GET', path: '/v2/pets?limit=5&tags=a&tags=a' },
    { method: 'POST', path: '/v2/pets', query: { limit: '5' }, json: { name: 'Rex' } },
    { method: 'POST', path: '/v2/pets/{{uuid}}', form: { status: 'sold' } },
    { method: 'POST', path: '/v2/photo', multipart: [{ name: 'file', file: 'file.bin' }] },
  ])
  expect(notes).toContain('Swagger 2.0 was read as OpenAPI 3')
})
