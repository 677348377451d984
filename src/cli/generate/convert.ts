import { EXIT, UsageError } from '../../errors.ts'
import { readSource, type SourceLimit } from '../../scenario/read/source-file.ts'
import { validateScenario } from '../../scenario/validate.ts'
import { type FileFormat, scenarioText } from '../../templates/emit.ts'
import { type ConvertedScenario, convertText } from '../../templates/imports/index.ts'
import type { ImportFormat } from '../../templates/imports/recognise.ts'
import { terminalSafe } from '../../text/escape.ts'
import {
  type ConvertFlags,
  checkFolderOf,
  formatOf,
  isFilePath,
  type NewFile,
  pathFor,
  writeNewFiles,
} from '../output/new-files.ts'
import { note } from '../output/notes.ts'

const TITLES: Readonly<Record<ImportFormat, string>> = {
  'stream-testbench': 'Stream Testbench',
  krawall: 'Krawall',
  curl: 'curl',
  har: 'an HTTP archive (HAR)',
  openapi: 'OpenAPI',
  postman: 'Postman',
}

/** The size limit of files to convert. It is large because HAR archives contain every reply of a page, and OpenAPI documents every schema. */
const LIMIT: SourceLimit = {
  bytes: 256 * 1024 * 1024,
  hint: 'export fewer requests, or leave the bodies of the replies out',
}

/**
 * Runs `burn convert`: converts a file of another tool, such as a HAR archive, to a scenario. Notes in the scenario and on stderr say what could not
 * be converted exactly. Returns 0, or 2 when the scenario has errors.
 * @throws UsageError for a file of an unknown tool, ScenarioError for one that cannot be read
 */
export async function convertCommand(file: string, flags: ConvertFlags): Promise<number> {
  // The cast is safe: commander accepts only `auto` and the names of formats.
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

/** Reads a local file that a curl command names (`-d @body.json`); undefined when it cannot be read. */
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

/** Returns the errors of a converted scenario as texts. Environment variables that are not set are no errors here. */
function problemsOf(text: string, name: string, format: FileFormat): string[] {
  const { problems } = validateScenario(text, `${name}.${format}`, { noEnv: true })
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, hint }) => `${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`)
}
