import { expect, test } from 'vitest'
import { compileExpression } from '../../../src/language/expression/expression.ts'

test.each([
  ['status == 200 && reply.text.contains(needle)', ['status', 'reply', 'needle']],
  ['xs.exists(x, x > limit)', ['xs', 'limit']],
  ['cel.bind(t, a.b, t + c)', ['a', 'c']],
  ['has(a.b) ? [b, {"k": c}][0] : -d', ['a', 'b', 'c', 'd']],
  ['type(a) == string && !b[c].d', ['a', 'b', 'c']],
  ['true', []],
])('%s reads %j', (source, expected) => expect(compileExpression(source).variables).toEqual(expected))

test.each([
  ['reply.json.items[0].b', [['reply', 'json', 'items']]],
  ['has(reply.jsn) && user["nam"] == x.size()', [['reply', 'jsn'], ['user', 'nam'], ['x']]],
  ['xs.exists(x, x.y == a.b)', [['xs'], ['a', 'b']]],
])('%s reads the members %j', (source, expected) =>
  expect(compileExpression(source).uses.map(({ name, rest }) => [name, ...rest])).toEqual(expected),
)
