import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { compileTemplate } from '../../../src/language/template/template.ts'
import { failure, scope } from './scope.ts'

afterEach(() => vi.restoreAllMocks())

describe('a brace right behind a tag', () => {
  test.each([
    ['{"a":{"n":{{n}}}}', '{"a":{"n":5}}'],
    ['{"a":{{n}}}', '{"a":5}'],
    ['{{{n}}}}', '5}'],
    ['{{n}}}}}}', '5}}}}'],
    ['{"a":{{#if yes}}{{n}}}{{/if}}}', '{"a":5}}'],
    ['{{#if no}}x{{else}}{"b":{{n}}}{{/if}}', '{"b":5}'],
    ['{{"obj"}}} {{obj.[two words]}}}', '{"a":1,"b":{"c":"deep"},"two words":2}} 2}'],
    ['{{! a }}} {{!-- }} --}}}{{n}}', '} }5'],
    ['\\{{n}}} {{n}}}', '{{n}}} 5}'],
    ['\uffff{{n}}}', '\uffff5}'],
    ['{{~n~}}}', '5}'],
  ])('%j', (source, expected) => expect(compileTemplate(source).render(scope)).toBe(expected))

  test('keeps the places of what is wrong after it', () => {
    expect(failure(() => compileTemplate('{"a":{{n}}}} {{nope 1}}'))).toMatchObject({ line: 1, column: 16 })
  })

  test('any text of braces and names compiles as it does with a space between', () => {
    const part = fc.constantFrom('{{n}}', '}', '}}', '{"a":', ' ', 'x', '{{yes}}')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const expected = parts.map((text) => (text === '{{n}}' ? '5' : text === '{{yes}}' ? 'true' : text)).join('')
        expect(compileTemplate(parts.join('')).render(scope)).toBe(expected)
      }),
    )
  })
})
