/** Markup, which escapes what is put into it. */
import { describe, expect, test } from 'vitest'
import { cutText, markup, oneLine } from '../../../../src/report/html/page/markup.ts'

describe('markup', () => {
  test.each([
    ['<b>&"\'', '&lt;b&gt;&amp;&quot;&#39;'],
    ['a\x1b[2J\u202eb', 'a\\u{1b}[2J\\u{202e}b'],
    ['\ud800', '\\u{d800}'],
  ])('text %j', (text, escaped) => {
    expect(markup`<i title="${text}">${text}</i>`.html).toBe(`<i title="${escaped}">${escaped}</i>`)
  })

  test('pieces and lists of them stay as they are; nothing stands for what is missing', () => {
    expect(markup`<ul>${['a', 'b'].map((text) => markup`<li>${text}</li>`)}${undefined}${false}${7}</ul>`.html).toBe(
      '<ul><li>a</li><li>b</li>7</ul>',
    )
  })

  test('texts are cut, and brought on one line', () => {
    expect(oneLine(' a\n b\tc ')).toBe('a b c')
    expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(cutText('a\r\nb\x1b', 100)).toBe('a\nb\\u{1b}')
  })
})
