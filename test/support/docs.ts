/** `npm run docs`: prints the tables of scenarios/README.md from the schema, the catalogue and the registries. A test finds stale ones. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { presetAliases, presets } from '../../src/dialects/presets.ts'
import { EXPORTED } from '../../src/export/points/table.ts'
import { prometheusName } from '../../src/export/text/prometheus.ts'
import { templateHelpers } from '../../src/language/helpers/helpers.ts'
import { shapes } from '../../src/load/index.ts'
import { classNames, HINTS } from '../../src/metrics/failures/hints.ts'
import { WARNINGS } from '../../src/metrics/failures/warnings.ts'
import { CATALOGUE, type MetricDefinition } from '../../src/metrics/groups/catalogue.ts'
import { WHOLE_RUN_METRICS } from '../../src/metrics/groups/whole-run/metrics.ts'
import { builtInProfiles } from '../../src/scenario/layers/profiles.ts'
import { meaningOf, problemCodes } from '../../src/scenario/pages.ts'
import { scenarioJsonSchema } from '../../src/scenario/schema/json-schema.ts'

/** Path of scenarios/README.md, whose tables are generated. */
export const DOCS = join(import.meta.dirname, '..', '..', 'scenarios', 'README.md')

interface Node {
  readonly $ref?: string
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Node
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly required?: readonly string[]
  readonly anyOf?: readonly Node[]
  readonly oneOf?: readonly Node[]
  readonly $defs?: Readonly<Record<string, Node>>
}

const ROOT = scenarioJsonSchema() as Node

/** A schema node with its `$ref` resolved; keys beside the reference win. */
function resolved(node: Node): Node {
  if (node.$ref === undefined) return node
  const target = ROOT.$defs?.[node.$ref.replace('#/$defs/', '')]
  if (!target) throw new Error(`there is no ${node.$ref}`)
  const { $ref: _ref, ...own } = node
  return resolved({ ...target, ...own })
}

const formsOf = (node: Node): readonly Node[] => (resolved(node).anyOf ?? resolved(node).oneOf ?? []).map(resolved)

/** The schema node at a path such as `target.timeouts`: `[]` enters a list, `{}` the values of a map, `a|b` the form with these keys. */
function at(path: string): Node {
  return path.split('.').reduce<Node>((node, step) => {
    const here = resolved(node)
    const next =
      step === '[]' ? here.items : step === '{}' ? here.additionalProperties : (formOf(here, step) ?? here.properties?.[step])
    if (typeof next !== 'object') throw new Error(`there is nothing at ${step} of ${path}`)
    return resolved(next)
  }, ROOT)
}

function formOf(node: Node, step: string): Node | undefined {
  if (!step.startsWith('|')) return undefined
  return formsOf(node).find((form) => Object.hasOwn(form.properties ?? {}, step.slice(1)))
}

const MANY = 8

function typeText(node: Node, depth = 0): string {
  const part = resolved(node)
  const { title, type, minimum, maximum } = part
  if (title === 'duration' || title === 'rate' || title === 'size') return title
  if (part.const !== undefined) return code(part.const)
  if (part.enum) return part.enum.length > MANY ? 'a name' : part.enum.map(code).join(', ')
  const forms = formsOf(part)
  if (forms.length > 0) return [...new Set(forms.map((form) => typeText(form, depth + 1)))].join(' or ')
  if (Array.isArray(type)) return type.map((one) => WORDS[String(one)] ?? String(one)).join(' or ')
  if (type === 'array') return part.items && depth < 2 ? `list of ${typeText(part.items, depth + 1)}` : 'list'
  if (type === 'object') return 'map'
  if (type === 'integer')
    return minimum !== undefined && maximum !== undefined && maximum <= 1e9
      ? `${count(minimum)} to ${count(maximum)}`
      : 'whole number'
  return WORDS[String(type)] ?? 'any value'
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  boolean: 'true or false',
  integer: 'whole number',
  null: 'null',
}
const count = (value: number) => new Intl.NumberFormat('en-US').format(value)
const code = (value: unknown) => `\`${value === '' ? '""' : String(value)}\``
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

