import { expect, test } from 'vitest'
import { isScram, Scram } from '../../../../src/connectors/mqtt/link/scram.ts'

// The exchanges of RFC 5802, section 5, and RFC 7677, section 3.
test.each([
  [
    'SCRAM-SHA-1',
    'fyko+d2lbbFgONRv9qkxdawL',
    'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  ],
  [
    'SCRAM-SHA-256',
    'rOprNGfwEbeRWgbNEkqO',
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  ],
])('%s by the RFC', async (method, nonce, challenge, answer, proof) => {
  const scram = new Scram(method, 'user', Buffer.from('pencil'), nonce)
  expect(scram.first().toString()).toBe(`n,,n=user,r=${nonce}`)
  expect(scram.isProved(Buffer.from(proof))).toBe(false)
  expect((await scram.answer(Buffer.from(challenge))).toString()).toBe(answer)
  expect(scram.isProved(Buffer.from(proof))).toBe(true)
  expect(scram.isProved(Buffer.from(`${proof.slice(0, -3)}x==`))).toBe(false)
  expect(scram.isProved(Buffer.from('e=invalid-proof'))).toBe(false)
})

test('commas and equal signs of a name are escaped, and each nonce is another', () => {
  const first = () => new Scram('SCRAM-SHA-256', 'a=b,c', Buffer.from('p')).first().toString()
  expect(first()).toMatch(/^n,,n=a=3Db=2Cc,r=[A-Za-z0-9+/]{24}$/)
  expect(first()).not.toBe(first())
})

test.each(['r=other,s=AA==,i=4096', 'r=nonce,s=AA==,i=4096', 'r=nonceX,s=AA==,i=0', 'r=nonceX,s=AA==,i=1000001', ''])(
  'the challenge %j is refused',
  async (challenge) => {
    const scram = new Scram('SCRAM-SHA-1', 'u', Buffer.from('p'), 'nonce')
    await expect(scram.answer(Buffer.from(challenge))).rejects.toThrow(RangeError)
  },
)

test('methods', () => {
  expect(['SCRAM-SHA-512', 'SCRAM-MD5', 'constructor'].map(isScram)).toEqual([true, false, false])
  expect(() => new Scram('PLAIN', 'u', Buffer.from('p'))).toThrow('PLAIN is not a method of SCRAM')
})
