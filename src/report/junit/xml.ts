/** Writes JUnit XML. CI systems show different parts of it (GitLab only the text of elements), so the text repeats what the attributes say. */
import { terminalSafe, xmlAttribute, xmlText } from '../../text/escape.ts'

/** The state of a test case in a JUnit report. CI systems show `failure` and `error` in red; `error` means that burn could not evaluate the case. */
export type CaseState = 'passed' | 'failure' | 'error' | 'skipped'

/** One test case of a JUnit report: its name, duration, state, and a text on its outcome. */
export interface TestCase {
  /** Name of the test case: unique in its suite, and the same in every run, so it holds no measured values. */
  readonly name: string
  readonly seconds: number
  readonly state: CaseState
  /** The outcome of the test case in one line, for the attribute `message`. */
  readonly message: string
  /** The outcome of the test case in full; it is written whether the case passed or not. */
  readonly text: string
}

/** A test suite of a JUnit report: a named group of test cases. In a report on several runs, `facts` describes the run to which the suite belongs. */
export interface TestSuite {
  readonly name: string
  readonly classname: string
  readonly cases: readonly TestCase[]
  /** The facts of the run to which this suite belongs; left out when all suites of the document belong to the same run. */
  readonly facts?: SuiteFacts
}

/** The facts about a run in a JUnit report, such as its name, duration and host. */
export interface SuiteFacts {
  readonly name: string
  readonly seconds: number
  /** When the run started, in UTC as ISO 8601 without a zone. */
  readonly timestamp: string
  readonly hostname: string
  /** Path of the scenario file as the user gave it; null for a run without a file. */
  readonly file: string | null
  readonly properties: readonly (readonly [string, string])[]
}

/** The largest number of characters of a text or attribute; CI systems reject longer ones. */
const MAX_TEXT = 16_384
const MAX_ATTRIBUTE = 1024

type XmlAttributes = readonly (readonly [string, string | number])[]

/**
 * Returns the JUnit XML document with the given suites. Each suite also states the `facts` about the run, unless it has facts of its own; the root
 * element has their name and duration. Long texts are cut, and repeated names of test cases get numbers.
 */
export function junitDocument(suites: readonly TestSuite[], facts: SuiteFacts): string {
  const cases = suites.flatMap((suite) => suite.cases)
  const open = attributes([
    ['name', facts.name],
    ['tests', cases.length],
    ['failures', countOf(cases, 'failure')],
    ['errors', countOf(cases, 'error')],
    ['time', facts.seconds.toFixed(3)],
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${open}>`,
    ...suites.flatMap((suite) => suiteLines(suite, suite.facts ?? facts)),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteLines(suite: TestSuite, facts: SuiteFacts): string[] {
  const open = attributes([
    ['name', suite.name],
    ['tests', suite.cases.length],
    ['failures', countOf(suite.cases, 'failure')],
    ['errors', countOf(suite.cases, 'error')],
    ['skipped', countOf(suite.cases, 'skipped')],
    ['time', facts.seconds.toFixed(3)],
    ['timestamp', facts.timestamp],
    ['hostname', facts.hostname],
  ])
  const properties = facts.properties.map(
    ([name, value]) =>
      `      <property${attributes([
        ['name', name],
        ['value', value],
      ])}/>`,
  )
  return [
    `  <testsuite${open}>`,
    ...(properties.length > 0 ? ['    <properties>', ...properties, '    </properties>'] : []),
    ...uniquelyNamed(suite.cases).flatMap((testCase) => caseLines(testCase, suite.classname, facts.file)),
    '  </testsuite>',
  ]
}

function caseLines(testCase: TestCase, classname: string, file: string | null): string[] {
  const open = attributes([
    ['classname', classname],
    ['name', testCase.name],
    ...(file === null ? [] : ([['file', file]] as const)),
    ['time', testCase.seconds.toFixed(3)],
  ])
  if (testCase.text === '' && testCase.state === 'passed') return [`    <testcase${open}/>`]
  return [`    <testcase${open}>`, `      ${outcomeElement(testCase)}`, '    </testcase>']
}

function outcomeElement({ state, message, text }: TestCase): string {
  if (state === 'passed') return `<system-out>${content(text)}</system-out>`
  const type = state === 'skipped' ? [] : ([['type', state === 'failure' ? 'burn.failed' : 'burn.error']] as const)
  return `<${state}${attributes([['message', message], ...type])}>${content(text)}</${state}>`
}

/** Adds numbers to repeated names of test cases, because CI systems ignore a case whose name occurred before. */
function uniquelyNamed(cases: readonly TestCase[]): TestCase[] {
  const used = new Set<string>()
  return cases.map((testCase) => {
    let name = testCase.name
    for (let n = 2; used.has(name); n++) name = `${testCase.name} (${n})`
    used.add(name)
    return { ...testCase, name }
  })
}

/** Escapes a text for XML. Control characters are made visible, because XML forbids most, and a terminal that shows the CI log would obey them. */
function content(text: string): string {
  return xmlText(terminalSafe(text, { maxLength: MAX_TEXT }))
}

function countOf(cases: readonly TestCase[], state: CaseState): number {
  return cases.filter((testCase) => testCase.state === state).length
}

function attributes(pairs: XmlAttributes): string {
  return pairs
    .map(([name, value]) => ` ${name}="${xmlAttribute(terminalSafe(String(value), { maxLength: MAX_ATTRIBUTE }))}"`)
    .join('')
}
