import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { authSchema } from '../../src/auth/index.ts'
import { openTable } from '../../src/data/index.ts'
import { LocalError } from '../../src/errors.ts'
import { json, opened, tokenServer } from './harness.ts'
import { headersOf } from './rows.ts'

function usersFile(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'burn-users-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  writeFileSync(join(dir, 'users.csv'), text)
  return dir
}

const withRows = (text: string) => {
  const baseDir = usersFile(text)
  return { baseDir, openRows: (file: Parameters<typeof openTable>[0]) => openTable(file, { baseDir }) }
}

const rows = (text: string) => withRows(text) as object

test('identities: user and password of the row, without a word', async () => {
  const made = await opened(
    { type: 'identities', file: 'users.csv' },
    rows('username,password\nada,first-word\nbob,second-word\n'),
  )
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
  expect(await headersOf(made, [1, 0, 1])).toEqual([basic('bob:second-word'), basic('ada:first-word'), basic('bob:second-word')])
  expect(made.secrets).toEqual(['second-word', 'first-word'])
  expect(made.source.identity(0)).toEqual({ username: 'ada', password: 'first-word' })
  await expect(made.attempt(2)).rejects.toThrow(LocalError)
  expect(() => made.source.identity(2)).toThrow('users.csv has 2 rows, and there is a user number 3')
})

test('identities: rows may be shared when that is wanted', async () => {
  const made = await opened({ type: 'identities', file: 'users.csv', onEnd: 'wrap' }, rows('username,password\nada,x\nbob,y\n'))
  expect(made.source.identity(5)).toEqual({ username: 'bob', password: 'y' })
})

test('identities: with another scheme inside, each user logs in as its row', async () => {
  const server = await tokenServer((request, response) => json(response, { token: `token-of-${JSON.parse(request.body).name}` }))
  const use = (name: string) => ({ type: 'handshake', request: { url: server.url, json: { name } } })
  const written = { type: 'identities', file: 'users.csv', use: use('{{identity.name}}') }
  const made = await opened(written, rows('name\nada\nbob\n'))
  const block = authSchema.parse(written)
  const user = (id: number) => ({
    id,
    fields: () => ({ ...block, use: authSchema.parse(use(String(made.source.identity(id)?.name))) }),
  })
  for (const [id, name] of ['ada', 'bob', 'ada'].entries()) {
    expect((await made.attempt(user(id % 2))).headers).toEqual({ authorization: `Bearer token-of-${name}` })
  }
  expect(server.seen).toHaveLength(2)
})

test('identities: columns that basic needs must be there', async () => {
  await expect(opened({ type: 'identities', file: 'users.csv' }, rows('username,pass\na,b\n'))).rejects.toThrow(
    'users.csv has no column password',
  )
})
