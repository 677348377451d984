import { afterEach, describe, expect, test, vi } from 'vitest'
import { compileTemplate } from '../../../src/language/template/template.ts'
import { failure, scope } from './scope.ts'

afterEach(() => vi.restoreAllMocks())

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
      { name: 'b', rest: [], optional: false, role: 'printed', line: 1, column: 5 },
      { name: 'c', rest: ['d'], optional: false, role: 'printed', line: 2, column: 5 },
    ])
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
