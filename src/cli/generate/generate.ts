import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { EXIT, UsageError } from '../../errors.ts'
import { nearest } from '../../language/suggest.ts'
import { CI_FILES, type CiSystem, ciRecipe, IMAGE_SYSTEMS, SMOKE_FILE, SOURCE_VARIABLE } from '../../templates/ci.ts'
import { type FileFormat, SCHEMA_FILE } from '../../templates/emit.ts'
import { TYPES, templateNamed, templateNames, WORKLOADS } from '../../templates/index.ts'
import { suiteNamed, suiteNames } from '../../templates/suite.ts'
import type { ScenarioTemplate } from '../../templates/template.ts'
import { holdsCredentials } from '../../text/written-secrets.ts'
import {
  checkFolderOf,
  formatOf,
  type GenerateFlags,
  isFilePath,
  type NewFile,
  pathFor,
  writeNewFiles,
} from '../output/new-files.ts'
import { note } from '../output/notes.ts'
import { convertCommand } from './convert.ts'
import { templateList } from './list.ts'
import { validText } from './valid-text.ts'

/** The folder into which scenarios are written when `--output` is not given. */
const DEFAULT_FOLDER = 'scenarios'

/**
 * Runs `burn generate`: lists the templates, writes a scenario from a template or from another tool's requests (such as a HAR file), writes a CI
 * pipeline, or starts the wizard (questions on the terminal). Returns the exit code.
 * @throws UsageError, LocalError
 */
export async function generateCommand(name: string | undefined, flags: GenerateFlags): Promise<number> {
  if (flags.list) {
    process.stdout.write(templateList())
    return EXIT.ok
  }
  if (flags.url !== undefined && holdsCredentials(flags.url))
    throw new UsageError(
      '--url holds a password or a token, and would be written into the file',
      'leave it out of the address; the file takes it from the environment: auth: { type: basic, username: …, password: "${env.NAME}" }',
    )
  if (flags.answers !== undefined && (name ?? flags.type ?? flags.workload ?? flags.ci ?? flags.from) !== undefined)
    throw new UsageError('--answers are those of the wizard, which chooses the template itself')
  if (flags.from !== undefined) return importFile(name, flags, flags.from)
  if (flags.ci !== undefined) return writeRecipe(flags.ci as CiSystem, flags) // commander accepts no other value
  const ways = [name, flags.type, flags.workload].filter((way) => way !== undefined)
  if (ways.length > 1) throw new UsageError('name a template or give --type or --workload, not both')
  if (ways.length === 0) return askOrDefault(flags)
  const suite = name === undefined ? undefined : suiteNamed(name)
  if (suite === undefined) return writeTemplates(chosenBy(name, flags), flags)
  return writeTemplates(suite.scenarios.map(known), flags, (format, folder) => {
    const path = pathFor(folder, suite.name, format)
    return { path, text: suite.render(format, path) }
  })
}

function importFile(file: string | undefined, flags: GenerateFlags, from: string): Promise<number> {
  if (file === undefined)
    throw new UsageError(`--from ${from} needs a file`, `burn generate --from ${from} FILE, or - for standard input`)
  return convertCommand(file, { output: DEFAULT_FOLDER, ...flags, from })
}

/** Writes a CI pipeline, and the scenario that it runs unless that file exists already. */
async function writeRecipe(system: CiSystem, flags: GenerateFlags): Promise<number> {
  checkSource(system, flags.source)
  const text = ciRecipe(system, flags.source)
  if (flags.output === '-') {
    process.stdout.write(text)
    return EXIT.ok
  }
  const files = [{ path: flags.output ?? CI_FILES[system], text }]
  if (system !== 'pre-commit' && !existsSync(SMOKE_FILE))
    files.push({
      path: SMOKE_FILE,
      text: validText(known('smoke'), SMOKE_FILE, { format: 'yaml', choice: flags, file: SMOKE_FILE }),
    })
  await writeNewFiles(files, flags.force === true)
  for (const { path } of files) process.stdout.write(`${path}\n`)
  return EXIT.ok
}

