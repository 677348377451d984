import { expect, test } from 'vitest'
import { codeFrame } from '../../../../src/scenario/read/source/frame.ts'

test('a frame has the line above, the line, and a caret under the place', () => {
  expect(codeFrame({ line: 10, text: '  mesage: hi', above: 'steps:', from: 2, to: 8 })).toBe(
    ' 9 | steps:\n10 |   mesage: hi\n   |   ^^^^^^',
  )
})

test('the caret stands below wide characters, tabs and escaped ones', () => {
  expect(codeFrame({ line: 1, text: '\t日本x', above: undefined, from: 3, to: 4 })).toBe('1 |   日本x\n  |       ^')
  expect(codeFrame({ line: 1, text: '\u001bx', above: undefined, from: 1, to: 2 })).toBe('1 | \\u{1b}x\n  |       ^')
})

test('a long line is cut around the place', () => {
  const frame = codeFrame({
    line: 1,
    text: `${'a'.repeat(500)}HERE${'b'.repeat(500)}`,
    above: 'c'.repeat(500),
    from: 500,
    to: 504,
  })
  const [above = '', line = '', caret = ''] = frame.split('\n')
  expect(above.length).toBeLessThan(130)
  expect(line.length).toBeLessThan(130)
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('HERE')
})
