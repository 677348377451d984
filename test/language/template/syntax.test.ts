import { afterEach, describe, expect, test, vi } from 'vitest'
import { compileTemplate } from '../../../src/language/template/template.ts'
import { failure } from './scope.ts'

afterEach(() => vi.restoreAllMocks())

describe('refused when compiled', () => {
  test.each([
    ['{{#if a}}', 1, 10, 'ends inside of a block'],
    ['a\nb {{#each}}x{{/each}}', 2, 3, 'takes one argument'],
    ['one\ntwo {{/if}}', 2, 5, 'unexpected {{/'],
    ['{{#if n}}x{{/each}}', 1, 4, "doesn't match"],
    ['{{words.1}}', 1, 9, 'list.[0]'],
    ['long text before the fault, longer than the extract {{ | }} and after', 1, 56, 'unexpected'],
    ['same {{ok}}\nsame {{ok|}}\n', 2, 10, 'unexpected'],
    ['{{> partial}}', 1, 1, 'partials'],
    ['{{#> layout}}x{{/layout}}', 1, 1, 'partials'],
    ['{{* decorator}}', 1, 1, 'decorators'],
    ['x {{#*inline "p"}}{{/inline}}', 1, 3, 'decorators'],
    ['{{{{raw}}}}x{{{{/raw}}}}', 1, 1, 'raw blocks'],
    ["ab {{repeat 'x' 99999999}}", 1, 4, '"repeat": the output would be longer than 1048576 characters'],
    ['{{repeat a 99999999}}', 1, 1, '"repeat": the output would be longer than 1048576 characters'],
    ['{{repeat a -1}}', 1, 1, '"repeat": times must be from 0'],
    ['{{upper (repeat "x" "many")}}', 1, 9, '"repeat": times must be a number'],
    ['{{randomInt 3 1}}', 1, 1, '"randomInt": no whole number lies between 3 and 1'],
    ['{{randomInt 1.5 a}}', 1, 1, '"randomInt": a bound must be a whole number'],
    ['{{randomText 30000}}', 1, 1, '"randomText": words must be from 0 to 20000'],
    ['{{#if (gt a "b")}}x{{/if}}', 1, 7, '"gt": b must be a number'],
    ['{{div a 0}}', 1, 1, '"div": division by zero'],
    ['{{mod 1 "x"}}', 1, 1, '"mod": b must be a number'],
    ['{{rndomInt 1 2}}', 1, 3, 'did you mean "randomInt"?'],
    ['{{log "x"}}', 1, 3, 'unknown helper "log"'],
    ['{{#eech list}}{{/eech}}', 1, 4, 'did you mean "each"?'],
    ['{{upper}} {{upper "a" "b"}}', 1, 11, '{{upper text}}'],
    ['{{upper "a" x=1}}', 1, 13, '"x="'],
    ['{{@index}}', 1, 3, '{{#each}} only'],
    ['{{@random}}', 1, 3, 'unknown'],
    ['{{#each a}}{{@../index}}{{/each}}', 1, 14, '{{#each}} only'],
    ['{{../a}}', 1, 3, 'leads out'],
    ['{{#if (constructor "a")}}{{/if}}', 1, 8, 'unknown helper'],
  ])('%j at %d:%d', (source, line, column, message) => {
    const error = failure(() => compileTemplate(source))
    expect(error.message).toContain(message)
    expect({ line: error.line, column: error.column }).toEqual({ line, column })
  })

  test.each([
    ['64 KiB', `${'x'.repeat(65_533)}{{a}}`, 'larger than'],
    ['blocks', `${'{{#if a}}'.repeat(21)}${'{{/if}}'.repeat(21)}`, 'nest more than 20'],
    ['thousands of blocks', `${'{{#a}}'.repeat(5000)}${'{{/a}}'.repeat(5000)}`, 'nest more than 20'],
    ['inverse blocks', `${'{{^a}}'.repeat(21)}${'{{/a}}'.repeat(21)}`, 'nest more than 20'],
    ['brackets', `{{upper ${'(upper '.repeat(5000)}`, 'nest more than 20'],
    ['else if', `{{#if a}}${'{{else if b}}'.repeat(101)}{{/if}}`, '"else if"'],
  ])('limit of %s', (_, source, message) => expect(failure(() => compileTemplate(source)).message).toContain(message))

  test('what is within the limits compiles', () => {
    const deep = `${'{{#if a}}'.repeat(20)}x${'{{/if}}'.repeat(20)}`
    expect(compileTemplate(deep).render({ a: 1 })).toBe('x')
    expect(compileTemplate(`{{a}}${'('.repeat(60_000)}`).render({ a: 1 })).toHaveLength(60_001)
    expect(compileTemplate('{{a}}'.repeat(13_000)).render({ a: 1 })).toBe('1'.repeat(13_000))
  })
})
