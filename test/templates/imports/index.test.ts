import { describe, expect, test } from 'vitest'
import { convertText } from '../../../src/templates/imports/index.ts'
import type { Data } from '../../../src/templates/template.ts'
import { runPlaced } from '../run-template.ts'
import { convert } from './converted.ts'

test('what was imported runs', async () => {
  const { scenario } = convert(`curl http://h/chat --json '{"message":"Hi"}'\ncurl http://h/health`)
  const { attempts, received } = await runPlaced({ ...scenario, target: { ...(scenario.target as Data), url: 'mock:/' } })
  expect(received).toBe(20)
  expect(attempts.every(({ exchange }) => exchange.status === 200)).toBe(true)
})

describe('the kind of a file', () => {
  test('is found out, or must be named', () => {
    expect(() => convertText('name: x\nfoo: 1\n')).toThrow('kind of the file is not recognised')
    expect(() => convertText('{"a":1}', 'har')).toThrow('this is not har')
    expect(() => convertText('{ "a": ')).toThrow('neither JSON nor YAML')
  })

  test('a list of Stream Testbench scenarios is several', () => {
    const one = { endpoint: 'ws://h/ws', duration_seconds: 5 }
    const all = convertText(
      JSON.stringify([
        { name: 'a', ...one },
        { name: 'b', ...one },
      ]),
    )
    expect(all.map(({ scenario }) => scenario.name)).toEqual(['a', 'b'])
  })
})