/**
 * Checks `--source`, the address from which a pipeline installs burn; it is written into a file of the repository. @throws UsageError when a needed
 * one is missing, or when it contains a secret
 */
function checkSource(system: CiSystem, source: string | undefined): void {
  const variables = system !== 'pre-commit'
  if (source !== undefined && IMAGE_SYSTEMS.includes(system))
    throw new UsageError(
      `--source does not go with --ci ${system}, which runs an image`,
      'give it with --ci docker, whose image has burn in it',
    )
  if (source === undefined && !variables)
    throw new UsageError(
      '--ci pre-commit needs to know where burn is to be installed from',
      '--source git+https://HOST/REPOSITORY.git#COMMIT, or the address of a tarball',
    )
  if (source !== undefined && holdsCredentials(source))
    throw new UsageError(
      '--source holds a password or a token, and would be written into the file',
      variables
        ? `leave --source out, and set the variable ${SOURCE_VARIABLE} in the settings of the CI system`
        : 'give the address without it: git asks its credential helper',
    )
}

async function askOrDefault(flags: GenerateFlags): Promise<number> {
  const { defaultAnswers, runWizard, writeAnswered } = await import('./wizard.ts')
  if (flags.yes && flags.answers !== undefined) return writeAnswered(flags, flags.answers)
  if (flags.yes) return writeTemplates([known(defaultAnswers.template)], flags)
  if (process.stdin.isTTY && process.stdout.isTTY) return runWizard(flags)
  throw new UsageError(
    'nothing to generate: there is no terminal to ask on',
    'name a template (`burn generate --list` shows all), give --type, --workload, --ci or --from, or take the defaults with --yes',
  )
}

function known(name: string): ScenarioTemplate {
  const template = templateNamed(name)
  if (template) return template
  const near = nearest(name, [...templateNames, ...suiteNames])
  throw new UsageError(
    `there is no template "${name}"`,
    near === undefined ? '`burn generate --list` shows all' : `did you mean ${near}?`,
  )
}

function chosenBy(name: string | undefined, { type = '', workload }: GenerateFlags): ScenarioTemplate[] {
  if (name !== undefined) return [known(name)]
  return workload === undefined ? templatesOf(TYPES, type) : templatesOf(WORKLOADS, workload)
}

/** Returns the template that a flag's value names, or all templates of the table for the value `all`. */
function templatesOf(table: Readonly<Record<string, string>>, value: string): ScenarioTemplate[] {
  return value === 'all' ? Object.values(table).map(known) : [known(table[value] ?? value)]
}

/**
 * Writes the chosen templates. Before them it writes the file that `first` makes, such as that of a suite which names them. Prints each path on
 * stdout and the next steps on stderr.
 */
async function writeTemplates(
  chosen: readonly ScenarioTemplate[],
  flags: GenerateFlags,
  first?: (format: FileFormat, folder: string) => NewFile,
): Promise<number> {
  const format = formatOf(flags.format, flags.output)
  if (flags.output === '-') {
    if (chosen.length > 1) throw new UsageError('several files cannot go to standard output', 'name a folder with -o')
    for (const template of chosen) process.stdout.write(validText(template, template.name, { format, choice: flags }))
    return EXIT.ok
  }
  const output = flags.output ?? DEFAULT_FOLDER
  if (chosen.length > 1 && isFilePath(output))
    throw new UsageError(`-o ${output} is one file, and there are ${chosen.length + (first ? 1 : 0)}`, 'name a folder')
  checkFolderOf(output)
  const files = chosen.map((template) => {
    const path = pathFor(output, template.name, format)
    return { path, text: validText(template, path, { format, choice: flags, file: path }) }
  })
  if (first) files.unshift(first(format, output))
  await writeNewFiles(files, flags.force === true)
  for (const { path } of files) process.stdout.write(`${path}\n`)
  note(`next: burn run ${files[0]?.path ?? ''}`)
  const schema = join(dirname(files[0]?.path ?? ''), SCHEMA_FILE)
  if (format === 'yaml' && !existsSync(schema)) note(`for editors: burn schema > ${schema}`)
  return EXIT.ok
}
