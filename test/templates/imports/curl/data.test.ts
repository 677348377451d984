import { expect, test } from 'vitest'
import { curlData } from '../../../../src/templates/imports/curl/data.ts'

const FILES = { input: 'from input', readFile: (path: string) => (path === 'f' ? 'a\r\nb' : undefined) }
const of = (...parts: [name: string, value: string][]) =>
  curlData(parts.map(([name, value]) => ({ name, value })) as Parameters<typeof curlData>[0], FILES)

test.each<[string, [string, string][], string]>([
  [
    'parts are joined',
    [
      ['data', 'a=1'],
      ['data-raw', '@b'],
    ],
    'a=1&@b',
  ],
  [
    'JSON is not',
    [
      ['json', '{"a":'],
      ['json', '1}'],
    ],
    '{"a":1}',
  ],
  ['a file loses its line ends', [['data', '@f']], 'ab'],
  ['a binary one does not', [['data-binary', '@f']], 'a\r\nb'],
  ['standard input', [['data-binary', '@-']], 'from input'],
  ['encoded content', [['data-urlencode', 'a b']], 'a%20b'],
  ['with a name', [['data-urlencode', "q=it's (x)"]], 'q=it%27s%20%28x%29'],
  ['without one', [['data-urlencode', '=a=b']], 'a%3Db'],
  ['of a file', [['data-urlencode', 'q@f']], 'q=a%0D%0Ab'],
])('%s', (_, parts, data) => expect(of(...parts)).toBe(data))

test('a file that is not there is an error that names the option', () => {
  expect(() => of(['data', '@none'])).toThrow('curl: --data @none reads a file')
  expect(() =>
    curlData([{ name: 'data', value: '@-' }] as Parameters<typeof curlData>[0], { input: undefined, readFile: undefined }),
  ).toThrow('reads a file')
})
