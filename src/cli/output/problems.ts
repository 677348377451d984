import { createRequire } from 'node:module'
import type chalk from 'chalk'
import type { Problem } from '../../errors.ts'
import { meaningOf, pageOf, plainPage, problemCodes } from '../../scenario/pages.ts'
import { githubAnnotationData, githubAnnotationProperty, lineSafe, safeJson } from '../../text/escape.ts'
import { VERSION } from '../../version.ts'

/** A format in which burn prints the problems (errors, warnings, notes) of scenario files, such as `json` or `sarif`. */
export type ProblemFormat = 'text' | 'json' | 'github' | 'sarif'

/** The largest number of problems that text output lists; the rest are only counted. */
const MAX_SHOWN = 20
/** The largest number of annotations of each kind that GitHub shows per workflow step. */
const MAX_ANNOTATIONS = 10

interface FormatOptions {
  readonly color: boolean
  /** Findings in sample replies (`--sample`), which only JSON output contains. */
  readonly samples?: readonly unknown[]
}

const RANKS = { error: 0, warning: 1, note: 2 } as const
/** The name of each severity in GitHub annotations. */
const ANNOTATIONS = { error: 'error', warning: 'warning', note: 'notice' } as const

/** Sorts problems by severity: errors, then warnings, then notes. Problems of the same severity keep their order. */
export const worstFirst = (problems: readonly Problem[]) => [...problems].sort((a, b) => RANKS[a.severity] - RANKS[b.severity])
const placeOf = ({ file, line, column }: Problem) => `${lineSafe(file)}:${line}:${column}`

/** Formats a problem as one line for a log: `file:line: message`, or only the message when the problem is about a flag. */
export function warningText({ file, line, message, source }: Problem): string {
  return source === undefined ? `${lineSafe(file)}:${line}: ${message}` : message
}

function textOf(problem: Problem, paint: typeof chalk): string {
  const tint = { error: paint.red, warning: paint.yellow, note: paint.cyan }[problem.severity]
  const place = problem.source === undefined ? `${paint.bold(placeOf(problem))}: ` : ''
  const head = `${place}${tint(problem.severity)} ${paint.dim(problem.code)} ${problem.message}`
  const frame = problem.frame === '' ? [] : problem.frame.split('\n').map((line) => `  ${line}`)
  const hint = problem.hint === undefined ? [] : [`  ${paint.cyan('hint:')} ${problem.hint}`]
  return [head, ...frame, ...hint].join('\n')
}

/** Returns the problems that text output lists: all of them in order or, when there are more than 20, the 20 most severe. */
function shownOf(problems: readonly Problem[]): readonly Problem[] {
  return problems.length <= MAX_SHOWN ? problems : worstFirst(problems).slice(0, MAX_SHOWN)
}

const require = createRequire(import.meta.url)

function formatText(problems: readonly Problem[], color: boolean): string {
  if (problems.length === 0) return ''
  const { Chalk }: typeof import('chalk') = require('chalk')
  const paint = new Chalk({ level: color ? 1 : 0 })
  const shown = shownOf(problems)
  const rest = problems.length - shown.length
  const blocks = shown.map((problem) => textOf(problem, paint))
  return [...blocks, ...(rest > 0 ? [`and ${rest} more: \`burn validate --format json\` lists all of them`] : [])].join('\n\n')
}

function annotation(problem: Problem): string {
  const { severity, file, line, column, endColumn, code, message, hint } = problem
  const properties = { file, line, endLine: line, col: column, endColumn, title: code }
  const list = Object.entries(properties).map(([name, value]) => `${name}=${githubAnnotationProperty(String(value))}`)
  return `::${ANNOTATIONS[severity]} ${list.join(',')}::${githubAnnotationData(hint === undefined ? message : `${message}\n${hint}`)}`
}

/** Formats problems as GitHub annotations: at most ten of each severity, and a notice with the number of the others. */
function formatGithub(problems: readonly Problem[]): string {
  const kinds = (['error', 'warning', 'note'] as const).map((kind) => problems.filter(({ severity }) => severity === kind))
  const shown = kinds.flatMap((some) => some.slice(0, MAX_ANNOTATIONS))
  const rest = problems.length - shown.length
  return [
    ...shown.map(annotation),
    ...(rest > 0 ? [`::notice title=burn::and ${rest} more problems: burn validate --format json lists all of them`] : []),
  ].join('\n')
}

function sarifResult({ code, severity, message, hint, file, line, column, endColumn }: Problem) {
  const region = { startLine: line, startColumn: column, endLine: line, endColumn }
  return {
    ruleId: code,
    level: severity,
    message: { text: hint === undefined ? message : `${message} (${hint})` },
    locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file.replaceAll('\\', '/')) }, region } }],
  }
}

/** Formats problems as SARIF 2.1.0, which code scanning services read. */
function formatSarif(problems: readonly Problem[]): string {
  const rules = problemCodes()
    .filter((id) => problems.some(({ code }) => code === id))
    .map((id) => ({
      id,
      shortDescription: { text: meaningOf(id) },
      // Links in the explanations lead to files of the package, which the reader of a SARIF file does not have, so they are removed.
      help: { text: plainPage(id), markdown: pageOf(id).replace(/\[([^\]]*)\]\(\.\.\/([^)]*)\)/g, '$1 (`scenarios/$2`)') },
    }))
  const run = {
    tool: { driver: { name: 'burn', version: VERSION, rules } },
    columnKind: 'utf16CodeUnits',
    results: problems.map(sarifResult),
  }
  return safeJson({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, 2)
}

/** Formats problems as JSON, with every field of every problem. */
function formatJson(problems: readonly Problem[], samples: readonly unknown[] | undefined): string {
  const count = (kind: Problem['severity']) => problems.filter(({ severity }) => severity === kind).length
  return safeJson({ errors: count('error'), warnings: count('warning'), problems, ...(samples && { samples }) }, 2)
}

/**
 * Formats the problems of scenario files as text. JSON and SARIF list all of them, other formats a limited number. There is no line break at the end.
 */
export function formatProblems(problems: readonly Problem[], format: ProblemFormat, { color, samples }: FormatOptions): string {
  if (format === 'json') return formatJson(problems, samples)
  if (format === 'github') return formatGithub(problems)
  return format === 'sarif' ? formatSarif(problems) : formatText(problems, color)
}
