import { describe, expect, test } from 'vitest'
import { fencedIn, htmlProblem, xmlProblem } from '../../src/text-metrics/markup.ts'
import { costMeter } from '../support/cost.ts'

describe('XML', () => {
  test.each([
    '<a/>',
    '<a></a>',
    ' <?xml version="1.0"?>\n<!DOCTYPE a [ <!ELEMENT a ANY> ]>\n<!-- note --><a b="1" c=\'"\'>x &amp; &#65; <![CDATA[ < & ]]><d:e/></a>\n',
    '<größe ü="ö">ä</größe>',
    '<a\n b = "1"\n>text ] > \' "</a >',
  ])('%s', (text) => {
    expect(xmlProblem(text)).toBeUndefined()
  })

  test.each([
    ['', 'no element'],
    ['hello', 'text outside of the element, at character 1'],
    ['<a/>hello', 'text outside of the element, at character 5'],
    ['<a>', '<a> is not closed'],
    ['<a><b></a></b>', '</a> closes another element'],
    ['</a>', '</a> closes another element'],
    ['<a/><b/>', 'a second element <b> beside the first'],
    ['<a b="1" b="2"/>', '<a> has an attribute twice'],
    ['<a b=1/>', 'no XML at character 1'],
    ['<a b/>', 'no XML at character 1'],
    ['<a>&nbsp;</a>', 'no XML at character 4'],
    ['<a>&</a>', 'no XML at character 4'],
    ['<a>< b</a>', 'no XML at character 4'],
    ['<a b="<"/>', 'no XML at character 1'],
    ['<a><!-- -- --></a>', 'no XML at character 4'],
    ['<a', 'no XML at character 1'],
  ])('%j: %s', (text, problem) => {
    expect(xmlProblem(text)).toBe(problem)
  })
})

describe('HTML', () => {
  test.each(
    [
      '<p>Hello',
      '<!DOCTYPE html>\n<html><head><title>a < b</title><meta charset=utf-8></head><body><p>One<p>Two<br></body></html>',
      '<ul><li>One<li>Two</ul>',
      '<DIV class="a>b">x</div>',
      '<table><tr><td>1<td>2<tr><td>3</table>',
      '<my-element>x</my-element>',
      '<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>',
      '<script>if (a < b) { c("</p>") }</script>',
      '<p>a</p><!-- done -->',
    ].map((text) => [text.endsWith('>') ? text : `${text}</p>`]),
  )('%s', (text) => {
    expect(htmlProblem(text)).toBeUndefined()
  })

  test.each([
    ['', 'it does not begin with a tag'],
    ['Hello <b>you</b>', 'it does not begin with a tag'],
    ['<p>Hello', 'it does not end with a tag'],
    ['<div><span></div>', '</div> closes <span>'],
    ['<div>', '<div> is not closed'],
    ['</div>', 'it does not begin with a tag'],
    ['<p></div>', '</div> closes nothing'],
    ['<reply>a</reply>', 'there is no element <reply>'],
    ['<!-- only a note -->', 'no element'],
    ['<3 you>', 'it does not begin with a tag'],
  ])('%j: %s', (text, problem) => {
    expect(htmlProblem(text)).toBe(problem)
  })
})

test('blocks of code with a language', () => {
  expect(fencedIn('a\n```XML\n<a/>\n```\nb\n```\n<b/>\n```\n', 'xml')).toEqual(['<a/>\n'])
})

test('hostile texts cost little', () => {
  const spent = costMeter()
  const n = 100_000
  for (const text of [
    '<a '.repeat(n),
    `<a${' '.repeat(n)}`,
    `<a>${'<!--'.repeat(n)}`,
    '<a>'.repeat(n),
    `<a b="${'x'.repeat(n)}`,
    `<p ${'"'.repeat(n)}`,
    '<script>'.repeat(n / 10),
    '&'.repeat(n),
    '```xml\n'.repeat(n / 10),
  ]) {
    xmlProblem(text)
    htmlProblem(`${text}>`)
    fencedIn(text, 'xml')
  }
  expect(spent()).toBeLessThan(3000)
})
