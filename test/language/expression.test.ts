import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../src/language/expression/expression.ts'
import { costMeter } from '../support/cost.ts'
import { failure, scope } from './expression/scope.ts'

test.each([
  ['status == 200', true],
  ['status != 200', false],
  ['status in [200, 201]', true],
  ['status >= 200 && status < 300', true],
  ['status / 100 == 2', true],
  ['status % 7', 4],
  ['latency > 12', true],
  ['latency * 2 + 1', 26],
  ['1.5 * 2', 3],
  ['7 / 2', 3],
  ['reply.tokens > 3', true],
  ['reply.tokens + 1', 43],
  ['3 - reply.tokens', -39],
  ['reply.lazy == 7', true],
  ['size(reply.text) > 3', true],
  ['reply.text.contains("you") && reply.text.startsWith("Hel")', true],
  ['reply.text.matches("^H.llo")', true],
  ['reply.text.matches("^ello")', false],
  ['reply.json.items[0] == 1', true],
  ['reply.json.items[2].b', 'x'],
  ['reply.json.items[status - 199]', 2],
  ['reply.json.none == null', true],
  ['has(reply.json.zz)', false],
  ['has(reply.json.items) ? "yes" : "no"', 'yes'],
  ['xs.exists(x, x > 2)', true],
  ['xs.all(x, x > 2)', false],
  ['xs.filter(x, x > 1).map(x, x * 2)', [4, 6]],
  ['words.exists(w, w.matches("^c"))', true],
  ['cel.bind(t, reply.tokens, t + t)', 84],
  ['{"a": [1, 2u, 3.5]}', { a: [1, 2, 3.5] }],
  ['string(status) + "!"', '200!'],
  ['int(latency)', 12],
  ['type(status) == double', true],
  ['nope == 1 || true', true],
  ['timestamp("2024-02-29T00:00:00Z")', '2024-02-29T00:00:00.000Z'],
])('%s gives %j', (source, expected) => expect(compileExpression(source).evaluate(scope)).toEqual(expected))

describe('errors', () => {
  test.each([
    ['1 +', 4, 'unexpected '],
    ['status ==== 1', 10, 'unexpected '],
    ['"a" + 1', 1, 'no such overload'],
    ['reply.text.matches("(")', 20, 'bad pattern'],
    ['reply.text.matches("(?=x)")', 20, 'bad pattern'],
    ['fetch("http://x")', 1, 'fetch'],
    ['constructor.constructor', 1, 'unknown variable'],
    ['toString', 1, 'unknown variable'],
    ['__proto__ == 1', 1, 'proto'],
    ['xs.all(a, xs.all(b, xs.all(c, xs.all(d, true))))', 31, 'nest'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 51, 'maxDepth'],
    ['"x".lowr()', 1, 'lowr'],
  ])('%s is refused when compiled', (source, column, message) => {
    const error = failure(() => compileExpression(source))
    expect(error.message).toContain(message)
    if (column > 1) expect(error.column).toBe(column)
    expect(error.message).not.toContain('\n')
  })

  test.each([
    ['nope > 1', 1, 'nope'],
    ['reply.json.zz', 12, 'zz'],
    ['reply.constructor', 7, 'constructor'],
    ['status > "a"', 1, 'no such overload'],
    ['reply.json.items[9]', 1, 'index'],
    ['reply.text.matches("(" + "a")', 1, 'bad pattern'],
    ['1 / size("" + reply.text.substring(0, 0))', 1, 'division by zero'],
  ])('%s is refused when evaluated', (source, column, message) => {
    const expression = compileExpression(source)
    const error = failure(() => expression.evaluate(scope))
    expect(error.message).toContain(message)
    expect(error.column).toBeGreaterThanOrEqual(column)
  })

  test('size is limited', () => {
    expect(() => compileExpression(new Array(1100).fill('1').join('+'))).toThrow('maxAstNodes')
    expect(() => compileExpression('x'.repeat(4001))).toThrow('longer than')
  })

  test('a condition must be true or false', () => {
    expect(compileExpression('status == 200').test(scope)).toBe(true)
    expect(failure(() => compileExpression('status').test(scope)).message).toBe('the condition gives a number, not true or false')
    expect(compileExpression('status').type).toBe('dyn')
    expect(compileExpression('status > 1').type).toBe('bool')
  })
})

test.each(['reply.matches("^(a+)+$")', '[reply].exists(r, r.matches("^(a+)+$"))', 'reply.matches(pattern)'])(
  '%s takes linear time',
  (source) => {
    const spent = costMeter()
    expect(compileExpression(source).test({ reply: `${'a'.repeat(50_000)}!`, pattern: '(x+x+)+y|^(a|aa)+$' })).toBe(false)
    expect(spent()).toBeLessThan(2000)
  },
)

test.each([
  ['1/0 == 1', 1],
  ['x == 1 && 1/0 == 1', 11],
  ['(1 + 2) / 0 > x', 2],
  ['x > 2 * (1 / 0)', 10],
  ['int("abc") == x', 1],
  ['[1, 2][5] == x', 1],
  ['duration("1x") < duration("1s") || x', 1],
  ['[1].exists(x, x / 0 == 1)', 15],
])('what can only fail is refused before the run: %s', (source, column) => {
  expect(() => compileExpression(source)).toThrow(expect.objectContaining({ name: 'ExpressionError', column }))
})

test.each(['x / y == 1', 'type(x) == int', '"a".matches("(a+)+$") && x', '[1, 2].exists(y, y == x)', 'size("a(") == 2 && x'])(
  'what may be true is not: %s',
  (source) => expect(compileExpression(source).source).toBe(source),
)
