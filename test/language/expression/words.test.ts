import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../../src/language/expression/expression.ts'
import { failure } from './scope.ts'

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
