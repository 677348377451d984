import { expect, test } from 'vitest'
import { transforms } from '../../../src/dialects/generic/transform.ts'
import { costMeter } from '../../support/cost.ts'

test.each([
  ['html', '<h1>A &amp; B</h1><script>x()</script><p>1 &lt; 2 &#233;</p>', 'A & B 1 < 2 é'],
  ['html', 'a < b and c > d', 'a < b and c > d'],
  ['html', '<script>never closed', ''],
  ['markdown', '## Title\n- one\n- **two**\n> quote\n\nsnake_case 2 * 3', 'Title\none\ntwo\nquote\n\nsnake_case 2 * 3'],
  ['none', '<b>', '<b>'],
] as const)('transform %s: %j', (name, text, expected) => {
  expect(transforms[name](text)).toBe(expected)
})

test('stripping hostile markup takes linear time', () => {
  const spent = costMeter()
  for (const text of [
    '<script'.repeat(100_000),
    '<'.repeat(500_000),
    '['.repeat(500_000),
    '**'.repeat(300_000),
    '[a]('.repeat(100_000),
  ]) {
    transforms.html(text)
    transforms.markdown(text)
  }
  expect(spent()).toBeLessThan(3000)
})
