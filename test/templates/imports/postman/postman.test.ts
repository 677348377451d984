import { describe, expect, test } from 'vitest'
import { convert, steps } from '../converted.ts'

describe('Postman', () => {
  const collection = {
    info: { name: 'My API', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    variable: [
      { key: 'base-url', value: 'https://h.example' },
      { key: 'apiToken', value: 'abcdef123456', type: 'secret' },
      { key: 'user', value: 'ann' },
    ],
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{apiToken}}' }] },
    event: [{ listen: 'test', script: { exec: [] } }],
    item: [
      {
        name: 'Users',
        item: [
          {
            name: 'Get one',
            request: {
              method: 'GET',
              header: [
                { key: 'X-On', value: '1' },
                { key: 'X-Off', value: '1', disabled: true },
              ],
              url: {
                raw: '{{base-url}}/users/:id?full=1&off=1',
                variable: [{ key: 'id', value: '42' }],
                query: [
                  { key: 'full', value: '1' },
                  { key: 'off', value: '1', disabled: true },
                ],
              },
            },
          },
          {
            name: 'Create',
            request: {
              method: 'POST',
              url: '{{base-url}}/users',
              body: {
                mode: 'raw',
                raw: '{"id":"{{$guid}}","name":"{{user}}","n":1,"from":"{{city2}}"}',
                options: { raw: { language: 'json' } },
              },
            },
          },
        ],
      },
      {
        name: 'Log in',
        request: {
          auth: { type: 'noauth' },
          method: 'POST',
          url: '{{base-url}}/login',
          body: { mode: 'urlencoded', urlencoded: [{ key: 'a', value: 'b' }] },
        },
      },
      {
        name: 'Search',
        request: {
          method: 'POST',
          url: '{{base-url}}/graphql',
          body: { mode: 'graphql', graphql: { query: 'query { a }', variables: '{"n":2}' } },
        },
      },
    ],
  }

  test('requests of all folders become steps, variables keep their meaning', () => {
    const one = convert(JSON.stringify(collection))
    expect(one.format).toBe('postman')
    expect(one.scenario.target).toEqual({ url: 'https://h.example' })
    expect(one.scenario.vars).toEqual({
      base_url: 'https://h.example',
      apiToken: '${env.TARGET_APITOKEN}',
      user_value: 'ann',
      city2: '${env.city2}',
    })
    const authorization = 'Bearer {{apiToken}}'
    expect(steps(one)).toEqual([
      {
        request: { method: 'GET', path: '/users/42', query: { full: '1' }, headers: { 'x-on': '1', authorization } },
        name: 'Get one',
      },
      {
        request: {
          method: 'POST',
          path: '/users',
          headers: { authorization },
          json: { id: '{{uuid}}', name: '{{user_value}}', n: 1, from: '{{city2}}' },
        },
        name: 'Create',
      },
      { request: { method: 'POST', path: '/login', form: { a: 'b' } }, name: 'Log in' },
      {
        request: {
          method: 'POST',
          path: '/graphql',
          headers: { authorization },
          json: { query: 'query { a }', variables: { n: 2 } },
        },
        name: 'Search',
      },
    ])
    expect(one.notes.join('\n')).toContain('the collection: a script was left out')
    expect(one.notes.join('\n')).toContain('set the environment variable city2')
    expect(JSON.stringify(one)).not.toContain('abcdef123456')
  })

  test('an address that nobody knows comes from the environment', () => {
    const one = convert(
      JSON.stringify({ info: { name: 'x' }, item: [{ name: 'a', request: { method: 'GET', url: '{{host}}/a' } }] }),
    )
    expect(one.scenario).toMatchObject({ target: { url: '{{host}}' }, vars: { host: '${env.host}' } })
    expect(steps(one)).toEqual([{ request: { method: 'GET', path: 'a' }, name: 'a' }])
  })
})
