import { describe, expect, test } from 'vitest'
import { EXIT, type ExitCode, type Failure, kindsOfFailure, readErrorText, ScenarioError, worstExit } from '../src/errors.ts'

describe('worstExit', () => {
  test.each<[ExitCode[], ExitCode]>([
    [[], 0],
    [[0, 1], 1],
    [[1, 4], 4],
    [[4, 3], 3],
    [[3, 6], 6],
    [[6, 7], 7],
    [[7, 5], 5],
    [[5, 2], 2],
    [[2, 143], 143],
    [[143, 130, 0], 130],
  ])('of %j is %i', (codes, worst) => {
    expect(worstExit(codes)).toBe(worst)
    expect(worstExit(codes.toReversed())).toBe(worst)
  })

  test('knows every exit code', () => {
    for (const code of Object.values(EXIT)) expect(worstExit([code])).toBe(code)
  })
})

test('a scenario error says all of its problems, each with its place', () => {
  const problem = { code: 'E_X', severity: 'error', file: 'a.yaml', endColumn: 4, path: '', frame: '' } as const
  const error = new ScenarioError([
    { ...problem, line: 2, column: 3, message: 'one' },
    { ...problem, line: 5, column: 1, message: 'two' },
  ])
  expect(error.message).toBe('a.yaml:2:3: one\na.yaml:5:1: two')
})

test.each([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a directory'],
  ['EIO', 'EIO: i/o error'],
])('%s reads "%s"', (code, text) => {
  expect(readErrorText(Object.assign(new Error('EIO: i/o error'), { code }))).toBe(text)
})

describe('kinds of failures', () => {
  const of = (name: string): Failure => ({ class: name, phase: 'headers', message: '' })
  test.each([
    ['timeout_headers', ['timeout']],
    ['connect_timeout', ['timeout']],
    ['auth_failed', ['auth']],
    ['rate_limited', ['rate_limit', 'status']],
    ['refused', ['refused']],
    ['http_status', ['status']],
    ['refused_stream', []],
    ['reset', []],
  ])('%s: %j', (name, kinds) => expect(kindsOfFailure(of(name))).toEqual(kinds))

  test('those of the protocol come with them', () => {
    expect(kindsOfFailure(of('grpc_16'), () => ['auth'])).toEqual(['auth'])
    expect(kindsOfFailure(of('rate_limited'), () => ['refused'])).toEqual(['rate_limit', 'status', 'refused'])
  })
})
