import { expect, test } from 'vitest'
import { curlUrls, withScheme } from '../../../../src/templates/imports/curl/url.ts'

test.each([
  ['h/a', 'http://h/a'],
  ['h:80', 'http://h:80'],
  ['HTTPS://h', 'HTTPS://h'],
  ['ws+unix://h', 'ws+unix://h'],
])('%s is %s', (url, whole) => expect(withScheme(url)).toBe(whole))

test.each<[string, string[]]>([
  ['http://h/{a,b}/[1-2]', ['http://h/a/1', 'http://h/a/2', 'http://h/b/1', 'http://h/b/2']],
  ['http://h/[08-10]', ['http://h/08', 'http://h/09', 'http://h/10']],
  ['http://h/[1-9:4]', ['http://h/1', 'http://h/5', 'http://h/9']],
  ['http://h/[a-e:2]', ['http://h/a', 'http://h/c', 'http://h/e']],
  ['http://h/{{id}}', ['http://h/{{id}}']],
  ['http://[::1]/a', ['http://[::1]/a']],
])('%s', (url, urls) => expect(curlUrls(url, false, [])).toEqual(urls))

test('--globoff takes it as it is; too many are cut and told', () => {
  expect(curlUrls('http://h/{a,b}', true, [])).toEqual(['http://h/{a,b}'])
  const notes: string[] = []
  expect(curlUrls('http://h/[1-999999999]', false, notes)).toHaveLength(100)
  expect(notes).toEqual(['http://h/[1-999999999] stands for more than 100 addresses: only the first 100 are steps'])
})
