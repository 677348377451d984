import { Command } from 'commander'
import { expect, test } from 'vitest'
import type { RunFlags } from '../../../src/cli/load/run-flags.ts'
import { isAddress, subjectOf } from '../../../src/cli/load/subject.ts'

const of = (files: string[], flags: object = {}, argv: string[] = []) => {
  const command = new Command().option('-e, --endpoint <url>').parse(argv, { from: 'user' })
  return subjectOf(files, flags as RunFlags, command)
}

test.each([
  ['https://h/a', true],
  ['mock:', true],
  ['MQTT://h', true],
  ['a.yaml', false],
  ['c:/a.yaml', false],
  ['mock.yaml', false],
])('%s is an address: %s', (word, is) => expect(isAddress(word)).toBe(is))

test('files are files, an address is -e', () => {
  expect(of(['a.yaml'], { scenario: ['b.yaml'] }).files).toEqual(['a.yaml', 'b.yaml'])
  expect(of(['http://h'], { model: 'm' })).toEqual({ files: [], flags: { model: 'm', endpoint: 'http://h' } })
})

test('an address stands alone', () => {
  expect(() => of(['http://h', 'a.yaml'])).toThrow('http://h is an address, and 1 more name is given')
  expect(() => of(['http://h', 'a.yaml', 'b.yaml'])).toThrow('2 more names are given')
  expect(() => of(['http://h'], { endpoint: 'http://g' }, ['-e', 'http://g'])).toThrow(
    'two addresses: http://h, and http://g after -e',
  )
})
