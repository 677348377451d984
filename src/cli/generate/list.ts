/** Prints `burn generate --list`: every template by group, and every preset (a known API). */
import { allTemplates, CATEGORIES, TYPES, WORKLOADS } from '../../templates/index.ts'
import { ownPresets } from '../../templates/providers.ts'
import { suiteNamed, suiteNames } from '../../templates/suite.ts'
import { type Messages, type ScenarioTemplate, totalMessages } from '../../templates/template.ts'

/**
 * Returns the list of templates and known APIs that `burn generate --list` prints. All its texts come from burn itself, so that nothing needs
 * escaping.
 */
export function templateList(): string {
  const templates = allTemplates()
  const width = Math.max(...templates.map(({ name }) => name.length))
  const groups = CATEGORIES.map((category) => {
    const rows = templates.filter((template) => template.category === category).map((template) => row(template, width))
    return [category, ...rows, ...(category === 'CI' ? ciRows(width) : [])].join('\n')
  })
  return `${[...groups, suiteList(width), presetList(), typeList()].join('\n\n')}\n`
}

function row({ name, summary, messages }: ScenarioTemplate, width: number): string {
  return `  ${name.padEnd(width)}  ${summary} (${countText(messages)})`
}

/** Formats how many messages a template sends: "12 messages", or "2 messages per iteration" when the total is not fixed. */
export function countText(messages: Messages): string {
  const total = totalMessages(messages)
  const count = total ?? messages.perIteration
  const words = `${count} ${count === 1 ? 'message' : 'messages'}`
  return total === undefined ? `${words} per iteration` : words
}

function ciRows(width: number): string[] {
  return [
    `  ${'--ci github'.padEnd(width)}  A workflow that validates all scenarios and runs smoke.yaml`,
    `  ${'--ci github-compare'.padEnd(width)}  A workflow that compares a pull request with its base, both started and measured together`,
    `  ${'--ci github-action'.padEnd(width)}  A step for your own workflows that validates and runs scenarios`,
    `  ${'--ci gitlab'.padEnd(width)}  The same as a pipeline, with a JUnit report`,
    `  ${'--ci pre-commit'.padEnd(width)}  A hook that rejects commits of invalid scenarios`,
    `  ${'--ci docker'.padEnd(width)}  A Dockerfile: burn with your scenarios, as a user without rights`,
  ]
}

function suiteList(width: number): string {
  const rows = suiteNames.flatMap((name) => {
    const suite = suiteNamed(name)
    return suite ? [`  ${name.padEnd(width)}  ${suite.summary} (${suite.scenarios.join(', ')})`] : []
  })
  return ['Suites (the file of the suite, and those of its scenarios)', ...rows].join('\n')
}

function presetList(): string {
  const width = Math.max(...Object.keys(ownPresets).map((name) => name.length))
  const rows = Object.entries(ownPresets).map(([name, preset]) => {
    const key = preset.keyVariable === undefined || preset.auth.type === 'none' ? '' : `  key: ${preset.keyVariable}`
    return `  ${name.padEnd(width)}  ${preset.url}${key}`
  })
  return ['Presets for --preset (address, and the variable that holds the key)', ...rows].join('\n')
}

function typeList(): string {
  const rows = (table: Readonly<Record<string, string>>) => [
    ...Object.entries(table).map(([value, name]) => `  ${value.padEnd(10)}  ${name}`),
    '  all         all of these',
  ]
  return ['Types for --type', ...rows(TYPES), '', 'Workloads for --workload', ...rows(WORKLOADS)].join('\n')
}
