/** Secrets in files of one folder, and of no other. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SecretFiles } from '../../../src/scenario/read/secret-files.ts'

/** A folder with secrets, beside a file that is none of them. */
function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const root = mkdtempSync(join(tmpdir(), 'burn-secret-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'secrets')
  mkdirSync(folder)
  writeFileSync(join(root, 'other'), 'of somebody else')
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const secretOf = (found: ReturnType<SecretFiles['read']>) => ('value' in found ? found.value : undefined)
const missing = (found: ReturnType<SecretFiles['read']>) => ('isMissing' in found ? found.isMissing : undefined)

test('one line break at the end is not part of a secret, and all else is', () => {
  const secrets = new SecretFiles(folderWith({ unix: 'a b\n', windows: 'a b\r\n', two: 'a\n\n', none: ' a ' }))
  expect(['unix', 'windows', 'two', 'none'].map((name) => secretOf(secrets.read(name)))).toEqual(['a b', 'a b', 'a\n', ' a '])
})

test('a default stands in for a secret that is missing or empty, and for nothing that is wrong', () => {
  const secrets = new SecretFiles(
    folderWith({ empty: '\n', binary: Buffer.from([0xff]), nul: 'a\0b', large: 'x'.repeat(64 * 1024 + 1) }),
  )
  expect(['empty', 'absent'].map((name) => missing(secrets.read(name)))).toEqual([true, true])
  expect(['binary', 'nul', 'large', '.'].map((name) => missing(secrets.read(name)))).toEqual([false, false, false, false])
})

test('no path and no link leads out of the folder; a link within it does lead somewhere', () => {
  const folder = folderWith({ key: 'k' })
  symlinkSync(join(folder, '..', 'other'), join(folder, 'link'))
  symlinkSync('key', join(folder, 'alias'))
  const secrets = new SecretFiles(folder)
  for (const name of ['../other', 'link', join(folder, '..', 'other')]) expect(missing(secrets.read(name)), name).toBe(false)
  expect(secretOf(secrets.read('alias'))).toBe('k')
})

test('a file is read once, so that a run has one secret', () => {
  const folder = folderWith({ key: 'before' })
  const secrets = new SecretFiles(folder)
  secrets.read('key')
  writeFileSync(join(folder, 'key'), 'after')
  expect(secretOf(secrets.read('key'))).toBe('before')
})
