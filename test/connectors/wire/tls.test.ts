import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tlsConnectOptions, tlsSchema } from '../../../src/connectors/wire/tls.ts'
import { LocalError } from '../../../src/errors.ts'

const dir = mkdtempSync(join(tmpdir(), 'burn-tls-'))
writeFileSync(join(dir, 'ca.pem'), 'CA')
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('files are read from the folder of the scenario, and what is not asked for is not set', () => {
  expect(tlsConnectOptions({}, dir)).toEqual({ rejectUnauthorized: true })
  expect(tlsConnectOptions({ ca: 'ca.pem', servername: 'h', minVersion: 'TLSv1.3', insecure: true }, dir)).toEqual({
    ca: Buffer.from('CA'),
    servername: 'h',
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  })
})

test('the newest version is not below the oldest', () => {
  expect(tlsSchema.safeParse({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }).error?.issues[0]).toMatchObject({
    path: ['maxVersion'],
    message: 'must not be below `minVersion`',
  })
  for (const one of [{ minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }])
    expect(tlsSchema.safeParse(one).success).toBe(true)
})

test('a key is read from the file of its certificate, unless it has one of its own', () => {
  expect(tlsConnectOptions({ cert: 'ca.pem' }, dir)).toMatchObject({ cert: Buffer.from('CA'), key: Buffer.from('CA') })
  expect(tlsSchema.safeParse({ key: 'k.pem' }).error?.issues[0]).toMatchObject({ path: ['key'] })
})

test('a file that is not there is told with its key', () => {
  expect(() => tlsConnectOptions({ key: 'none.pem' }, dir)).toThrow(LocalError)
  expect(() => tlsConnectOptions({ key: 'none.pem' }, dir)).toThrow('tls.key: cannot read none.pem')
})
