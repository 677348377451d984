/** Writes the new files of a command: all of them or none. Existing files are overwritten only when the user asks for it. */
import { existsSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { Text } from '../../store/files/atomic.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { localError } from '../../store/files/local-error.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import type { FileFormat } from '../../templates/emit.ts'
import type { TargetChoice } from '../../templates/target-block.ts'

/** The values of the flags of `burn generate`. */
export interface GenerateFlags extends TargetChoice {
  readonly type?: string
  readonly workload?: string
  readonly output?: string
  readonly format?: string
  readonly force?: boolean
  readonly list?: boolean
  readonly ci?: string
  /** The source from which a CI pipeline installs burn with npm: a package, a tarball or a git address. */
  readonly source?: string
  readonly from?: string
  readonly yes?: boolean
  /** The file in which the wizard saves its answers. */
  readonly answers?: string
}

/** The values of the flags of `burn convert`. */
export interface ConvertFlags {
  /** Output file or folder; `-` or undefined for standard output. */
  readonly output?: string
  readonly format?: string
  readonly from?: string
  /** How many sessions start per second, for a trace without times. */
  readonly rate?: string
  readonly force?: boolean
}

/** A file that burn is to write: its path and its text. */
export interface NewFile<T extends Text = string> {
  readonly path: string
  readonly text: T
}

const EXTENSIONS = new Set(['.yaml', '.yml', '.json'])

/**
 * Returns the format in which a scenario file is written. A flag may name it; otherwise it is JSON for an output path that ends in .json, else YAML.
 */
export function formatOf(format: string | undefined, output: string | undefined): FileFormat {
  if (format === 'yaml' || format === 'json') return format
  return output !== undefined && extname(output).toLowerCase() === '.json' ? 'json' : 'yaml'
}

/** True when an output path names a file: it ends in .yaml, .yml or .json and is not an existing folder. */
export function isFilePath(output: string): boolean {
  return EXTENSIONS.has(extname(output).toLowerCase()) && !isFolder(output)
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/**
 * Returns the path to which the scenario called `name` is written: `output` itself if it is the path of a scenario file, else a file in the folder
 * `output`.
 * @throws UsageError when `output` is another kind of file
 */
export function pathFor(output: string, name: string, format: FileFormat): string {
  if (!isFilePath(output) && existsSync(output) && !isFolder(output))
    throw new UsageError(
      `-o ${output} is a file that is no scenario`,
      'name a folder, or a file that ends with .yaml, .yml or .json',
    )
  return isFilePath(output) ? output : join(output, `${fileName(name)}.${format}`)
}

/** Returns a scenario's name as a file name, without slashes and spaces. */
function fileName(name: string): string {
  return basename(name.trim().replace(/[\s/\\]+/g, '-')) || 'scenario'
}

/**
 * Checks that the file `output` can be written and that its folder exists. When `output` is the path of a folder, nothing is checked, because missing
 * folders are created later.
 * @throws LocalError
 */
export function checkFolderOf(output: string): void {
  if (isFilePath(output)) openOutputs([output])
}

/**
 * Writes files and creates missing folders. When one file cannot be written, the files that this call created are removed. @throws UsageError for a
 * file that exists (unless `force` is set), LocalError when writing fails
 */
export async function writeNewFiles(files: readonly NewFile<Text>[], force: boolean): Promise<void> {
  const there = files.filter(({ path }) => existsSync(path))
  if (there.length > 0 && !force) {
    const names = there.map(({ path }) => path).join(', ')
    throw new UsageError(
      `${names} ${there.length === 1 ? 'is' : 'are'} there already`,
      '--force writes over it; -o chooses another place',
    )
  }
  for (const { path } of files) makeFolder(dirname(path))
  const { write } = openOutputs(files.map(({ path }) => path))
  const written: string[] = []
  try {
    for (const { path, text } of files) {
      await write(path, text)
      if (!there.some((one) => one.path === path)) written.push(path)
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true })
    throw error
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder)
  } catch (error) {
    throw localError(`cannot make the folder ${folder}`, error)
  }
}
