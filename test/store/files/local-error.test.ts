import { expect, test } from 'vitest'
import { LocalError } from '../../../src/errors.ts'
import { codeOf, isDiskFull, localError } from '../../../src/store/files/local-error.ts'

const system = (code: string, message: string) => Object.assign(new Error(message), { code })

test('says what was tried in place of what Node did', () => {
  const made = localError('cannot write a.json', system('ENOSPC', "ENOSPC: no space left on device, open '/tmp/a.json.123'"))
  expect(made).toMatchObject({
    message: 'cannot write a.json: ENOSPC: no space left on device',
    hint: expect.stringContaining('free some space'),
  })
  expect(localError('x', made)).toBe(made)
  expect(localError('cannot read', 'odd').message).toBe('cannot read: odd')
  expect(localError('w', new Error("plain, open 'x'")).message).toBe("w: plain, open 'x'")
})

test('a full disk is one, whoever says so', () => {
  const full = system('ENOSPC', 'm')
  expect([full, localError('w', full), system('EDQUOT', 'm')].map(isDiskFull)).toEqual([true, true, true])
  expect([system('EIO', 'm'), new LocalError('m'), 'ENOSPC', undefined].map(isDiskFull)).toEqual([false, false, false, false])
})

test('codes are texts', () =>
  expect([codeOf(system('EIO', '')), codeOf(Object.assign(new Error(), { code: 5 })), codeOf(null)]).toEqual(['EIO', '', '']))
