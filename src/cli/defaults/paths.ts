/**
 * Resolves and checks the paths in a configuration file. They start at its folder and must lie in it, because somebody other than the user may have
 * written the file.
 */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { liesIn } from '../../confined.ts'
import { E_FILE } from '../../scenario/problems/files/E_FILE.ts'
import { DEFAULT_SECRETS_DIR } from '../../scenario/read/secret-files.ts'
import type { Finding } from '../../scenario/read/source/finding.ts'
import type { Config } from './schema.ts'

/** Converts a path in a configuration file, which is relative to that file's `folder`, to a path relative to the working directory. */
export const pathIn = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path))

const FLAGS = { prices: '--prices', varsFile: '--vars-file', secretsDir: '--secrets-dir' } as const

/**
 * Returns an error for each path in the configuration file `file` that leads out of that file's folder. Such paths are refused, because somebody
 * other than the user may have written the file.
 */
export function strangePaths(config: Config, file: string): Finding[] {
  const folder = dirname(file)
  return (['prices', 'varsFile', 'secretsDir'] as const).flatMap((key) => {
    const value = config[key]
    const isList = Array.isArray(value)
    return [value ?? []].flat().flatMap((path, index): Finding[] => {
      if (lies(folder, path) || (key === 'secretsDir' && isWithin(DEFAULT_SECRETS_DIR, path))) return []
      const message = `${path} lies outside of the folder of the configuration`
      const wording = E_FILE.refused({ message, hint: `that is for whoever runs burn to say: ${FLAGS[key]} ${path}` })
      return [{ ...wording, path: isList ? [key, index] : [key], mark: 'value' }]
    })
  })
}

/**
 * Returns an error for each file that the configuration file `file` names and that does not exist. Only `burn validate` uses this; a run notices a
 * missing file when it reads it.
 */
export function missingFiles(config: Config, file: string): Finding[] {
  const folder = dirname(file)
  return (['prices', 'varsFile'] as const).flatMap((key) => {
    const value = config[key]
    return [value ?? []].flat().flatMap((path, index): Finding[] => {
      if (existsSync(pathIn(folder, path))) return []
      const wording = E_FILE.missing(path, 'is not there', folder === '.' ? 'the folder of the configuration' : folder)
      return [{ ...wording, path: Array.isArray(value) ? [key, index] : [key], mark: 'value' }]
    })
  })
}

/** True when a path lies in the folder after all links are resolved. For a path that does not exist, only its text is compared. */
function lies(folder: string, path: string): boolean {
  const whole = pathIn(folder, path)
  return existsSync(whole) ? isWithin(realpathSync(folder), realpathSync(whole)) : isWithin(folder, whole)
}

const isWithin = (folder: string, path: string) => relative(folder, path) === '' || liesIn(folder, path)
