import fc from 'fast-check'
import Handlebars from 'handlebars'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { compileTemplate, compileTree, TemplateError } from '../../src/language/template/template.ts'
import { createRandom } from '../../src/random.ts'

const scope = {
  name: 'Ann "A" <a>\n',
  n: 5,
  zero: 0,
  yes: true,
  no: false,
  none: null,
  list: [{ id: 1 }, { id: 2 }],
  words: ['x', 'y'],
  empty: [],
  obj: { a: 1, b: { c: 'deep' }, 'two words': 2 },
}

afterEach(() => vi.restoreAllMocks())

function failure(action: () => unknown): TemplateError {
  try {
    action()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error('it did not fail')
}

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

describe('variables', () => {
  test.each([
    ['no template', []],
    ['{{a}} {{b.c}} {{a.d}} {{this.e}}', ['a', 'b', 'e']],
    ['{{#each xs as |x i|}}{{x.y}}{{i}}{{@index}}{{z}}{{../w}}{{@root.r}}{{/each}}', ['xs', 'w', 'r']],
    ['{{#with a}}{{b}}{{#if c}}{{../d}}{{/if}}{{/with}}', ['a', 'd']],
    ['{{#if a}}{{b}}{{else}}{{c}}{{/if}}{{#unless d}}{{e}}{{/unless}}', ['a', 'b', 'c', 'd', 'e']],
    ['{{uuid}} {{randomInt 1 n}} {{upper (trim t)}} {{pick a "b" 3 true null}}', ['n', 't', 'a']],
    ['{{default maybe other}}', ['other']],
    ['{{#section}}{{inside}}{{../unsure}}{{@root.sure}}{{/section}}', ['section', 'sure']],
    ['{{{raw}}} {{"quoted"}} \\{{escaped}}', ['raw', 'quoted']],
  ])('of %j are %j', (source, expected) => expect(compileTemplate(source).variables).toEqual(expected))

  test.each([
    ['{{a.b}} {{default c 1}}', ['a.b', 'c']],
    ['{{#each xs}}{{this}}{{y}}{{/each}}', ['xs']],
    ['{{#xs}}{{y.z}}{{../w}}{{/xs}}', ['xs', 'y.z', 'w']],
    ['{{json this}}{{#with @root}}{{a}}{{/with}}', ['', '']],
  ])('that %j may read', (source, expected) => {
    expect(compileTemplate(source).touches.map(({ name, rest }) => [name, ...rest].join('.'))).toEqual(expected)
  })

  test('have their places', () => {
    expect(compileTemplate('a {{b}}\n  {{c.d}}').uses).toEqual([
      { name: 'b', rest: [], optional: false, line: 1, column: 5 },
      { name: 'c', rest: ['d'], optional: false, line: 2, column: 5 },
    ])
  })
})

test.each(['{{repeat a 9}}', '{{repeat "x" a}}', '{{randomInt 2000000 a}}', '{{randomText a}}', '{{div 1 a}}', '{{lt a "5"}}'])(
  '%s may do: an argument is not known before a run',
  (source) => expect(compileTemplate(source).variables).toEqual(['a']),
)

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

describe('refused when rendered', () => {
  test.each([
    ['{{nope}}', 'nope', 1, 3],
    ['x\n {{obj.zz.y}}', 'obj.zz', 2, 4],
    ['{{#each list as |item|}}{{item.zz}}{{/each}}', 'item.zz', 1, 27],
    ['{{#each list}}{{n}}{{/each}}', 'n', 1, 17],
    ['{{@root.zz}}', 'zz', 1, 3],
    ['{{upper nope}}', 'nope', 1, 9],
    ['{{#each nope}}{{/each}}', 'nope', 1, 9],
    ['{{#nope}}{{/nope}}', 'nope', 1, 4],
    ['{{none.a}}', 'none.a', 1, 3],
    ['{{undefinedOne}}', 'undefinedOne', 1, 3],
  ])('%j: unknown variable %s', (source, variable, line, column) => {
    const error = failure(() => compileTemplate(source).render({ ...scope, undefinedOne: undefined }))
    expect(error.message).toBe(`unknown variable "${variable}"`)
    expect({ variable: error.variable, line: error.line, column: error.column }).toEqual({ variable, line, column })
  })

  test.each([
    'constructor',
    '__proto__',
    'toString',
    'obj.constructor',
    'obj.__proto__',
    'name.constructor',
    'list.constructor.prototype',
    'n.toFixed',
    'words.map',
  ])('the inherited {{%s}} does not exist', (path) => {
    expect(failure(() => compileTemplate(`{{${path}}}`).render(scope)).message).toContain('unknown variable')
    expect(compileTemplate(`{{#if ${path}}}x{{/if}}`).render(scope)).toBe('')
    expect(compileTemplate(`{{default ${path} "safe"}}`).render(scope)).toBe('safe')
  })

  test('functions in the scope are never called', () => {
    const spy = vi.fn()
    compileTemplate('{{#if f}}{{/if}}{{#with f}}{{/with}}').render({ f: spy })
    expect(spy).not.toHaveBeenCalled()
  })

  test.each([
    ['a helper', '{{repeat text 1025}}', 'longer than 1048576'],
    ['a loop', '{{#each many}}{{@root.text}}{{/each}}', 'longer than 1048576'],
    ['a text', '{{text}}'.repeat(1025), 'longer than 1048576'],
    ['rounds', '{{#each many}}{{#each @root.many}}{{/each}}{{/each}}', 'too many rounds'],
  ])('output limit of %s', (_, source, message) => {
    const big = { text: 'x'.repeat(1024), many: new Array<number>(2000).fill(0) }
    expect(failure(() => compileTemplate(source).render(big)).message).toContain(message)
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

test('without a random stream, helpers that need one complain', () => {
  expect(failure(() => compileTemplate('{{uuid}}').render({})).message).toContain('random values are not available')
})

test('nothing is printed', () => {
  const spies = (['log', 'warn', 'error', 'info'] as const).map((name) => vi.spyOn(console, name))
  expect(() => compileTemplate('{{constructor}}').render({})).toThrow(TemplateError)
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})

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
