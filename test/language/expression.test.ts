import { describe, expect, test } from 'vitest'
import { compileExpression, ExpressionError } from '../../src/language/expression/expression.ts'
import { translateLegacyCondition } from '../../src/language/expression/legacy-condition.ts'
import { costMeter } from '../support/cost.ts'

const scope = {
  status: 200,
  latency: 12.5,
  reply: {
    text: 'Hello "you"\\ ',
    tokens: 42,
    json: { items: [1, 2, { b: 'x' }], none: null },
    get lazy() {
      return 7
    },
  },
  xs: [1, 2, 3],
  words: ['ab', 'cd'],
}

function failure(action: () => unknown): ExpressionError {
  try {
    action()
  } catch (error) {
    if (error instanceof ExpressionError) return error
    throw error
  }
  throw new Error('it did not fail')
}

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

test.each([
  ['status == 200 && reply.text.contains(needle)', ['status', 'reply', 'needle']],
  ['xs.exists(x, x > limit)', ['xs', 'limit']],
  ['cel.bind(t, a.b, t + c)', ['a', 'c']],
  ['has(a.b) ? [b, {"k": c}][0] : -d', ['a', 'b', 'c', 'd']],
  ['type(a) == string && !b[c].d', ['a', 'b', 'c']],
  ['true', []],
])('%s reads %j', (source, expected) => expect(compileExpression(source).variables).toEqual(expected))

describe('words that CEL reserves', () => {
  const reserved = {
    loop: { index: 1, first: false },
    x: 3,
    package: 'p',
    as: [1, 2],
    if: true,
    reply: { text: 'loop', loop: 5 },
  }
  test.each([
    ['loop.index < 2', true],
    ['loop.index + 1', 2],
    ['!loop.first && loop["index"] == 1', true],
    ['has(loop.index) && !has(loop.count)', true],
    ['"loop" == reply.text', true],
    ["reply.text == 'loop'", true],
    ['reply.loop == 5', true],
    ["r\"loop\" + '''it\\'s loop'''", "looploopit's loop".slice(4)],
    ['package == "p" // loop', true],
    ['as.exists(loop, loop > 1)', true],
    ['as.map(x, x + loop.index)', [2, 3]],
    ['as.filter(loop, loop == 1).size()', 1],
    ['cel.bind(let, loop.index, let + 1)', 2],
    ['if ? loop.index : 0', 1],
    ['{"a": loop.index}', { a: 1 }],
    ['[loop][0].index', 1],
    ['l___ == 1 || loop.index == 1', true],
    ['var.x == 3', true],
    ['var . x + var.loop.index', 4],
    ['"var.x" + reply.text', 'var.xloop'],
  ])('%s gives %j', (source, expected) => expect(compileExpression(source).evaluate(reserved)).toEqual(expected))

  test.each([
    ['loop.index < limit', ['loop', 'limit'], [0, 13]],
    ['1 + var.x', ['x'], [8]],
    ['as.exists(loop, loop > if)', ['as', 'if'], [0, 23]],
  ])('%s reads %j at %j', (source, names, offsets) => {
    const { uses } = compileExpression(source)
    expect(uses.map(({ name }) => name)).toEqual(names)
    expect(uses.map(({ offset }) => offset)).toEqual(offsets)
  })

  test.each([
    ['loop.index == 1 && && true', 20, 'unexpected '],
    ['loop.index + "a" + 1 == )', 25, 'unexpected '],
    ['loop(1)', 1, 'Reserved identifier: loop'],
    ['loop == 1 && "a" + 1 == 2', 14, 'no such overload'],
  ])('%s: the fault is where it was written', (source, column, message) => {
    const error = failure(() => compileExpression(source))
    expect(error.message).toContain(message)
    expect(error.column).toBe(column)
  })

  test('a variable that is not there goes by its own name', () => {
    expect(failure(() => compileExpression('loop.index').evaluate({})).message).toBe('Unknown variable: loop')
  })
})

test.each([
  ['reply.json.items[0].b', [['reply', 'json', 'items']]],
  ['has(reply.jsn) && user["nam"] == x.size()', [['reply', 'jsn'], ['user', 'nam'], ['x']]],
  ['xs.exists(x, x.y == a.b)', [['xs'], ['a', 'b']]],
])('%s reads the members %j', (source, expected) =>
  expect(compileExpression(source).uses.map(({ name, rest }) => [name, ...rest])).toEqual(expected),
)

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
    ['1 / 0', 1, 'division by zero'],
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

describe('older conditions', () => {
  test.each([
    ['contains:you', true],
    ['contains: "YOU"\\', true],
    ['contains:y.u', false],
    ['matches:^hello.*\\\\', true],
    ['matches:(yes|no)', false],
    ['length>5', true],
    ['length < 5', false],
  ])('%s', (text, expected) => expect(compileExpression(translateLegacyCondition(text) ?? '').test(scope)).toBe(expected))

  test.each(['', 'contains:', 'reply.text.contains("x")', 'length>x', 'length==3', 'status == 200', 'hello'])(
    '%j is none',
    (text) => expect(translateLegacyCondition(text)).toBeUndefined(),
  )
})
