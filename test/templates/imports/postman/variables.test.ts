import { describe, expect, test } from 'vitest'
import type { Data } from '../../../../src/templates/template.ts'
import { convert, get, variables } from './converted.ts'

describe('variables', () => {
  test('those that hold others are filled in', () => {
    const { scenario } = convert(
      get('{{base_url}}/x?q={{greeting}}'),
      variables({ host: 'http://h', base_url: '{{host}}/api', name: 'Ann', greeting: 'Hi {{name}} at {{nobody}}' }),
    )
    expect(scenario.target).toEqual({ url: 'http://h' })
    expect(scenario.vars).toMatchObject({ base_url: 'http://h/api', greeting: 'Hi Ann at ${env.nobody}' })
  })

  test('two that hold each other are told', () => {
    const { notes } = convert(get('http://h/{{a}}'), variables({ a: '{{b}}', b: '{{a}}' }))
    expect(notes.join('\n')).toMatch(/refers to itself/)
  })

  test('names of their own, whatever they are called', () => {
    const { scenario, step } = convert(
      get('http://h/{{a-b}}/{{a_b}}/{{upper}}/{{1}}/{{constructor}}/{{键}}'),
      variables({ 'a-b': '1', a_b: '2', upper: '3', '1': '4', constructor: '5', 键: '6' }),
    )
    expect(step.path).toBe('/{{a_b}}/{{a_b_2}}/{{upper_value}}/{{_1}}/{{constructor_value}}/{{__}}')
    expect(Object.values(scenario.vars as Data).sort()).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('a secret inside of another comes from the environment', () => {
    const { scenario } = convert(get('http://h/'), variables({ api_token: 'abcdef123456', line: 'Bearer {{api_token}}' }))
    expect(scenario.vars).toEqual({ api_token: '${env.TARGET_API_TOKEN}', line: 'Bearer ${env.TARGET_API_TOKEN}' })
  })

  const post = (raw: string) => ({
    name: 'a',
    request: { method: 'POST', url: 'http://h/', body: { mode: 'raw', raw, options: { raw: { language: 'json' } } } },
  })

  test.each([
    ['{"a":{"n":{{n}}}}', { body: '{"a":{"n":{{n}}{{!}}}}', headers: { 'content-type': 'application/json' } }],
    ['{"a":"{{n}}","b":"{{$timestamp}}"}', { json: { a: '{{n}}', b: '{{unixTimestamp}}{{!}}' } }],
    ['{"{{n}}":1}', { body: '{"{{n}}":1}', headers: { 'content-type': 'application/json' } }],
    ['{"id":12345678901234567890}', { body: '{"id":12345678901234567890}', headers: { 'content-type': 'application/json' } }],
    ['{"a":1,"a":2}', { body: '{"a":1,"a":2}', headers: { 'content-type': 'application/json' } }],
  ])('in the body %s', (raw, request) => {
    expect(convert(post(raw), variables({ n: '5' })).step).toEqual({ method: 'POST', path: '/', ...request })
  })
})
