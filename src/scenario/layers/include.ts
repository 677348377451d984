/** Reads the files that a scenario names under `include:`. They must be in the scenario's folder or below it, also after links are followed. */
import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { liesIn } from '../../confined.ts'
import { type Problem, ScenarioError } from '../../errors.ts'
import { E_INCLUDE } from '../problems/files/E_INCLUDE.ts'
import { type Parsed, type ParseOptions, parseScenario } from '../read/read.ts'
import { readSource } from '../read/source-file.ts'
import { listAt } from '../schema/written-steps.ts'

/** Largest depth to which included files may include others. */
const MAX_DEPTH = 5
/** The largest number of files that one scenario includes, directly or not. */
const MAX_FILES = 20

/** One of the files that make up a scenario (the scenario's own file, or a file that it includes), with its parsed data. */
export interface ScenarioFile {
  /** The file's name as the user gave it, or as the including file gives it. */
  readonly name: string
  readonly parsed: Parsed
}

/** All files that make up a scenario, and the problems found while they were read. Later files override earlier ones; the scenario itself is last. */
export interface ScenarioFiles {
  readonly files: readonly ScenarioFile[]
  readonly problems: readonly Problem[]
}

/** Returns the real path of a file, with links followed; undefined when it does not exist. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

class Collector {
  readonly files: ScenarioFile[] = []
  readonly problems: Problem[] = []
  private readonly folder: string
  private readonly options: ParseOptions
  private count = 0

  constructor(folder: string, options: ParseOptions) {
    this.folder = folder
    this.options = options
  }

  /** Adds the files that `file` includes, then `file` itself. `open` has the real paths of `file` and of its includers. */
  add(file: ScenarioFile, path: string, open: readonly string[]): void {
    for (const [index, item] of listAt(file.parsed.value, ['include']).entries()) {
      if (typeof item !== 'string') continue
      const reason = this.include(item, path, open)
      if (reason === undefined) continue
      const { locate } = file.parsed
      const at = ['include', index]
      this.problems.push(locate.problem({ ...E_INCLUDE.refused(item, reason), path: at }, locate.value(at)))
    }
    this.files.push(file)
  }

  /** Includes a file. Returns why it cannot be included; undefined when it was. */
  private include(item: string, from: string, open: readonly string[]): string | undefined {
    if (isAbsolute(item)) return 'the path must be relative to this file'
    const path = resolve(dirname(from), item)
    const real = realOf(path)
    if (real === undefined) return 'there is no such file'
    if (open.includes(real)) return 'it includes this file: a circle'
    if (!liesIn(this.folder, real)) return 'it lies outside of the folder of the scenario'
    if (open.length > MAX_DEPTH) return `includes are nested deeper than ${MAX_DEPTH}`
    this.count += 1
    if (this.count > MAX_FILES) return `more than ${MAX_FILES} files`
    return this.read(item, path, real, open)
  }

  private read(item: string, path: string, real: string, open: readonly string[]): string | undefined {
    try {
      const { text } = readSource(path)
      const parsed = parseScenario(text, relative('.', path), this.options)
      this.problems.push(...parsed.problems)
      this.add({ name: item, parsed }, path, [...open, real])
      return undefined
    } catch (error) {
      if (error instanceof ScenarioError) return error.problems[0]?.message ?? error.message
      throw error
    }
  }
}

/**
 * Parses a scenario and the files that it includes; never throws because of what they contain. For a scenario from standard input, paths start at the
 * working directory.
 */
export function collectFiles(text: string, file: string, options: ParseOptions): ScenarioFiles {
  const parsed = parseScenario(text, file, options)
  const path = resolve(file.startsWith('<') ? 'scenario' : file)
  const collector = new Collector(realOf(dirname(path)) ?? dirname(path), options)
  collector.add({ name: file, parsed }, path, [realOf(path) ?? path])
  return { files: collector.files, problems: [...parsed.problems, ...collector.problems] }
}