function keyRow(key: string, node: Node, required: boolean): string[] {
  const part = resolved(node)
  const standard = part.default === undefined || typeof part.default === 'object' ? '' : ` Default ${code(part.default)}.`
  const text = part.description ?? ''
  return [
    `\`${key}\`${required ? ' *' : ''}`,
    typeText(node),
    `${text}${text !== '' && standard !== '' && !text.endsWith('.') ? '.' : ''}${standard}`.trim(),
  ]
}

/** Paths with a table of their own, whose keys are not listed again elsewhere. */
const TABLED = new Set(
  [...readFileSync(DOCS, 'utf8').matchAll(/<!-- table: (?:keys|forms) (\S+) -->/g)].map(([, path]) => String(path)),
)
const hasOwnTable = (path: string) =>
  path === 'load' || [...TABLED].some((tabled) => tabled === path || tabled.startsWith(`${path}.`))
const signature = (node: Node) => Object.keys(node.properties ?? {}).join()
/** Signatures (lists of keys) of the maps with a table, since the same block occurs in several places. */
let tabledMaps: ReadonlySet<string> | undefined
const isTabled = (node: Node) => {
  tabledMaps ??= new Set([...TABLED].flatMap((path) => [at(path), ...formsOf(at(path))].map(signature)))
  return tabledMaps.has(signature(node))
}

/** Most keys of a value that are listed in the table of its parent. */
const MAX_INNER = 14

/** The maps that a value or the items of its list may be; `mark` is "[]" for a list. */
function innerMaps(node: Node): { readonly maps: readonly Node[]; readonly mark: string } {
  const part = resolved(node)
  const own = part.properties ? [part] : leavesOf(part)
  if (own.length > 0) return { maps: own, mark: '' }
  const items = part.items ?? formsOf(part).find((form) => form.items)?.items
  return { maps: items ? innerMaps(items).maps : [], mark: '[]' }
}

/** A key whose value names the form that a map has lists the names of all forms. */
function withNamesOf(before: Node | undefined, { const: name, ...rest }: Node): Node {
  if (name === undefined) return rest
  return { ...rest, enum: [...(before?.enum ?? []), name] }
}

/** Rows for the keys inside a value, such as `users.from`; empty when these have a table of their own or are too many. */
function innerRows(key: string, node: Node, path: string, depth = 0): string[][] {
  if (hasOwnTable(path) || depth > 2) return []
  const { maps: all, mark } = innerMaps(node)
  const maps = all.filter((map) => !isTabled(map))
  const entries = new Map<string, { part: Node; required: boolean }>()
  for (const { properties = {}, required = [] } of maps) {
    for (const [name, part] of Object.entries(properties))
      entries.set(name, { part: withNamesOf(entries.get(name)?.part, part), required: required.includes(name) })
  }
  if (entries.size > MAX_INNER) return []
  return [...entries].flatMap(([name, { part, required }]) => {
    const inner = `${key}${mark}.${name}`
    return [keyRow(inner, part, required), ...innerRows(inner, part, `${path}.${name}`, depth + 1)]
  })
}

/** The rows of a map: its keys and the keys inside their values. */
function rowsOf({ properties = {}, required = [] }: Node, path: string): string[][] {
  return Object.entries(properties).flatMap(([key, node]) => [
    keyRow(key, node, required.includes(key)),
    ...innerRows(key, node, path === '' ? key : `${path}.${key}`),
  ])
}

/** The table of the keys of the map at a path; required ones are marked with a star. */
function keys(path: string): string {
  return table(['key', 'value', 'meaning'], rowsOf(path === '' ? ROOT : at(path), path))
}

/** All maps in a union, including nested unions. */
function leavesOf(node: Node): readonly Node[] {
  return formsOf(node).flatMap((form) => (form.properties ? [form] : leavesOf(form)))
}

