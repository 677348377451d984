/** Makes the text `llms.txt` (llmstxt.org), which tells a language model how to use burn, from the commands, the schema and the registries. */
import { EXIT_MEANINGS } from '../../errors.ts'
import { classNames, HINTS } from '../../metrics/failures/hints.ts'
import { meaningOf, problemCodes } from '../../scenario/pages.ts'
import { scenarioJsonSchema } from '../../scenario/schema/json-schema.ts'
import { VERSION } from '../../version.ts'
import type { CommandWords } from './words.ts'

/** The documents of the package, with a few words on what each contains. */
const DOCUMENTS = {
  'README.md': 'what burn does, a tour, all commands, CI, plugins and hooks',
  'scenarios/README.md': 'the reference of scenario files: every key, check, threshold, metric and template',
  'scenarios/burn.schema.json':
    'the JSON Schema of scenario files; `burn schema` prints it, `burn schema result` that of results',
  'CHANGELOG.md': 'what changed',
} as const

const HOW = `Write a scenario (a YAML file with target, load, steps and thresholds), check it with \`burn validate FILE\`, which sends nothing, try one exchange with
\`burn ping FILE\`, see what a run would do with \`burn plan FILE\`, then \`burn run FILE\`. The address \`mock:\` starts an embedded target, so that all of it works
without one. Unknown keys are errors; durations, rates and sizes carry their unit (500ms, 20/s, 64KiB). Output for programs: --json, --output FILE, --events FILE.`

/**
 * Returns the text of `llms.txt`, which tells language models how to use burn: commands, scenario keys, exit codes and problem codes. Links lead
 * to files of the package.
 */
export function llmsText(commands: readonly CommandWords[]): string {
  const [burn, ...others] = commands
  const leaves = others.filter(({ below }) => below.length === 0)
  const { properties = {} } = scenarioJsonSchema() as { properties?: Record<string, { description?: string }> }
  const sections = {
    Documents: Object.entries(DOCUMENTS).map(([file, what]) => `[${file}](${file}): ${what}`),
    Commands: leaves.map(({ usage, summary, flags }) => `\`${usage}\`: ${summary.replace(/\.$/, '')}. ${flagsText(flags)}`),
    'Keys of a scenario': Object.entries(properties).map(([key, { description = '' }]) => `\`${key}\`: ${description}`),
    'Exit codes': Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `${code}: ${meaning}`),
    'Problem codes of scenario files': problemCodes().map(
      (code) => `[${code}](scenarios/problems/${code}.md): ${meaningOf(code)}`,
    ),
    'Failure classes of attempts': HINTS.map(([pattern, hint]) => `${classNames(pattern).join(', ')}: ${hint}`),
  }
  const lists = Object.entries(sections).map(([name, lines]) => `## ${name}\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`)
  return `# burn ${VERSION}\n\n> ${oneLine(burn?.describe ?? '')}\n\n${HOW}\n\n${lists.join('\n')}`
}

const flagsText = (flags: CommandWords['flags']) => `Flags: ${flags.map(({ usage }) => `\`${usage}\``).join(', ')}`

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, ' ')
