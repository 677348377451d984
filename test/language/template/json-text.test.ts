import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileJsonMember, JsonText } from '../../../src/language/template/json-text.ts'
import { compileTree, TemplateError } from '../../../src/language/template/template.ts'
import { createRandom } from '../../../src/random.ts'

const SCOPE = { name: 'Ann "A" \u2028\n', count: 3, list: [1, { a: null }], flag: false, nothing: null }

/** Renders the member `json` as text and as a value, each with its own random stream of the same seed. */
function both(request: object): { text: string; value: unknown } {
  const text = compileJsonMember(request, 'json')?.render(SCOPE, createRandom('seed')) as { json: JsonText } | undefined
  if (!text) throw new Error('nothing was compiled')
  expect(text.json).toBeInstanceOf(JsonText)
  const value = compileTree(request).render(SCOPE, createRandom('seed')) as { json: unknown }
  return { text: text.json.text, value: value.json }
}

const piece = fc.constantFrom(
  '{{name}}',
  '{{count}}',
  '{{list}}',
  '{{nothing}}',
  '{{flag}}',
  '{{randomInt 1 9}}',
  'x',
  '"',
  '\\',
  ' ',
  'ä',
)
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noDefaultInfinity: false }),
    fc.constantFrom(null, true, undefined),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('1', '10', '2', '__proto__', 'constructor')), tie('json'), {
      maxKeys: 4,
    }),
  ),
}))

describe('compileJsonMember', () => {
  test('renders the same JSON as the value does, with the same random draws', () => {
    fc.assert(
      fc.property(json, (value) => {
        const request = { method: 'POST', json: { value, always: '{{count}}' } }
        const { text: written, value: rendered } = both(request)
        expect(written).toBe(JSON.stringify(rendered))
      }),
    )
  })

  test('a text of one {{ … }} keeps its type, others are texts', () => {
    expect(both({ json: { a: '{{count}}', b: ' {{count}}', c: '{{list}}' } }).text).toBe('{"a":3,"b":" 3","c":[1,{"a":null}]}')
  })

  test('keeps the other members', () => {
    const headers = { 'x-a': 'b' }
    expect(compileJsonMember({ method: 'PUT', headers, json: '{{count}}' }, 'json')?.render(SCOPE)).toEqual({
      method: 'PUT',
      headers,
      json: new JsonText('3'),
    })
  })

  test.each([
    ['no such member', { method: 'POST' }],
    ['no templates in it', { json: { a: 1 } }],
    ['templates elsewhere, which would be rendered later', { path: '/{{count}}', json: '{{count}}' }],
    ['no object', 'text {{count}}'],
  ])('%s: nothing', (_, request) => expect(compileJsonMember(request, 'json')).toBeUndefined())

  test('an error says where it is, as that of the value does', () => {
    const request = { json: { list: ['a', { b: '{{missing}}' }] } }
    const errorOf = (action: () => unknown) => {
      try {
        action()
      } catch (error) {
        return error
      }
    }
    const error = errorOf(() => compileJsonMember(request, 'json')?.render(SCOPE))
    expect(error).toBeInstanceOf(TemplateError)
    expect(error).toMatchObject({ path: ['json', 'list', 1, 'b'], variable: 'missing' })
    expect(error).toEqual(errorOf(() => compileTree(request).render(SCOPE)))
  })
})
