import { expect, test } from 'vitest'
import { parseScenario } from '../../../../src/scenario/read/read.ts'
import { childOf, nodeAt, pathText, type SourceNode } from '../../../../src/scenario/read/source/source.ts'

const scalar = (value: string): SourceNode => ({
  kind: 'scalar',
  style: 'plain',
  written: value,
  value,
  replacements: [],
  start: 0,
  end: 1,
})
const list: SourceNode = { kind: 'list', items: [scalar('a'), scalar('b')], start: 0, end: 1 }
const root: SourceNode = {
  kind: 'map',
  entries: new Map([
    ['l', { key: { start: 0, end: 1 }, node: list }],
    ['1', { key: { start: 0, end: 1 }, node: scalar('one') }],
  ]),
  start: 0,
  end: 1,
}

test('a path leads from node to node, or nowhere', () => {
  expect(nodeAt(root, ['l', 1])).toMatchObject({ value: 'b' })
  expect(nodeAt(root, [])).toBe(root)
  expect([nodeAt(root, ['l', 2]), nodeAt(root, ['x', 'y']), nodeAt(root, ['l', 0, 'x']), nodeAt(undefined, ['l'])]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('keys of maps may look like numbers, indexes of lists are numbers', () => {
  expect(childOf(root, 1)).toMatchObject({ value: 'one' })
  expect(childOf(list, '0')).toBeUndefined()
  expect(childOf(root, 'constructor')).toBeUndefined()
})

test('as text', () => {
  expect([pathText([]), pathText(['steps', 0, 'message'])]).toEqual(['', 'steps.0.message'])
  expect(parseScenario('a: [ 1 ]', 'a.yaml').value).toEqual({ a: [1] })
})
