/** `burn convert`: files of other tools as scenarios. */
import { EXIT, UsageError } from '../../errors.ts'
import { readSource, type SourceLimit } from '../../scenario/read/read.ts'
import { validateScenario } from '../../scenario/validate.ts'
import { type FileFormat, scenarioText } from '../../templates/emit.ts'
import { type ConvertedScenario, convertText, type ImportFormat } from '../../templates/imports/index.ts'
import { terminalSafe } from '../../text/escape.ts'
import { checkFolderOf, formatOf, isFilePath, type NewFile, pathFor, writeNewFiles } from '../output/new-files.ts'
import { note } from '../output/notes.ts'

interface ConvertFlags {
  /** A file, a folder, or - for standard output; left out: standard output. */
  readonly output?: string
  readonly format?: string
  readonly from?: string
  readonly force?: boolean
}

const TITLES: Readonly<Record<ImportFormat, string>> = {
  'stream-testbench': 'Stream Testbench',
  krawall: 'Krawall',
  curl: 'curl',
  har: 'an HTTP archive (HAR)',
  openapi: 'OpenAPI',
  postman: 'Postman',
}

/** Archives hold every reply of a page, documents every schema of an API. */
const LIMIT: SourceLimit = {
  bytes: 256 * 1024 * 1024,
  hint: 'export fewer requests, or leave the bodies of the replies out',
}

/**
 * Converts one file. The scenario goes where it was asked for, notes on what is not the same to stderr and into the file. Exit 2 when the
 * result still needs a hand. @throws UsageError for a file of no known kind, ScenarioError when it cannot be read
 */
export async function convertCommand(file: string, flags: ConvertFlags): Promise<number> {
  // commander admits only the formats there are; auto is none of them.
  const from = flags.from === undefined || flags.from === 'auto' ? undefined : (flags.from as ImportFormat)
  const converted = convertText(readSource(file, LIMIT).text, from, { readFile })
  const format = formatOf(flags.format, flags.output)
  const texts = converted.map((one) => textOf(one, format, (flags.output ?? '-') !== '-'))
  await deliver(converted, texts, format, flags)
  for (const { notes } of converted) for (const text of notes) note(`note: ${text}`)
  const problems = converted.flatMap((one, index) => problemsOf(texts[index] ?? '', String(one.scenario.name), format))
  for (const problem of problems) process.stderr.write(`to do: ${terminalSafe(problem)}\n`)
  return problems.length > 0 ? EXIT.usage : EXIT.ok
}

const FILE_LIMIT: SourceLimit = { bytes: 512 * 1024, hint: '' }

/** What a command reads from a file here (`-d @body.json`); undefined when that cannot be taken over. */
function readFile(path: string): string | undefined {
  try {
    return readSource(path, FILE_LIMIT).text
  } catch {
    return undefined
  }
}

function textOf({ format: kind, scenario, notes }: ConvertedScenario, format: FileFormat, inFolder: boolean): string {
  const head = [`Converted from ${TITLES[kind]}.`, ...notes.map((note) => `- ${note.replace(/\s+/g, ' ')}`)]
  return scenarioText(scenario, format, { head, inFolder })
}

async function deliver(
  converted: readonly ConvertedScenario[],
  texts: readonly string[],
  format: FileFormat,
  flags: ConvertFlags,
): Promise<void> {
  const { output = '-' } = flags
  if (converted.length > 1 && (output === '-' || isFilePath(output)))
    throw new UsageError(`the file holds ${converted.length} scenarios`, 'name a folder for them with -o')
  if (output === '-') {
    for (const text of texts) process.stdout.write(text)
    return
  }
  checkFolderOf(output)
  const files = converted.map(
    ({ scenario }, index): NewFile => ({ path: pathFor(output, String(scenario.name), format), text: texts[index] ?? '' }),
  )
  await writeNewFiles(files, flags.force === true)
  for (const { path } of files) process.stdout.write(`${path}\n`)
}

/** What keeps a scenario from running; variables that are not set yet are no such thing. */
function problemsOf(text: string, name: string, format: FileFormat): string[] {
  const { problems } = validateScenario(text, `${name}.${format}`, { noEnv: true })
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, hint }) => `${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`)
}
