import fc from 'fast-check'
import Handlebars from 'handlebars'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { compileTemplate, compileTree, TemplateError } from '../../src/language/template/template.ts'
import { createRandom } from '../../src/random.ts'
import { failure, scope } from './template/scope.ts'

afterEach(() => vi.restoreAllMocks())

describe('the same as Handlebars', () => {
  // Compiled with escaping, and the escapes undone: with noEscape, Handlebars adds up neighbouring numbers, as in {{n}}{{n}}.
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&amp;': '&' }
  const reference = (source: string) =>
    Handlebars.create()
      .compile(source)(scope)
      .replace(/&\w+;/g, (entity) => entities[entity] ?? entity)
  test.each([
    'plain {{name}} and {{{name}}}',
    '{{n}} {{zero}} {{no}} {{none}}.',
    '{{obj.a}} {{obj.b.c}} {{obj.[two words]}} {{obj/a}} {{this.n}} {{./n}} {{words.[1]}} {{list.[0].id}} {{list.0.id}} {{words.length}}',
    '{{#if yes}}a{{/if}}{{#if no}}b{{else}}c{{/if}}{{#if zero}}d{{else if n}}e{{else}}f{{/if}}{{#if empty}}g{{/if}}',
    '{{#unless no}}a{{/unless}}{{#unless n}}b{{else}}c{{/unless}}',
    '{{#each list}}{{@index}}{{id}}{{@first}}{{@last}}{{../n}}{{@root.n}} {{/each}}',
    '{{#each words}}{{this}}{{.}} {{else}}none{{/each}}{{#each empty}}x{{else}}none{{/each}}',
    '{{#each obj.b}}{{@key}}={{this}}{{/each}}',
    '{{#each list as |item index|}}{{item.id}}{{index}}{{#each ../words as |w|}}{{w}}{{item.id}}{{@../index}}{{/each}}{{/each}}',
    '{{#with obj}}{{a}}{{#with b}}{{c}}{{../a}}{{../../n}}{{/with}}{{/with}}{{#with none}}x{{else}}y{{/with}}',
    '{{#with obj.b as |b|}}{{b.c}}{{c}}{{/with}}',
    '{{#list}}{{id}}{{@index}}{{/list}}{{#yes}}{{n}}{{/yes}}{{^no}}{{n}}{{/no}}{{#obj}}{{a}}{{/obj}}{{#empty}}x{{else}}y{{/empty}}',
    '{{#each list}}{{#if ../yes}}{{id}}{{../n}}{{/if}}{{/each}}',
    '{{#with this}}{{n}}{{#with obj}}{{../n}}{{/with}}{{/with}}',
    'a \\{{n}} {{!-- {{x}} --}}{{! y }} {{~n~}}  z',
    '{{#if yes}}\n  line\n{{/if}}\nafter\n{{#each words}}\n- {{this}}\n{{/each}}\n',
    '{{"n"}} {{obj.b.c}}',
    '{ "a": "{{n}}", "b": {"c": {{n}} } }',
  ])('%j', (source) => {
    expect(compileTemplate(source).render(scope)).toBe(reference(source))
  })
})

describe('differences on purpose', () => {
  test.each([
    ['{{obj.b}}', '{"c":"deep"}'],
    ['{{words}}', '["x","y"]'],
    ['{{n}}{{n}}', '55'],
    ['{{#if (gt n 3)}}big{{/if}}', 'big'],
  ])('%s gives %s', (source, expected) => expect(compileTemplate(source).render(scope)).toBe(expected))

  test('a variable wins over a helper of its name that takes no arguments', () => {
    expect(compileTemplate('{{city}}').render({ city: 'Ulm' })).toBe('Ulm')
    expect(compileTemplate('{{city}}').render({ city: null })).toBe('')
  })
})

describe('values', () => {
  test('that hold {{ }} are not expanded again, nor in a tree', () => {
    const reply = { text: '{{secret}} {{#each x}}', secret: 'leaked' }
    expect(compileTemplate('> {{text}}').render(reply)).toBe('> {{secret}} {{#each x}}')
    expect(compileTree({ a: '{{text}}', b: ['{{repeat text 1}}'] }).render(reply)).toEqual({ a: reply.text, b: [reply.text] })
  })

  test('of any text survive a JSON body byte for byte', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('{{x}}', '"', '\\', '\r\n', '\u2028', '😀', '\0', '</script>', '\\u0041'),
    )
    const tree = compileTree({ messages: [{ role: 'user', content: '{{text}}' }, { content: 'a "{{text}}" b' }] })
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('')
        expect(JSON.parse(JSON.stringify(tree.render({ text })))).toEqual({
          messages: [{ role: 'user', content: text }, { content: `a "${text}" b` }],
        })
      }),
      { seed: 1 },
    )
    const long = '"\n{{😀'.repeat(10_000)
    expect(JSON.parse(JSON.stringify(tree.render({ text: long })))).toEqual({
      messages: [{ role: 'user', content: long }, { content: `a "${long}" b` }],
    })
  })
})

describe('trees', () => {
  test('one mustache alone keeps the type, text around it makes text', () => {
    const tree = compileTree({
      n: '{{n}}',
      list: '{{list}}',
      none: '{{none}}',
      yes: '{{yes}}',
      text: ' {{n}}',
      sum: '{{add n 1}}',
      fixed: 3,
      '{{n}}': true,
    })
    expect(tree.render(scope)).toEqual({
      n: 5,
      list: scope.list,
      none: null,
      yes: true,
      text: ' 5',
      sum: 6,
      fixed: 3,
      '{{n}}': true,
    })
    expect(tree.variables).toEqual(['n', 'list', 'none', 'yes'])
    expect(tree.static).toBe(false)
  })

  test('without templates they are static and given back as they are', () => {
    const value = { a: [1, 'x', null, { b: true }] }
    const tree = compileTree(value)
    expect({ static: tree.static, variables: tree.variables }).toEqual({ static: true, variables: [] })
    expect(tree.render({})).toBe(value)
  })

  test('a key called __proto__ stays a key', () => {
    const tree = compileTree(JSON.parse('{"__proto__":{"a":"{{n}}"}}'))
    expect(JSON.stringify(tree.render(scope))).toBe('{"__proto__":{"a":5}}')
  })

  test('errors know the path', () => {
    expect(failure(() => compileTree({ a: ['x', { b: '\n {{#if' }] }))).toMatchObject({ path: ['a', 1, 'b'], line: 2 })
    expect(failure(() => compileTree({ a: ['x', { b: '{{nope}}' }] }).render({}))).toMatchObject({
      path: ['a', 1, 'b'],
      variable: 'nope',
    })
  })
})

test('the same random stream gives the same text', () => {
  const template = compileTemplate('{{uuid}} {{randomInt 1 100}} {{fullName}} {{paragraph}} {{pick "a" "b"}}')
  expect(template.render({}, createRandom(1))).toBe(template.render({}, createRandom(1)))
  expect(template.render({}, createRandom(1))).not.toBe(template.render({}, createRandom(2)))
})

test('nothing is printed', () => {
  const spies = (['log', 'warn', 'error', 'info'] as const).map((name) => vi.spyOn(console, name))
  expect(() => compileTemplate('{{constructor}}').render({})).toThrow(TemplateError)
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})