/** The table of a union of maps: one row per key, under the name of its form. */
function forms(path: string): string {
  return leavesOf(at(path))
    .map((form) => {
      const { properties = {}, required = [], description } = form
      const { type: _type, ...named } = properties
      const first = properties.type ? resolved(properties.type) : undefined
      const title = first?.const === undefined ? (required[0] ?? '') : String(first.const)
      const said = (description ?? first?.description ?? '').trim()
      const intro = title === '' ? `**${said}**` : `**\`${title}\`**${said === '' ? '' : `: ${said}`}`
      if (Object.keys(named).length === 0) return intro
      const rows = rowsOf({ properties: named, required }, `${path}.|${required[0] ?? Object.keys(named)[0]}`)
      return `${intro}\n\n${table(['key', 'value', 'meaning'], rows)}`
    })
    .join('\n\n')
}

function loads(): string {
  const phase = formsOf(at('load.[]'))
  return shapes
    .map(({ name, describe }) => {
      const form = phase.find((candidate) => candidate.description === describe)
      const { name: _name, warmup: _warmup, ...own } = form?.properties ?? {}
      const rows = rowsOf({ properties: own, required: form?.required ?? [] }, `load.${name}`)
      return `**${name}**: ${describe}\n\n${table(['key', 'value', 'meaning'], rows)}`
    })
    .join('\n\n')
}

const metricRow = ({ name, kind, unit, formula, describe, aliases = [] }: MetricDefinition) => [
  code(name),
  kind,
  unit.replaceAll('_', ' '),
  formula,
  `${describe}${aliases.length === 0 ? '' : ` (elsewhere: ${aliases.join(', ')})`}`,
]

const TABLES: Readonly<Record<string, (argument: string) => string>> = {
  keys,
  forms,
  loads,
  metrics: () => table(['metric', 'kind', 'unit', 'formula', 'meaning'], [...CATALOGUE, ...WHOLE_RUN_METRICS].map(metricRow)),
  exported: () =>
    table(
      ['metric', 'unit', 'kind', 'in Prometheus', 'from', 'meaning'],
      EXPORTED.map((row) => [code(row.name), row.unit, row.kind, code(prometheusName(row)), row.from, row.describe]),
    ),
  helpers: () =>
    table(
      ['helper', 'gives'],
      templateHelpers.map(({ name, args, description }) => [`\`{{${`${name} ${args}`.trim()}}}\``, description]),
    ),
  failures: () =>
    table(
      ['class', 'what to do'],
      HINTS.map(([pattern, hint]) => [classNames(pattern).map(code).join(', '), hint]),
    ),
  warnings: () =>
    table(
      ['warning', 'meaning'],
      WARNINGS.map(([pattern, text]) => [classNames(pattern).map(code).join(', '), text]),
    ),
  problems: () =>
    table(
      ['code', 'meaning'],
      problemCodes().map((name) => [`[${code(name)}](problems/${name}.md)`, meaningOf(name)]),
    ),
  profiles: () =>
    table(
      ['profile', 'load'],
      Object.entries(builtInProfiles).map(([name, { describe }]) => [code(name), describe]),
    ),
  presets: () =>
    table(
      ['preset', 'API', 'address', 'key usually in'],
      Object.entries(presets)
        .filter(([name]) => !Object.hasOwn(presetAliases, name))
        .map(([name, preset]) => [
          [name, ...Object.keys(presetAliases).filter((alias) => presetAliases[alias as keyof typeof presetAliases] === name)]
            .map(code)
            .join(', '),
          preset.describe,
          code(preset.url),
          'keyVariable' in preset && preset.keyVariable ? code(preset.keyVariable) : '–',
        ]),
    ),
}

const MARKED = /<!-- table: (\w+) ?(\S*) -->[\s\S]*?<!-- end -->/g

/** The text of the README with every generated table printed anew. */
export function withFreshTables(text: string): string {
  return text.replace(MARKED, (_, kind: string, argument: string) => {
    const print = TABLES[kind]
    if (!print) throw new Error(`there is no table ${kind}`)
    return `<!-- table: ${kind}${argument === '' ? '' : ` ${argument}`} -->\n\n${print(argument)}\n\n<!-- end -->`
  })
}

if (import.meta.filename === process.argv[1]) writeFileSync(DOCS, withFreshTables(readFileSync(DOCS, 'utf8')))
