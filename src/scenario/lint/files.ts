/** Checks the files that targets name (certificates, keys, identities, protos), so that a missing file is reported before the run. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { readSigningKey } from '../../auth/jwt.ts'
import { confinedPath } from '../../confined.ts'
import { connectorNamed } from '../../connectors/index.ts'
import { UsageError } from '../../errors.ts'
import { E_FILE } from '../problems/files/E_FILE.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { listAt, mapAt, targetPaths, type WrittenMap } from '../schema/written-steps.ts'
import type { LintSubject } from './subject.ts'

type FileKind = 'file' | 'folder' | 'certificate' | 'private key' | 'signing key'

/** Keys under which every target can name files, with the kind of file expected; protocols have further keys. */
const NAMED: readonly { readonly path: Path; readonly kind: FileKind }[] = [
  { path: ['tls', 'ca'], kind: 'certificate' },
  { path: ['tls', 'cert'], kind: 'certificate' },
  { path: ['tls', 'key'], kind: 'private key' },
  { path: ['auth', 'file'], kind: 'file' },
  { path: ['auth', 'keyFile'], kind: 'signing key' },
  { path: ['auth', 'use', 'keyFile'], kind: 'signing key' },
]

/** Returns the folder at which relative paths in a scenario start: the folder of the scenario file, or the working directory for standard input. */
export function baseDirOf(file: string): string {
  return file.startsWith('<') || file === '-' ? '.' : dirname(file)
}

/**
 * Returns an error for each file or folder, named in a target or under `plugins`, that is missing or of the wrong type, for each certificate or
 * private key that cannot be used, such as a key of another certificate, and for each plugin that is too large or outside of the scenario's folder.
 * Names with templates are not checked.
 */
export function fileFindings({ value, locate }: LintSubject): Finding[] {
  const baseDir = baseDirOf(locate.file)
  const ofTargets = targetPaths(value).flatMap((target) => {
    const findings = targetFindings(value, target, baseDir)
    return findings.length > 0 ? findings : keyFindings(mapAt(value, [...target, 'tls']), [...target, 'tls'], baseDir)
  })
  return [...ofTargets, ...pluginFindings(value, baseDir)]
}

/** The largest file of a plugin, in bytes. */
const MAX_PLUGIN_BYTES = 16 * 1024 * 1024

/** Returns an error for each file under `plugins` that is missing or lies outside of the scenario's folder. Their code is not checked. */
function pluginFindings(value: unknown, baseDir: string): Finding[] {
  return written(value, ['plugins']).flatMap(({ name, path }) => {
    try {
      confinedPath(baseDir, name, MAX_PLUGIN_BYTES)
      return []
    } catch (error) {
      if (error instanceof UsageError) return [{ ...E_FILE.refused(error), path, mark: 'value' as const }]
      throw error
    }
  })
}

/** Matches PEM files with an encrypted key: in the form PKCS #8, and in the older form of OpenSSL. */
const ENCRYPTED = /BEGIN ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m

/** Returns an error when the key of a client certificate cannot be read, or belongs to another certificate. */
function keyFindings({ cert, key = cert, passphrase = '' }: WrittenMap, path: Path, baseDir: string): Finding[] {
  if (typeof cert !== 'string' || typeof key !== 'string' || typeof passphrase !== 'string') return []
  const at = (name: string, message: string, hint: string) => [
    { ...E_FILE.refused({ message, hint }), path: [...path, name], mark: 'value' as const, basis },
  ]
  const basis = ['cert', 'key', 'passphrase'].map((name) => [...path, name])
  const place = key === cert ? 'cert' : 'key'
  let isEncrypted = false
  try {
    const pem = readFileSync(resolve(baseDir, key))
    // The error does not show it: one wrong passphrase in 256 gives something that looks like a key.
    isEncrypted = ENCRYPTED.test(pem.toString('latin1'))
    const privateKey = createPrivateKey({ key: pem, passphrase })
    if (new X509Certificate(readFileSync(resolve(baseDir, cert))).checkPrivateKey(privateKey)) return []
    return at(
      place,
      `the private key in ${key} is not that of the certificate in ${cert}`,
      'name the key that was made with this certificate',
    )
  } catch {
    if (isEncrypted)
      return passphrase === ''
        ? at(place, `the private key in ${key} is encrypted`, 'set tls.passphrase, such as ${env.KEY_PASSPHRASE}')
        : at('passphrase', `this does not open the private key in ${key}`, 'check it with: openssl pkey -noout -in FILE')
    return at(place, `${key} holds no private key that can be read`, 'name the PEM file of the key in tls.key')
  }
}

function targetFindings(value: unknown, target: Path, baseDir: string): Finding[] {
  const ofBlocks = Object.keys(mapAt(value, target)).flatMap((key) =>
    (connectorNamed(key)?.files ?? []).map(({ path, kind }) => ({ path: [key, ...path], kind })),
  )
  return [...NAMED, ...ofBlocks].flatMap(({ path, kind }) =>
    written(value, [...target, ...path]).flatMap(({ name, path: at }) => {
      const wrong = wrongWith(resolve(baseDir, name), kind, mapAt(value, [...target, ...path.slice(0, -1)]))
      if (wrong === undefined) return []
      const folder = isAbsolute(name) ? undefined : resolve(baseDir)
      return [{ ...E_FILE.missing(name, wrong, folder), path: at, mark: 'value' as const }]
    }),
  )
}

/** Returns the file names at a path, where the scenario has one name or a list. A name with a template is left out, because it is not known yet. */
function written(value: unknown, path: Path): { name: string; path: Path }[] {
  const key = path.at(-1) ?? ''
  const one = mapAt(value, path.slice(0, -1))[key]
  const all =
    typeof one === 'string' ? [{ name: one, path }] : listAt(value, path).map((name, i) => ({ name, path: [...path, i] }))
  return all.flatMap(({ name, path: at }) => (typeof name === 'string' && !name.includes('{{') ? [{ name, path: at }] : []))
}

/** Returns what is wrong with a file that a block of the scenario names (`namedIn`); undefined when nothing is. */
function wrongWith(path: string, kind: FileKind, namedIn: { readonly alg?: unknown }): string | undefined {
  try {
    const found = statSync(path)
    if (kind === 'folder') return found.isDirectory() ? undefined : 'is no folder'
    if (found.isFile() && kind === 'signing key') return keyProblem(namedIn.alg, path)
    if (found.isFile() && kind !== 'file') return isPem(path, kind) ? undefined : `holds no ${kind} in PEM form`
    return found.isFile() || found.isFIFO() || found.isCharacterDevice() ? undefined : 'is no file'
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? 'unknown error'})`
  }
}

function keyProblem(alg: unknown, path: string): string | undefined {
  if (alg !== 'RS256' && alg !== 'ES256') return undefined // the schema reports other values
  const read = readSigningKey(alg, readFileSync(path, 'utf8'))
  return typeof read === 'string' ? `cannot sign: ${read}` : undefined
}

/** True when a file contains a PEM block of this kind; a certificate must also be readable. */
function isPem(path: string, kind: string): boolean {
  const text = readFileSync(path, 'latin1')
  if (kind === 'private key') return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)
  try {
    return /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(text) && new X509Certificate(text).subject !== undefined
  } catch {
    return false
  }
}
