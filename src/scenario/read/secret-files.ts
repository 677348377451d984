/** Reads `${file.NAME}`: secrets in files, as Docker and Kubernetes put them into a container. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { liesIn } from '../../confined.ts'
import { readErrorText } from '../../errors.ts'
import { E_SECRET_FILE } from '../problems/environment/E_SECRET_FILE.ts'
import type { Wording } from './source/finding.ts'

/** The folder from which secrets (`${file.NAME}`) are read unless another is set. Docker puts secrets there. */
export const DEFAULT_SECRETS_DIR = '/run/secrets'
const MAX_BYTES = 64 * 1024

/** A secret that was read, or why it could not be. `isMissing` is true for a missing or empty file, for which a default is used. */
type SecretFile = { readonly value: string } | { readonly wording: Wording; readonly isMissing: boolean }

/**
 * Reads secrets by name from the files of one folder. Links are followed (Kubernetes mounts secrets as links), but never out of the folder, so that a
 * scenario cannot read other files. A line break at the end of a file is not part of the secret.
 */
export class SecretFiles {
  private readonly folder: string
  private readonly secrets = new Map<string, SecretFile>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** Returns the secret with this name; never throws. Each file is read once. */
  read(name: string): SecretFile {
    const known = this.secrets.get(name) ?? this.readNow(name)
    this.secrets.set(name, known)
    return known
  }

  private readNow(name: string): SecretFile {
    try {
      const path = realpathSync(resolve(this.folder, name))
      if (!liesIn(realpathSync(this.folder), path)) return refused(E_SECRET_FILE.outside(name, this.folder))
      const found = statSync(path)
      if (!found.isFile()) return refused(E_SECRET_FILE.noFile(name, this.folder))
      if (found.size > MAX_BYTES) return refused(E_SECRET_FILE.tooLarge(name, MAX_BYTES))
      return secretIn(readFileSync(path), name)
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      return { wording: E_SECRET_FILE.unreadable(name, this.folder, readErrorText(error)), isMissing }
    }
  }
}

const refused = (wording: Wording): SecretFile => ({ wording, isMissing: false })

function secretIn(bytes: Buffer, name: string): SecretFile {
  try {
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '')
    if (value === '') return { wording: E_SECRET_FILE.empty(name), isMissing: true }
    return value.includes('\0') ? refused(E_SECRET_FILE.noText(name)) : { value }
  } catch {
    return refused(E_SECRET_FILE.noText(name))
  }
}
