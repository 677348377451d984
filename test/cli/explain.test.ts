/** `burn explain`: the words behind a code or a name that burn prints. */
import { expect, test } from 'vitest'
import { problemCodes } from '../../src/scenario/pages.ts'
import { Home } from './harness.ts'

const explain = (...args: string[]) => new Home().call(['explain', ...args])

test('a code: its page as plain text', async () => {
  const { code, stdout } = await explain('e_url')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^E_URL\n\nAn address cannot be used/)
  expect(stdout).toContain('\nWhat to do: ')
  expect(stdout).toContain(
    '\nBroken:\n\n    target: { url: htp://127.0.0.1/ }\n\nMended:\n\n    target: { url: http://127.0.0.1/ }\n',
  )
  expect(stdout).toMatch(/\nSee also: scenarios\/README\.md#target\n$/)
  expect(stdout).not.toContain('```')
})

test.each([
  ['refused', /^refused: a failure class\n\nnothing listens there/],
  ['ws_close_1006', /^ws_close_1006: a failure class\n\nthe target closed the socket/],
  ['grpc_INTERNAL', /^grpc_INTERNAL: a failure class\n\nthe server, or a proxy before it, failed/],
  ['GRPC_internal', /^grpc_INTERNAL: a failure class/],
  ['insufficient_quota', /^insufficient_quota: a failure class\n\nthe quota/],
  ['not_json', /^not_json: a warning about a reply that did not fail\n\nthe reply says/],
  ['REFUSED', /^refused: a failure class\n\nnothing listens there/],
  ['lag', /^lag: a reason why the numbers of a run are degraded or not valid\n\niterations of an open load started later/],
  ['text_not_found', /^text_not_found: a warning[\s\S]*\n\ntext_not_found: a reason why/],
  ['4', /^4: an exit code\n\nmeasurement not valid/],
  ['143', /^143: an exit code\n\nSIGTERM/],
  ['blocked', /^blocked: a failure class\n\n[\s\S]*\n\nblocked: a warning/],
])('%s: what is known of it in a report', async (name, text) => {
  expect(await explain(name)).toMatchObject({ code: 0, stdout: expect.stringMatching(text) })
})

test('without a name: all of them, a line each', async () => {
  const { code, stdout } = await explain()
  expect(code).toBe(0)
  for (const one of problemCodes()) expect(stdout).toMatch(new RegExp(`^  ${one} +[A-Z\`].*\\.$`, 'm'))
  expect(stdout).toMatch(/^Failure classes:\n {2}dns, refused, .*ws_close_…/m)
  expect(stdout).toMatch(/^Exit codes:\n {2}0, 1, 2, 3, 4, 5, 6, 7, 130, 143$/m)
  expect(stdout).toMatch(/^Reasons .*:\n {2}lag, stall, /m)
  expect(stdout).toMatch(/^Warnings .*:\n {2}bad_utf8, /m)
})

test.each([
  ['E_UNKNWON_KEY', 'did you mean E_UNKNOWN_KEY?'],
  ['connect_timeuot', 'did you mean connect_timeout?'],
  ['8', '`burn explain` lists all of them'],
  ['event_lop', 'did you mean event_loop?'],
  ['toString', '`burn explain` lists all of them'],
  ['something', '`burn explain` lists all of them'],
])('%s: exit 2, with a suggestion', async (name, hint) => {
  const { code, stderr, stdout } = await explain(name)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`there is no problem code, failure class, warning, reason of validity or exit code "${name}"`)
  expect(stderr).toContain(hint)
})
