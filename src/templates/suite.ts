/** Templates of suites. A suite is a file that names several scenarios, here templates themselves. */
import { parse } from 'yaml'
import { type FileFormat, scenarioText } from './emit.ts'
import { type Data, templateText } from './template.ts'

/** The names of the templates for suites (files that run several tests). */
export const suiteNames: readonly string[] = ['suite']

/** A suite that `burn generate` can write to a file, with the names of the templates of its scenarios; each is in a file of that name next to it. */
interface SuiteTemplate {
  readonly name: string
  readonly summary: string
  readonly scenarios: readonly string[]
  /** Returns the text of the suite file that will be written to `path`. */
  render(format: FileFormat, path: string): string
}

/** Returns the template of a suite, read from its file; undefined for an unknown name. */
export function suiteNamed(name: string): SuiteTemplate | undefined {
  if (!suiteNames.includes(name)) return undefined
  const text = templateText(`suites/${name}.yaml`)
  const suite = parse(text) as Data & { readonly description: string; readonly tests: readonly { readonly scenario: string }[] }
  return {
    name,
    summary: suite.description,
    scenarios: suite.tests.map(({ scenario }) => scenario.replace(/\.yaml$/, '')),
    render: (format, path) =>
      format === 'yaml' ? text.replace(new RegExp(`(?<=burn (?:run|validate) )${name}\\.yaml`, 'g'), () => path) : inJson(suite),
  }
}

function inJson(suite: Data & { readonly tests: readonly { readonly scenario: string }[] }): string {
  const tests = suite.tests.map((one) => ({ ...one, scenario: one.scenario.replace(/yaml$/, 'json') }))
  return scenarioText({ ...suite, tests }, 'json')
}
