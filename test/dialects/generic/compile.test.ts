import { expect, test } from 'vitest'
import { compileResponse } from '../../../src/dialects/generic/compile.ts'
import { readPath } from '../../../src/dialects/parts/path.ts'

test('a mapping is compiled once, and another object anew', () => {
  const mapping = { text: '$.reply' }
  expect(compileResponse(mapping)).toBe(compileResponse(mapping))
  expect(compileResponse({ ...mapping })).not.toBe(compileResponse(mapping))
  expect(compileResponse()).toBe(compileResponse())
})

test('without a mapping the error alone has a place', () => {
  const bare = compileResponse()
  expect(readPath(bare.error, { error: 'e' })).toBe('e')
  expect(bare).toMatchObject({ text: undefined, namesError: false, hasEnd: false, needsEnd: false, isHtml: false })
})

test.each([
  [{ end: { event: 'done' } }, { hasEnd: true, needsEnd: true, endEvent: 'done' }],
  [{ end: { path: '$.last', equals: true } }, { hasEnd: true, needsEnd: true, endEquals: true }],
  [{ end: { after: 'close' } }, { hasEnd: false, needsEnd: true }],
  [
    { error: '$.fault', transform: 'html' },
    { namesError: true, isHtml: true },
  ],
])('%j', (mapping, expected) => expect(compileResponse(mapping as object)).toMatchObject(expected))
