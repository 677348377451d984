import { expect, test } from 'vitest'
import { sharesRowsAlone } from './done.ts'

const IMPORT = "import { shareOf } from '../support/share.ts'\n"

test.each([
  [true, `${IMPORT}test.each(shareOf([1, 2]))('%i', () => {})\ndescribe.each(\n  shareOf(ROWS),\n)('%s', () => {})`],
  [true, `${IMPORT}test.each(shareOf<Row>([1, 2]))('%i', () => {})`],
  [false, `${IMPORT}const rows = shareOf<Row>([1, 2])`],
  [false, `${IMPORT}test('all', () => { for (const one of shareOf(ROWS)) check(one) })`],
  [false, `${IMPORT}test.each(shareOf(ROWS))('%s', () => {})\nconst others = shareOf(OTHERS)`],
  [false, "import { drawn, shareOf } from '../support/share.ts'\ntest.each(shareOf(ROWS))('%s', () => drawn(100))"],
  [false, "test('no share', () => {})"],
])('rows alone: %s', (expected, text) => expect(sharesRowsAlone(text)).toBe(expected))
