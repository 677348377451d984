/** Files that a command makes anew: all of them or none, and none in place of one that is there. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { UsageError } from '../../errors.ts'
import { writeAtomically } from '../../store/files/atomic.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { localError } from '../../store/files/local-error.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import type { FileFormat } from '../../templates/emit.ts'
import type { TargetChoice } from '../../templates/target-block.ts'

/** Flags of `burn generate`. */
export interface GenerateFlags extends TargetChoice {
  readonly type?: string
  readonly output?: string
  readonly format?: string
  readonly force?: boolean
  readonly list?: boolean
  readonly ci?: string
  /** What npm installs burn from in a pipeline. */
  readonly source?: string
  readonly from?: string
  readonly yes?: boolean
  /** File with answers of the wizard. */
  readonly answers?: string
}

export interface NewFile {
  readonly path: string
  readonly text: string
}

const EXTENSIONS = new Set(['.yaml', '.yml', '.json'])

/** The format that was asked for, or that the name of the file says. */
export function formatOf(format: string | undefined, output: string | undefined): FileFormat {
  if (format === 'yaml' || format === 'json') return format
  return output !== undefined && extname(output).toLowerCase() === '.json' ? 'json' : 'yaml'
}

/** Whether an output names a file, not a folder: by its ending, unless a folder of that name is there. */
export function isFilePath(output: string): boolean {
  return EXTENSIONS.has(extname(output).toLowerCase()) && !isFolder(output)
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}

/** Where a scenario called `name` goes: the file that was named, or a file in the folder. @throws UsageError when that is no folder */
export function pathFor(output: string, name: string, format: FileFormat): string {
  if (!isFilePath(output) && existsSync(output) && !isFolder(output))
    throw new UsageError(
      `-o ${output} is a file that is no scenario`,
      'name a folder, or a file that ends with .yaml, .yml or .json',
    )
  return isFilePath(output) ? output : join(output, `${fileName(name)}.${format}`)
}

/** A name without what file systems dislike. */
function fileName(name: string): string {
  return basename(name.trim().replace(/[\s/\\]+/g, '-')) || 'scenario'
}

/**
 * The rule for `-o`, here as for reports: a file goes into a folder that is there, a folder that is named is made.
 * @throws LocalError
 */
export function checkFolderOf(output: string): void {
  if (isFilePath(output)) openOutputs([output])
}

/** Writes all files; folders are made as needed. @throws UsageError when one is there already, LocalError when one cannot be written */
export async function writeNewFiles(files: readonly NewFile[], force: boolean): Promise<void> {
  const there = files.filter(({ path }) => existsSync(path))
  if (there.length > 0 && !force) {
    const names = there.map(({ path }) => path).join(', ')
    throw new UsageError(
      `${names} ${there.length === 1 ? 'is' : 'are'} there already`,
      '--force writes over it; -o chooses another place',
    )
  }
  for (const { path, text } of files) {
    makeFolder(dirname(path))
    await writeAtomically(path, text)
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder)
  } catch (error) {
    throw localError(`cannot make the folder ${folder}`, error)
  }
}
